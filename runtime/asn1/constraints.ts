import type { Additions, ExtensionGroup, Field, IntegerNode, Schema, SchemaNode, SizeRange } from './schema.ts';

/*
 * What X.691 makes of constraints, worked out once when a schema is compiled.
 */

/** Sizes from here on are not "bounded": their lengths take the general form (clause 11.9.3). */
const UNBOUNDED = 65536;

export type RangeForm =
  /** One value only: no bits at all. */
  | { readonly kind: 'single' }
  /** Range to 255: a bit-field (clause 11.5.7.1). */
  | { readonly kind: 'bits'; readonly width: number }
  /** Range 256, and to 64K: one or two aligned octets (clauses 11.5.7.2 and 3). */
  | { readonly kind: 'octets'; readonly count: 1 | 2 }
  /** More: the number of octets in a bit-field of `width`, then the octets (clause 11.5.7.4). */
  | { readonly kind: 'wide'; readonly width: number };

export type SizeForm =
  | { readonly kind: 'fixed'; readonly length: number }
  | { readonly kind: 'bounded'; readonly min: number; readonly max: number }
  | { readonly kind: 'general' };

/** Bits that hold `values` different values. */
function bitWidth(values: number): number {
  let width = 0;
  while (2 ** width < values) width++;
  return width;
}

export function rangeForm(min: number, max: number): RangeForm {
  const range = max - min + 1;
  if (!Number.isSafeInteger(range)) throw new RangeError(`INTEGER(${min}..${max}) is wider than a safe integer`);
  if (range === 1) return { kind: 'single' };
  if (range <= 255) return { kind: 'bits', width: bitWidth(range) };
  if (range === 256) return { kind: 'octets', count: 1 };
  if (range <= 65536) return { kind: 'octets', count: 2 };
  return { kind: 'wide', width: bitWidth(Math.ceil(bitWidth(range) / 8)) };
}

export function sizeForm({ min, max }: SizeRange): SizeForm {
  if (max === undefined || max >= UNBOUNDED) return { kind: 'general' };
  return max === min ? { kind: 'fixed', length: min } : { kind: 'bounded', min, max };
}

export const hasRange = (node: IntegerNode): node is IntegerNode & { min: number; max: number } =>
  node.min !== undefined && node.max !== undefined;

/** The description behind a schema; every schema is made by a constructor of schema.ts, which makes one. */
export const asNode = (schema: Schema<unknown>): SchemaNode => schema as unknown as SchemaNode;

export const fieldSchema = (field: Field): Schema<unknown> => ('presence' in field ? field.schema : field);

/** Has a bit in its sequence's bitmap. */
export const isAbsentable = (field: Field): boolean => 'presence' in field;

export const isGroup = (addition: Additions[string]): addition is ExtensionGroup<unknown> =>
  'presence' in addition && addition.presence === 'group';
