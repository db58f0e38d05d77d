/**
 * ASN.1 types as TypeScript values. A schema says what a type is; `compile` (compile.ts) turns it into a codec, and
 * `Infer` gives the static type of its values, so that a message is described once.
 *
 * Component order is the order of the ASN.1 module, which under AUTOMATIC TAGS is also the canonical order that PER
 * sorts CHOICE alternatives by (X.691 clause 23.4). Nothing here knows of H.323.
 */

declare const VALUE: unique symbol;

/** An ASN.1 type whose values are `T`. `T` exists in the type system alone. */
export interface Schema<out T> {
  readonly kind: SchemaKind;
  readonly [VALUE]?: T;
}

/** The type of a schema's values. */
export type Infer<S> = S extends Schema<infer T> ? T : never;

export type SchemaKind = SchemaNode['kind'];

/** A SIZE constraint in the unit of the type (octets, bits, characters, elements). No `max`: unbounded. */
export interface SizeRange {
  readonly min: number;
  readonly max?: number;
  /** The constraint ends in `...`. */
  readonly extensible?: boolean;
}

/** `16` is `SIZE(16)`; `{ min: 1, max: 128 }` is `SIZE(1..128)`. */
export type Size = number | SizeRange;

/** A BIT STRING's value; unused bits of the last octet are zero. */
export interface BitString {
  readonly bytes: Uint8Array;
  readonly bitLength: number;
}

/** An alternative that came behind a CHOICE's extension marker and that this schema does not know. */
export interface UnknownAlternative {
  readonly kind: 'unknownExtension';
  readonly value: {
    /** Position among the extension alternatives, from 0. */
    readonly index: number;
    /** The contents of its open type. */
    readonly bytes: Uint8Array;
  };
}

/** An ENUMERATED value behind the extension marker that this schema does not know; position from 0. */
export interface UnknownEnumeral {
  readonly unknownExtension: number;
}

/** Where a decoded SEQUENCE keeps what the sender's version of it looked like. */
export const EXTENSIONS: unique symbol = Symbol('extensions');

/**
 * Kept where a sender's extension bitmap differs from what this schema would write: an older or a newer version of
 * the type. Encoding the value again gives the sender's bytes.
 */
export interface ExtensionRecord {
  /** How many additions the sender's bitmap had room for. */
  readonly count: number;
  /** Additions this schema does not know: position from 0 and the contents of the open type. */
  readonly unknown: readonly { readonly index: number; readonly bytes: Uint8Array }[];
}

export interface ExtensionTail {
  readonly [EXTENSIONS]?: ExtensionRecord;
}

export interface OptionalField<out T> {
  readonly presence: 'optional';
  readonly schema: Schema<T>;
}

export interface DefaultField<out T> {
  readonly presence: 'default';
  readonly schema: Schema<T>;
  readonly value: T;
}

/** Several additions between `[[` and `]]`: one bit and one open type for all of them. */
export interface ExtensionGroup<out F> {
  readonly presence: 'group';
  readonly fields: Readonly<Record<string, Field>>;
  readonly [VALUE]?: F;
}

export type Field = Schema<unknown> | OptionalField<unknown> | DefaultField<unknown>;
export type Fields = Readonly<Record<string, Field>>;
export type Additions = Readonly<Record<string, Field | ExtensionGroup<unknown>>>;
export type Alternatives = Readonly<Record<string, Schema<unknown>>>;

type FieldValue<F> =
  F extends DefaultField<infer T> ? T : F extends OptionalField<infer T> ? T : F extends Schema<infer T> ? T : never;
type RequiredKeys<F> = {
  [K in keyof F]: F[K] extends OptionalField<unknown> | DefaultField<unknown> ? never : K;
}[keyof F];
type AbsentableKeys<F> = Exclude<keyof F, RequiredKeys<F>>;
type GroupKeys<X> = { [K in keyof X]: X[K] extends ExtensionGroup<unknown> ? K : never }[keyof X];
type UnionToIntersection<U> = (U extends unknown ? (k: U) => void : never) extends (k: infer I) => void ? I : never;
type GroupValues<X> = [GroupKeys<X>] extends [never]
  ? unknown
  : UnionToIntersection<
      { [K in GroupKeys<X>]: X[K] extends ExtensionGroup<infer F> ? AdditionValues<F> : never }[GroupKeys<X>]
    >;
