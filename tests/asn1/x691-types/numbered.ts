import { boolean, type Schema } from '../../../runtime/asn1/index.ts';

/** `n0`, `n1` and so on. */
export const numbered = (prefix: string, first: number, count: number): string[] =>
  Array.from({ length: count }, (_, index) => `${prefix}${first + index}`);

/** BOOLEAN components or alternatives `a1`, `a2` and so on. */
export const flags = (count: number): Record<string, Schema<boolean>> =>
  Object.fromEntries(numbered('a', 1, count).map((name) => [name, boolean]));
