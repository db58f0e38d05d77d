/** Random types: a fast-check arbitrary of schemas, of every kind and with constraints at which X.691 changes form. */
import fc from 'fast-check';
import {
  type Additions,
  type Alternatives,
  bigInteger,
  bitString,
  bmpString,
  boolean,
  choice,
  containing,
  enumerated,
  type Field,
  type Fields,
  generalString,
  group,
  ia5String,
  integer,
  lazy,
  nullType,
  numericString,
  objectIdentifier,
  octetString,
  openType,
  optional,
  printableString,
  type Schema,
  type Size,
  sequence,
  sequenceOf,
  visibleString,
  withDefault,
} from '../../runtime/asn1/index.ts';
import { valuesOf } from './arbitrary-values.ts';

type Schemas = fc.Arbitrary<Schema<unknown>>;

const named = <T>(prefix: string, values: readonly T[]): Record<string, T> =>
  Object.fromEntries(values.map((value, i) => [`${prefix}${i}`, value]));

const names = (prefix: string, count: number): readonly string[] =>
  Array.from({ length: count }, (_, i) => `${prefix}${i}`);

/** Around the sizes and ranges at which a length or number takes another form. */
const SPANS = [0, 1, 2, 6, 7, 8, 127, 254, 255, 256, 257, 65534, 65535, 65536, 2 ** 24, 2 ** 32 - 1, 2 ** 32, 2 ** 47];

const integers: Schemas = fc.oneof(
  fc
    .tuple(fc.constantFrom(0, 1, 5, -1, -128, -40000, -(2 ** 40)), fc.constantFrom(...SPANS), fc.boolean())
    .map(([min, span, extensible]) => integer(min, min + span, extensible)),
  fc.tuple(fc.constantFrom(0, 1, 200, -5, -70000), fc.boolean()).map(([min, ext]) => integer(min, undefined, ext)),
  fc.tuple(fc.constantFrom(0, 10, -3, 70000), fc.boolean()).map(([max, ext]) => integer(undefined, max, ext)),
  fc.constantFrom<Schema<unknown>>(integer(), integer(undefined, undefined, true), bigInteger),
);

const enumerations: Schemas = fc
  .tuple(fc.constantFrom(1, 2, 3, 4, 5, 255, 256, 257), fc.constantFrom(undefined, 0, 1, 2, 64, 66, 300))
  .map(
    ([root, additions]): Schema<unknown> =>
      additions === undefined ? enumerated(names('r', root)) : enumerated(names('r', root), names('x', additions)),
  );

const sizes: fc.Arbitrary<Size | undefined> = fc.oneof(
  fc.constant(undefined),
  fc.constantFrom(0, 1, 2, 3, 4, 5, 15, 16, 17, 130),
  fc
    .tuple(fc.constantFrom(0, 1, 2, 5), fc.constantFrom(0, 1, 2, 3, 4, 7, 16, 255, 256, 65534, 65536), fc.boolean())
    .map(([min, more, extensible]) => ({ min, max: min + more, extensible })),
  fc.tuple(fc.constantFrom(0, 1, 3), fc.boolean()).map(([min, extensible]) => ({ min, extensible })),
);

/** `undefined` stands for the type's own alphabet. */
const alphabets: readonly (readonly [make: (size?: Size, alphabet?: string) => Schema<string>, ...string[]])[] = [
  [ia5String, 'ab', 'abc', '0123456789#*,', '0123456789ABCDEFG', '\u0000\u0001', '\u0000\u0003'],
  [visibleString, 'ABCDEFGHIJKLMNOP', ' ~'],
  [printableString, 'AB'],
  [numericString, '0123456789', '12'],
  [bmpString, 'ab', 'abcdefghijklmnopqrstuvwxyz', '\u0100\u0101\u0200', '\u0000\uffff'],
];

const characterStrings: Schemas = fc.oneof(
  fc.constant(generalString),
  ...alphabets.map(([make, ...restricted]) =>
    fc.tuple(sizes, fc.constantFrom(undefined, ...restricted)).map(([size, alphabet]) => make(size, alphabet)),
  ),
);

const leaves: Schemas = fc.oneof(
  fc.constantFrom<Schema<unknown>>(nullType, boolean, objectIdentifier, openType),
  { weight: 3, arbitrary: integers },
  enumerations,
  sizes.map(bitString),
  sizes.map(octetString),
  { weight: 2, arbitrary: characterStrings },
);

/** A component: mandatory, optional, or with one of its own values as a default. */
const fields = (schema: Schemas): fc.Arbitrary<Field> =>
  fc.oneof(
    schema,
    schema.map(optional),
    schema.chain((type) =>
      valuesOf(type, { levels: 0, foreign: false }).map((value) =>
        // The encoder leaves a default out where it is the same by `===`: so these are values of simple types.
        typeof value === 'object' ? optional(type) : withDefault(type, value),
      ),
    ),
  );

const fieldsOf = (schema: Schemas, prefix: string, minLength = 0): fc.Arbitrary<Fields> =>
  fc.array(fields(schema), { minLength, maxLength: 4 }).map((list) => named(prefix, list));

function additionsOf(schema: Schemas): fc.Arbitrary<Additions> {
  const groups = fc.array(fields(schema), { minLength: 1, maxLength: 3 });
  const one = fc.oneof({ weight: 3, arbitrary: fields(schema).map((field) => [field]) }, groups);
  return fc.array(one, { maxLength: 4 }).map((list) =>
    named(
      'x',
      list.map((members, i) => {
        const [only, second] = members;
        return only !== undefined && second === undefined ? only : group(named(`g${i}m`, members));
      }),
    ),
  );
}