type AdditionValues<X> = { readonly [K in Exclude<keyof X, GroupKeys<X>>]?: FieldValue<X[K]> | undefined };
type Flatten<T> = { [K in keyof T]: T[K] };

/**
 * The value of a SEQUENCE. Extension additions are always optional, even those that the newest version of the type
 * makes mandatory: an older peer does not send them. Decoding leaves absent components out; encoding takes `undefined`
 * for absent.
 */
export type SequenceValue<F, X = undefined> = Flatten<
  { readonly [K in RequiredKeys<F>]: FieldValue<F[K]> } & {
    readonly [K in AbsentableKeys<F>]?: FieldValue<F[K]> | undefined;
  } & (X extends undefined ? unknown : AdditionValues<X> & GroupValues<X> & ExtensionTail)
>;

/** The value of a CHOICE: which alternative, and its value (`null` for NULL). */
export type ChoiceValue<A, X = undefined> =
  | { readonly [K in keyof A]: { readonly kind: K; readonly value: Infer<A[K]> } }[keyof A]
  | (X extends undefined
      ? never
      : { readonly [K in keyof X]: { readonly kind: K; readonly value: Infer<X[K]> } }[keyof X] | UnknownAlternative);

export interface NullNode {
  readonly kind: 'null';
}
export interface BooleanNode {
  readonly kind: 'boolean';
}
export interface IntegerNode {
  readonly kind: 'integer';
  /** `bigint` values; otherwise numbers, and what is no safe integer is refused. */
  readonly big: boolean;
  readonly min: number | undefined;
  readonly max: number | undefined;
  readonly extensible: boolean;
}
export interface EnumeratedNode {
  readonly kind: 'enumerated';
  readonly root: readonly string[];
  readonly additions: readonly string[] | undefined;
}
export interface BitStringNode {
  readonly kind: 'bitString';
  readonly size: SizeRange;
}
export interface OctetStringNode {
  readonly kind: 'octetString';
  readonly size: SizeRange;
}
export interface CharacterStringNode {
  readonly kind: 'characterString';
  readonly size: SizeRange;
  /** Bits a character takes in aligned PER; 0 for types without a known multiplier, which travel as octets. */
  readonly bits: number;
  /** The permitted alphabet in canonical order, where characters travel as an index into it. */
  readonly alphabet: string | undefined;
  /** The largest code point of the type, for characters that travel as themselves. */
  readonly highest: number;
  /** The smallest code point. */
  readonly lowest: number;
  /** The permitted characters, where not every code point between `lowest` and `highest` is one. */
  readonly permitted: string | undefined;
}
export interface ObjectIdentifierNode {
  readonly kind: 'objectIdentifier';
}
export interface OpenTypeNode {
  readonly kind: 'openType';
  readonly contents: Schema<unknown> | undefined;
}
export interface SequenceNode {
  readonly kind: 'sequence';
  readonly fields: Fields;
  readonly additions: Additions | undefined;
}
export interface SequenceOfNode {
  readonly kind: 'sequenceOf';
  readonly element: Schema<unknown>;
  readonly size: SizeRange;
}
export interface ChoiceNode {
  readonly kind: 'choice';
  readonly root: Alternatives;
  readonly additions: Alternatives | undefined;
}
export interface LazyNode {
  readonly kind: 'lazy';
  readonly target: () => Schema<unknown>;
}

export type SchemaNode =
  | NullNode
  | BooleanNode
  | IntegerNode
  | EnumeratedNode
  | BitStringNode
  | OctetStringNode
  | CharacterStringNode
  | ObjectIdentifierNode
  | OpenTypeNode
  | SequenceNode
  | SequenceOfNode
  | ChoiceNode
  | LazyNode;

