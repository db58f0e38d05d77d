/** An input or output of a resource: what JSON can say. */
export type Value = string | number | boolean | null | readonly Value[] | Values;

export interface Values {
  readonly [key: string]: Value;
}

/** Stands for a value that only the update will tell, in a preview. */
export const UNKNOWN = '<unknown>';

export const isValues = (value: Value | undefined): value is Values =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** What a path of keys leads to; `UNKNOWN` where the way there is not known yet, `undefined` where there is none. */
export function at(values: Values, ...path: readonly string[]): Value | undefined {
  let value: Value | undefined = values;
  for (const key of path) {
    if (value === UNKNOWN) return UNKNOWN;
    value = isValues(value) ? value[key] : undefined;
  }
  return value;
}

/** A list as it is, anything else as a list of one, nothing as an empty one. */
export function listOf(value: Value | undefined): readonly Value[] {
  if (value === undefined || value === null) return [];
  return Array.isArray(value) ? value : [value];
}

/** The members of a list that are maps. */
export const mapsOf = (value: Value | undefined): readonly Values[] => listOf(value).filter((one) => isValues(one));

export const textOf = (value: Value | undefined): string => (typeof value === 'string' ? value : '');

/** Whether it is true, as a boolean or as the text that some providers take; what is not known yet may be. */
export const mayBeTrue = (value: Value | undefined): boolean => value === true || value === 'true' || value === UNKNOWN;

/** A JSON text's value, or a value that is there already; `undefined` for a text that is no JSON. */
export function jsonOf(value: Value | undefined): Value | undefined {
  if (typeof value !== 'string') return value;
  try {
    const parsed: Value = JSON.parse(value);
    return parsed;
  } catch {
    return undefined;
  }
}

/** Octets that a text may decode to. */
const LONGEST_BASE64 = 1_000_000;

/** What a text in base64 says, as UTF-8; `undefined` where it is too long for any user data. */
export const octetsOf = (base64: string): Buffer | undefined =>
  base64.length > LONGEST_BASE64 ? undefined : Buffer.from(base64, 'base64');