/** With more optional components and additions than a machine word, or a short bitmap length, has bits. */
const crowded: Schemas = fc
  .tuple(fc.constantFrom(0, 31, 32, 33, 65), fc.constantFrom(31, 32, 33, 63, 64, 65, 66, 130))
  .map(([root, additions]) =>
    sequence(
      named(
        'f',
        names('', root).map(() => optional(boolean)),
      ),
      named(
        'x',
        names('', additions).map(() => integer(0, 3)),
      ),
    ),
  );

function sequences(schema: Schemas): Schemas {
  const root = fieldsOf(schema, 'f');
  return fc.oneof(
    { weight: 8, arbitrary: root.map((components) => sequence(components)) },
    {
      weight: 12,
      arbitrary: fc.tuple(root, additionsOf(schema)).map(([components, additions]) => sequence(components, additions)),
    },
    crowded,
  );
}

const alternatives = (schema: Schemas, prefix: string, minLength: number): fc.Arbitrary<Alternatives> =>
  fc.array(schema, { minLength, maxLength: 4 }).map((list) => named(prefix, list));

const manyAlternatives: Schemas = fc
  .tuple(fc.constantFrom(1, 255, 256, 257), fc.constantFrom(undefined, 64, 65))
  .map(([root, additions]): Schema<unknown> => {
    const rootOf = named<Schema<unknown>>('r', Array(root).fill(boolean));
    return additions === undefined ? choice(rootOf) : choice(rootOf, named('x', Array(additions).fill(integer(0, 9))));
  });

const choices = (schema: Schemas): Schemas =>
  fc.oneof(
    { weight: 8, arbitrary: alternatives(schema, 'r', 1).map((root) => choice(root)) },
    {
      weight: 12,
      arbitrary: fc
        .tuple(alternatives(schema, 'r', 1), alternatives(schema, 'x', 0))
        .map(([root, additions]) => choice(root, additions)),
    },
    manyAlternatives,
  );

/** Types that contain themselves: as an optional component, as list elements, as an alternative. */
const recursive = (schema: Schemas): Schemas =>
  fc.oneof(
    schema.map((inner) => {
      const self: Schema<unknown> = sequence({
        inner,
        next: optional(lazy(() => self)),
        list: sequenceOf(lazy(() => self)),
      });
      return self;
    }),
    schema.map((inner) => {
      const self: Schema<unknown> = choice(
        { node: sequence({ left: lazy(() => self) }), inner },
        { wrapped: lazy(() => self) },
      );
      return self;
    }),
  );

/** Types of at most `maxDepth` levels. */
export function schemas(maxDepth = 3): Schemas {
  const { type } = fc.letrec<{ type: Schema<unknown> }>((tie) => ({
    type: fc.oneof(
      { maxDepth },
      { weight: 4, arbitrary: leaves },
      { weight: 4, arbitrary: sequences(tie('type')) },
      { weight: 2, arbitrary: choices(tie('type')) },
      fc.tuple(tie('type'), sizes).map(([element, size]) => sequenceOf(element, size)),
      tie('type').map(containing),
      recursive(tie('type')),
    ),
  }));
  return type;
}

/** One version of a type, and a later one with more additions, alternatives or enumerals behind the marker. */
export function versions(): fc.Arbitrary<{ readonly older: Schema<unknown>; readonly newer: Schema<unknown> }> {
  const inner = schemas(1);
  const cut = <T>(all: Readonly<Record<string, T>>, count: number): Record<string, T> =>
    Object.fromEntries(Object.entries(all).slice(0, count));
  const sequencePair = fc
    .tuple(fieldsOf(inner, 'f'), additionsOf(inner), fc.nat(3))
    .map(([root, additions, count]) => ({
      older: sequence(root, cut(additions, count)),
      newer: sequence(root, additions),
    }));
  const choicePair = fc
    .tuple(alternatives(inner, 'r', 1), alternatives(inner, 'x', 1), fc.nat(3))
    .map(([root, additions, count]) => ({
      older: choice(root, cut(additions, count)),
      newer: choice(root, additions),
    }));
  const enumeratedPair = fc.tuple(fc.constantFrom(1, 70), fc.constantFrom(0, 1, 66)).map(([count, less]) => ({
    older: enumerated(['a', 'b'], names('x', Math.max(0, count - less))),
    newer: enumerated(['a', 'b'], names('x', count)),
  }));
  // Across the lengths at which a bitmap outgrows a machine word, and the short form of its length.
  const crowdedPair = fc
    .tuple(fc.integer({ min: 28, max: 66 }), fc.integer({ min: 0, max: 66 }))
    .map(([count, more]) => {
      const numbers = (length: number) =>
        named(
          'x',
          names('', length).map(() => integer(0, 3)),
        );
      return { older: sequence({}, numbers(count)), newer: sequence({}, numbers(count + more)) };
    });
  const pair = fc.oneof(
    { weight: 8, arbitrary: sequencePair },
    { weight: 4, arbitrary: choicePair },
    { weight: 2, arbitrary: enumeratedPair },
    crowdedPair,
  );
  // Inside other types the version must not disturb what comes before and behind.
  return fc.tuple(pair, fc.integer({ min: 0, max: 3 })).map(([{ older, newer }, place]) => {
    const around = (type: Schema<unknown>): Schema<unknown> =>
      [
        type,
        sequence({ before: boolean, type, after: integer(0, 300) }),
        sequenceOf(sequence({ flag: boolean, type })),
        choice({ none: nullType }, { type }),
      ][place] ?? type;
    return { older: around(older), newer: around(newer) };
  });
}