function sizeRange(size: Size | undefined): SizeRange {
  const range = size === undefined ? { min: 0 } : typeof size === 'number' ? { min: size, max: size } : size;
  const { min, max } = range;
  if (!Number.isSafeInteger(min) || min < 0 || (max !== undefined && (!Number.isSafeInteger(max) || max < min)))
    throw new RangeError(`SIZE(${min}..${max ?? 'MAX'}) is not a size`);
  return range;
}

/** NULL. */
export const nullType: Schema<null> = { kind: 'null' };

/** BOOLEAN. */
export const boolean: Schema<boolean> = { kind: 'boolean' };

/** OBJECT IDENTIFIER in dotted form, for example `0.0.8.2250.0.7`. */
export const objectIdentifier: Schema<string> = { kind: 'objectIdentifier' };

/**
 * INTEGER as a number. Bounds are inclusive; leave both out for an unconstrained one, `max` for a semi-constrained one.
 * Values that are no safe integers are refused in both directions; where they must pass, use {@link bigInteger}.
 */
export function integer(min?: number, max?: number, extensible = false): Schema<number> & IntegerNode {
  for (const bound of [min, max])
    if (bound !== undefined && !Number.isSafeInteger(bound)) throw new RangeError(`${bound} is no integer bound`);
  if (min !== undefined && max !== undefined && max < min) throw new RangeError(`INTEGER(${min}..${max}) is empty`);
  return { kind: 'integer', big: false, min, max, extensible };
}

/** INTEGER without constraints, of any length, as a bigint. */
export const bigInteger: Schema<bigint> & IntegerNode = {
  kind: 'integer',
  big: true,
  min: undefined,
  max: undefined,
  extensible: false,
};

/** ENUMERATED; names in the order of their numbers (X.691 clause 14.1). Give `additions` (or `[]`) where it has `...`. */
export function enumerated<const R extends string>(root: readonly R[]): Schema<R>;
export function enumerated<const R extends string, const X extends string>(
  root: readonly R[],
  additions: readonly X[],
): Schema<R | X | UnknownEnumeral>;
export function enumerated(root: readonly string[], additions?: readonly string[]): Schema<never> & EnumeratedNode {
  return { kind: 'enumerated', root, additions };
}

/** BIT STRING; the size is in bits. */
export function bitString(size?: Size): Schema<BitString> & BitStringNode {
  return { kind: 'bitString', size: sizeRange(size) };
}

/**
 * OCTET STRING. A decoded value is a view into the datagram, not a copy: copy what outlives it.
 */
export function octetString(size?: Size): Schema<Uint8Array> & OctetStringNode {
  return { kind: 'octetString', size: sizeRange(size) };
}

function characterString(
  lowest: number,
  highest: number,
  size: Size | undefined,
  alphabet?: string,
): Schema<string> & CharacterStringNode {
  const permitted = alphabet === undefined ? undefined : [...new Set(alphabet)].sort().join('');
  if (permitted === '') throw new RangeError('a permitted alphabet is never empty');
  const count = permitted === undefined ? highest - lowest + 1 : permitted.length;
  const needed = Math.ceil(Math.log2(count));
  // X.691 clause 30.5.2: in the aligned variant the width is the next power of two.
  const bits = needed === 0 ? 0 : 2 ** Math.ceil(Math.log2(needed));
  const top = permitted === undefined ? highest : permitted.charCodeAt(permitted.length - 1);
  const bottom = permitted === undefined ? lowest : permitted.charCodeAt(0);
  if (bits === 0) throw new RangeError('an alphabet of one character is not supported');
  // Clause 30.5.4: characters travel as themselves where the highest fits the width, else as an index.
  const indexed = top > 2 ** bits - 1;
  return {
    kind: 'characterString',
    size: sizeRange(size),
    bits,
    alphabet: indexed ? (permitted ?? '') : undefined,
    highest: top,
    lowest: bottom,
    permitted,
  };
}

