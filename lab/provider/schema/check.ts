import { isList, isMap, UNKNOWN, type Value, type Values } from '../values.ts';
import { awsSchema, namesOf, type Properties, propertyOf, type Type } from './schema.ts';

/** Why an input is refused before anything is asked of AWS. */
export interface Problem {
  /** The path of the property, for example `rootBlockDevice.volumeSize`. */
  readonly property: string;
  readonly reason: string;
}

/** What of these values the schema does not allow: names that it has not, wrong types, what is missing. */
export function checkProperties(properties: Properties, values: Values, path = ''): Problem[] {
  const at = (name: string): string => (path === '' ? name : `${path}.${name}`);
  const given = Object.entries(values).flatMap(([name, value]): Problem[] => {
    const property = propertyOf(properties, name);
    if (property) return checkType(property.type, value, at(name));
    const known = namesOf(properties).toSorted();
    return [{ property: at(name), reason: `unknown property '${at(name)}'; known here: ${known.join(', ')}` }];
  });
  const missing = namesOf(properties)
    .filter((name) => propertyOf(properties, name)?.required && values[name] === undefined)
    .map((name) => ({ property: at(name), reason: `missing required property '${at(name)}'` }));
  return [...given, ...missing];
}

function checkType(type: Type, value: Value, path: string): Problem[] {
  if (value === UNKNOWN || type === 'any') return [];
  if (typeof type === 'string') return fits(type, value) ? [] : [wrong(path, `a ${type}`, value)];
  if ('enum' in type) {
    const known: readonly Value[] = type.enum;
    return known.includes(value) ? [] : [wrong(path, `one of ${type.enum.join(', ')}`, value)];
  }
  if ('oneOf' in type) {
    const attempts = type.oneOf.map((one) => checkType(one, value, path));
    return attempts.find((problems) => problems.length === 0) ?? attempts[0] ?? [];
  }
  if ('list' in type) {
    if (!isList(value)) return [wrong(path, 'a list', value)];
    return value.flatMap((item, index) => checkType(type.list, item, `${path}[${index}]`));
  }
  if (!isMap(value)) return [wrong(path, 'an object', value)];
  if ('map' in type) return Object.entries(value).flatMap(([key, item]) => checkType(type.map, item, `${path}.${key}`));
  return checkProperties(awsSchema().objects[type.object] ?? {}, value, path);
}

/** Like the bridge to Terraform, takes a text that reads as a number or boolean for one, and a scalar for a text. */
function fits(type: 'string' | 'number' | 'boolean', value: Value): boolean {
  if (typeof value === type) return true;
  if (type === 'string') return typeof value === 'number' || typeof value === 'boolean';
  if (type === 'number') return typeof value === 'string' && value.trim() !== '' && Number.isFinite(Number(value));
  return value === 'true' || value === 'false';
}

function wrong(property: string, wanted: string, value: Value): Problem {
  const shown = JSON.stringify(value);
  const found = shown.length > 80 ? `${shown.slice(0, 80)}…` : shown;
  return { property, reason: `'${property}' must be ${wanted}, and is ${found}` };
}
