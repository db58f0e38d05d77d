import { createHash } from 'node:crypto';
import type { Cloud, Resource } from '../cloud/cloud.ts';
import { AwsError } from '../errors.ts';
import type { Machines } from '../machines.ts';
import type { Problem } from '../schema/check.ts';
import { isMap, text, type Value, type Values } from '../values.ts';

/** Where a call is made: the account, its region, and what stands behind its instances. */
export interface Context {
  readonly cloud: Cloud;
  readonly region: string;
  readonly machines: Machines | undefined;
  /** The resource's name in the program. */
  readonly name: string;
}

/** How AWS treats one kind of resource. Functions that refuse throw an AwsError and leave everything as it was. */
export interface Kind {
  /** As the provider calls it in its errors, for example `EC2 Instance`. */
  readonly title: string;
  /** Service and API operations, for example `EC2`, `RunInstances`. */
  readonly api: { readonly service: string; readonly create: string; readonly update: string; readonly delete: string };
  /** What the provider refuses while it plans, before AWS is asked; unknown values pass. */
  check?(inputs: Values): Problem[];
  /** The id of a new one. */
  id(inputs: Values, context: Context): string;
  /** AWS's refusals of a new one, or of another state of `current`. */
  admit?(inputs: Values, context: Context, current?: Resource): void;
  /** What AWS makes up; the inputs, the region and all tags are added by the caller. */
  outputs?(inputs: Values, id: string, context: Context, current?: Resource): Values;
  /** AWS's refusals to delete it. */
  dismiss?(resource: Resource, context: Context): void;
  /** What follows from a new one, after it has been entered; a failure takes it away again. */
  made?(resource: Resource, context: Context): Promise<void>;
  changed?(resource: Resource, context: Context, before: Resource): Promise<void>;
  /** What follows from its end, after it has been taken away. */
  gone?(resource: Resource, context: Context): Promise<void>;
}

export function refuse(code: string, message: string, status = 400): never {
  throw new AwsError(code, message, status);
}

/** An id as EC2 makes them, `vpc-` and 17 hex digits: the account's next. */
export const ec2Id = (prefix: string, { cloud }: Context): string => `${prefix}-${hex(cloud.nextNumber(), 17)}`;

/** Digits that look made up and are always the same for the same number. */
export const hex = (number: number, length: number): string =>
  createHash('sha256').update(`guardian-council lab ${number}`).digest('hex').slice(0, length);

export const uuid = (number: number): string =>
  hex(number, 32).replace(/^(.{8})(.{4}).(.{3}).(.{3})(.{12})$/, '$1-$2-4$3-8$4-$5');

/** @param rest for example `vpc/vpc-1`; global services have no region */
export function arn(service: string, rest: string, { cloud, region }: Context, global = false): string {
  return `arn:aws:${service}:${global ? '' : region}:${cloud.account.accountId}:${rest}`;
}

/** The resource with that id, or AWS's refusal in the words given. */
export function need(
  { cloud }: Context,
  type: string,
  id: string,
  code: string,
  message: string,
  status = 400,
): Resource {
  return cloud.find(type, id) ?? refuse(code, message, status);
}

/** The first other resource of a type for which the test holds. */
export function other(
  context: Context,
  type: string,
  current: Resource | undefined,
  test: (one: Resource) => boolean,
): Resource | undefined {
  return context.cloud.all(type).find((one) => one.id !== current?.id && test(one));
}

/** Refuses while something of a type still refers to the resource. */
export function refuseWhileUsed(
  context: Context,
  type: string,
  property: string,
  id: string,
  code: string,
  message: string,
  status = 400,
): void {
  if (other(context, type, undefined, ({ outputs }) => refersTo(outputs[property], id))) refuse(code, message, status);
}

/** Whether a value is, or holds, that id. */
export function refersTo(value: Value | undefined, id: string): boolean {
  if (Array.isArray(value)) return value.some((item) => refersTo(item, id));
  return isMap(value) ? Object.values(value).some((item) => refersTo(item, id)) : value === id;
}

/** A statement of a policy document. */
export type Statement = Values;

/** The statements of a policy document in JSON; undefined where the text is none. */
export function policyStatements(document: string): Statement[] | undefined {
  let parsed: unknown;
  try {
    parsed = JSON.parse(document);
  } catch {
    return undefined;
  }
  const values: Value = JSON.parse(JSON.stringify(parsed));
  if (!isMap(values)) return undefined;
  const statements = [values['Statement'] ?? []].flat().filter(isMap);
  const whole = statements.every(
    (one) => ['Allow', 'Deny'].includes(text(one, 'Effect')) && (one['Action'] ?? one['NotAction']) !== undefined,
  );
  return whole && statements.length > 0 ? statements : undefined;
}

/** One or several texts, as policy documents have them. */
export const listed = (value: Value | undefined): string[] =>
  (value === undefined ? [] : [value].flat()).filter((item) => typeof item === 'string');

/** Refuses a text that is no policy document, in the words of the service. */
export function needPolicy(document: string, code: string, message: string): Statement[] {
  return policyStatements(document) ?? refuse(code, message);
}

/** A problem in a policy that the provider sees before AWS does. */
export function checkJson(inputs: Values, property: string): Problem[] {
  const document = inputs[property];
  if (typeof document !== 'string' || document.includes('04da6b54')) return [];
  try {
    JSON.parse(document);
    return [];
  } catch {
    return [{ property, reason: `'${property}' contains an invalid JSON policy` }];
  }
}

/** A number out of its range. */
export function checkRange(inputs: Values, property: string, least: number, most: number): Problem[] {
  const value = inputs[property];
  if (typeof value !== 'number' || (value >= least && value <= most)) return [];
  return [{ property, reason: `expected '${property}' to be in the range (${least} - ${most}), got ${value}` }];
}

/** A text that must be one of a few. */
export function checkOneOf(inputs: Values, property: string, allowed: readonly string[]): Problem[] {
  const value = inputs[property];
  if (typeof value !== 'string' || value.startsWith('04da6b54') || allowed.includes(value)) return [];
  return [{ property, reason: `expected '${property}' to be one of ${JSON.stringify(allowed)}, got ${value}` }];
}
