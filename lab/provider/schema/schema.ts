import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { LabError } from '../errors.ts';

/** What a property may hold. */
export type Type =
  | 'string'
  | 'number'
  | 'boolean'
  | 'any'
  | { readonly list: Type }
  | { readonly map: Type }
  /** The name of an entry of `objects`. */
  | { readonly object: string }
  | { readonly enum: readonly (string | number)[] }
  | { readonly oneOf: readonly Type[] };

/** Properties by name; one whose name ends in `?` may be left out. */
export type Properties = Readonly<Record<string, Type>>;

export interface ResourceSchema {
  readonly inputs: Properties;
  /** Every property of a resource that exists; those marked `?` may be undefined. */
  readonly outputs: Properties;
  /** Outputs that the engine keeps encrypted. */
  readonly secrets?: readonly string[] | undefined;
}

/** The part of the AWS package's interface that the stand-in serves. */
export interface Schema {
  /** Of @pulumi/aws, from whose declarations it was extracted. */
  readonly version: string;
  readonly resources: Readonly<Record<string, ResourceSchema>>;
  /** Arguments of functions. */
  readonly functions: Readonly<Record<string, Properties>>;
  readonly objects: Readonly<Record<string, Properties>>;
}

const type: z.ZodType<Type> = z.lazy(() =>
  z.union([
    z.enum(['string', 'number', 'boolean', 'any']),
    z.strictObject({ list: type }),
    z.strictObject({ map: type }),
    z.strictObject({ object: z.string() }),
    z.strictObject({ enum: z.array(z.union([z.string(), z.number()])) }),
    z.strictObject({ oneOf: z.array(type) }),
  ]),
);
const properties = z.record(z.string(), type);
const schema = z.strictObject({
  version: z.string(),
  resources: z.record(
    z.string(),
    z.strictObject({ inputs: properties, outputs: properties, secrets: z.array(z.string()).optional() }),
  ),
  functions: z.record(z.string(), properties),
  objects: z.record(z.string(), properties),
});

/** Where the extracted interface lies; `extract.ts` writes it. */
export const SCHEMA_FILE = new URL('aws.json', import.meta.url);

let loaded: Schema | undefined;

/** The interface, read once. */
export function awsSchema(): Schema {
  loaded ??= schema.parse(JSON.parse(readFileSync(SCHEMA_FILE, 'utf8')));
  return loaded;
}

export function resourceSchema(token: string): ResourceSchema {
  const found = awsSchema().resources[token];
  if (found) return found;
  throw new LabError(`the stand-in AWS provider knows no ${token}: add it to lab/provider/schema/types.ts`);
}

/** The type of a property and whether it must be there; undefined where there is no such property. */
export function propertyOf(properties: Properties, name: string): { type: Type; required: boolean } | undefined {
  const required = Object.hasOwn(properties, name) ? properties[name] : undefined;
  if (required !== undefined) return { type: required, required: true };
  const optional = Object.hasOwn(properties, `${name}?`) ? properties[`${name}?`] : undefined;
  return optional === undefined ? undefined : { type: optional, required: false };
}

/** Names of properties, without their marks. */
export const namesOf = (properties: Properties): string[] => Object.keys(properties).map((key) => key.replace('?', ''));
