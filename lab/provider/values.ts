/** What a property of a resource can hold, as JSON has it. */
export type Value = string | number | boolean | null | readonly Value[] | { readonly [key: string]: Value };

/** Properties of a resource, by the names that the schema has. */
export type Values = { readonly [name: string]: Value };

/** Pulumi's mark for a value that is known after the resource is made. */
export const UNKNOWN = '04da6b54-80e4-46f7-96ec-b56ff0331ba9';

export const isMap = (value: Value | undefined): value is Values =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

export const isList = (value: Value | undefined): value is readonly Value[] => Array.isArray(value);

/** The text under `name`, or '' where there is none or it is no text. */
export function text(values: Values, name: string): string {
  const value = values[name];
  return typeof value === 'string' ? value : '';
}

export function number(values: Values, name: string): number | undefined {
  const value = values[name];
  return typeof value === 'number' ? value : undefined;
}

export const flag = (values: Values, name: string): boolean => values[name] === true;

/** The texts of a list; [] where there is none. */
export function texts(values: Values, name: string): string[] {
  const value = values[name];
  return isList(value) ? value.filter((item) => typeof item === 'string') : [];
}

/** The objects below `name`: of a list, or the one that stands there itself. */
export function maps(values: Values, name: string): Values[] {
  const value = values[name];
  if (isMap(value)) return [value];
  return isList(value) ? value.filter(isMap) : [];
}

/** Whether two values say the same, whatever the order of their keys. */
export function same(a: Value | undefined, b: Value | undefined): boolean {
  if (isList(a) && isList(b)) return a.length === b.length && a.every((item, index) => same(item, b[index]));
  if (isMap(a) && isMap(b))
    return [...new Set([...Object.keys(a), ...Object.keys(b)])].every((key) => same(a[key], b[key]));
  return a === b;
}

/** Whether anything in it is not known yet. */
export function hasUnknown(value: Value | undefined): boolean {
  if (value === UNKNOWN) return true;
  if (isList(value)) return value.some(hasUnknown);
  return isMap(value) && Object.values(value).some(hasUnknown);
}
