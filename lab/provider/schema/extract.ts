/**
 * Makes aws.json: what @pulumi/aws declares of the types in types.ts. The package's declarations are generated from the
 * provider's published schema, so names, types and what is required are the schema's own.
 *
 * node --import tsx lab/provider/schema/extract.ts
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { LabError } from '../errors.ts';
import { enumsOf, type Member, meaningOf, membersOf, parse } from './declarations.ts';
import { type Properties, type ResourceSchema, SCHEMA_FILE, type Schema, type Type } from './schema.ts';
import { FUNCTIONS, RESOURCE_TYPES } from './types.ts';

const PACKAGE = join(import.meta.dirname, '../../../node_modules/@pulumi/aws');

/** Reads the package; `objects` collects what the types refer to. */
export function extractSchema(): Schema {
  const objects = new Map<string, Properties>();
  const declared = membersOf(parse(join(PACKAGE, 'types/input.d.ts')));
  const enumFiles = new Map<string, Map<string, (string | number)[]>>();
  const enumValues = (name: string): readonly (string | number)[] => {
    const [module = '', member = ''] = name.split('.');
    const file = enumFiles.get(module) ?? enumsOf(parse(join(PACKAGE, `types/enums/${module}/index.d.ts`)));
    enumFiles.set(module, file);
    const values = file.get(member);
    if (values === undefined) throw new LabError(`there is no enumeration ${name}`);
    return values;
  };

  const follow = (type: Type): void => {
    if (typeof type === 'string' || 'enum' in type) return;
    if ('list' in type) follow(type.list);
    else if ('map' in type) follow(type.map);
    else if ('oneOf' in type) type.oneOf.forEach(follow);
    else if (!objects.has(type.object)) {
      const members = declared.get(type.object);
      if (members === undefined) throw new LabError(`there is no type inputs.${type.object}`);
      objects.set(type.object, {});
      objects.set(type.object, properties(members));
    }
  };
  const properties = (members: readonly Member[]): Properties =>
    Object.fromEntries(
      members.map(({ name, optional, node }): [string, Type] => {
        const meaning = meaningOf(node, enumValues);
        follow(meaning.type);
        return [optional || meaning.optional ? `${name}?` : name, meaning.type];
      }),
    );
  // Of outputs only the names and kinds matter, not the fields of what they hold.
  const outputs = (members: readonly Member[]): Properties =>
    Object.fromEntries(
      members.map(({ name, node }): [string, Type] => {
        const { type, optional } = meaningOf(node, enumValues);
        return [optional ? `${name}?` : name, shallow(type)];
      }),
    );

  const resource = (token: string): [string, ResourceSchema] => {
    const { file, name } = placeOf(token);
    const found = membersOf(parse(`${file}.d.ts`));
    const secrets = /additionalSecretOutputs: (\[[^\]]*\])/.exec(readFileSync(`${file}.js`, 'utf8'))?.[1];
    return [
      token,
      {
        inputs: properties(found.get(`${name}Args`) ?? []),
        outputs: outputs(found.get(name) ?? []),
        ...(secrets === undefined ? {} : { secrets: JSON.parse(secrets) }),
      },
    ];
  };
  const functionOf = (token: string): [string, Properties] => {
    const { file, name } = placeOf(token);
    const title = `${name.charAt(0).toUpperCase()}${name.slice(1)}Args`;
    return [token, properties(membersOf(parse(`${file}.d.ts`)).get(title) ?? [])];
  };
  const { version } = JSON.parse(readFileSync(join(PACKAGE, 'package.json'), 'utf8'));
  const resources = Object.fromEntries(RESOURCE_TYPES.map(resource));
  const functions = Object.fromEntries(FUNCTIONS.map(functionOf));
  return { version, resources, functions, objects: Object.fromEntries([...objects].toSorted()) };
}

/** `aws:ec2/instance:Instance` is Instance in ec2/instance. */
function placeOf(token: string): { file: string; name: string } {
  const [, path = '', name = ''] = token.split(':');
  return { file: join(PACKAGE, path.replace(/^index\//, '')), name };
}

function shallow(type: Type): Type {
  if (typeof type === 'string') return type;
  if ('list' in type) return { list: shallow(type.list) };
  return 'map' in type ? { map: shallow(type.map) } : 'any';
}

/** The file's text: one line for each resource, function and object, so that a difference can be read. */
export function schemaText({ version, ...parts }: Schema): string {
  const lines = Object.entries(parts).map(
    ([part, entries]) =>
      `  ${JSON.stringify(part)}: {\n${Object.entries(entries)
        .map(([key, entry]) => `    ${JSON.stringify(key)}: ${JSON.stringify(entry)}`)
        .join(',\n')}\n  }`,
  );
  return `{\n  "version": ${JSON.stringify(version)},\n${lines.join(',\n')}\n}\n`;
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const schema = extractSchema();
  writeFileSync(SCHEMA_FILE, schemaText(schema));
  process.stdout.write(`${Object.keys(schema.resources).length} types of @pulumi/aws ${schema.version}\n`);
}