/** IA5String: ISO 646 characters; `alphabet` is the FROM constraint. */
export const ia5String = (size?: Size, alphabet?: string): Schema<string> => characterString(0, 0x7f, size, alphabet);

/** VisibleString (ISO646String): the printing characters of ISO 646. */
export const visibleString = (size?: Size, alphabet?: string): Schema<string> =>
  characterString(0x20, 0x7e, size, alphabet);

/** NumericString: digits and space. */
export const numericString = (size?: Size, alphabet = ' 0123456789'): Schema<string> =>
  characterString(0x20, 0x39, size, alphabet);

const PRINTABLE = " '()+,-./0123456789:=?ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

/** PrintableString. */
export const printableString = (size?: Size, alphabet = PRINTABLE): Schema<string> =>
  characterString(0x20, 0x7a, size, alphabet);

/** BMPString: 16-bit code points, given and taken as UTF-16. */
export const bmpString = (size?: Size, alphabet?: string): Schema<string> => characterString(0, 0xffff, size, alphabet);

/**
 * GeneralString: no known multiplier, so it travels as octets (X.691 clause 30.6). Each octet is one character here
 * (Latin-1), which keeps what it cannot interpret.
 */
export const generalString: Schema<string> & CharacterStringNode = {
  kind: 'characterString',
  size: { min: 0 },
  bits: 0,
  alphabet: undefined,
  lowest: 0,
  highest: 0xff,
  permitted: undefined,
};

/** An open type whose contents stay encoded. */
export const openType: Schema<Uint8Array> & OpenTypeNode = { kind: 'openType', contents: undefined };

/** An open type that carries a value of `contents`. */
export function containing<T>(contents: Schema<T>): Schema<T> & OpenTypeNode {
  return { kind: 'openType', contents };
}

/** SEQUENCE OF. */
export function sequenceOf<T>(element: Schema<T>, size?: Size): Schema<readonly T[]> & SequenceOfNode {
  return { kind: 'sequenceOf', element, size: sizeRange(size) };
}

/** A component that may be absent. */
export function optional<T>(schema: Schema<T>): OptionalField<T> {
  return { presence: 'optional', schema };
}

/** A component with a DEFAULT: decoding fills it in, encoding leaves it out where it equals the default. */
export function withDefault<const T>(schema: Schema<T>, value: NoInfer<T>): DefaultField<T> {
  return { presence: 'default', schema, value };
}

/** `[[ … ]]`: additions that came together. The key it stands under in `additions` is never seen in values. */
export function group<F extends Fields>(fields: F): ExtensionGroup<F> {
  return { presence: 'group', fields };
}

/**
 * SEQUENCE. Give `additions` (or `{}`) where it has an extension marker; components after a second marker belong to
 * the root and stand at the end of `fields`, which is where PER puts them.
 */
export function sequence<F extends Fields>(fields: F): Schema<SequenceValue<F>> & SequenceNode;
export function sequence<F extends Fields, X extends Additions>(
  fields: F,
  additions: X,
): Schema<SequenceValue<F, X>> & SequenceNode;
export function sequence(fields: Fields, additions?: Additions): Schema<never> & SequenceNode {
  return { kind: 'sequence', fields, additions };
}

/** CHOICE. Give `additions` (or `{}`) where it has an extension marker. */
export function choice<A extends Alternatives>(root: A): Schema<ChoiceValue<A>> & ChoiceNode;
export function choice<A extends Alternatives, X extends Alternatives>(
  root: A,
  additions: X,
): Schema<ChoiceValue<A, X>> & ChoiceNode;
export function choice(root: Alternatives, additions?: Alternatives): Schema<never> & ChoiceNode {
  return { kind: 'choice', root, additions };
}

/** A reference that is followed at compile time: for types that contain themselves. Decoding bounds their depth. */
export function lazy<T>(target: () => Schema<T>): Schema<T> & LazyNode {
  return { kind: 'lazy', target };
}
