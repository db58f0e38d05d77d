/**
 * Random valid values of any type: fast-check arbitraries made by walking a schema, with more weight on the values at
 * which X.691 changes the encoding. Values may leave out defaults, name absent components as `undefined`, and carry
 * what an older or newer sender's version of a type leaves behind; normal-form.ts says what becomes of those.
 */
import fc from 'fast-check';
import { asNode, fieldSchema, isAbsentable, isGroup } from '../../runtime/asn1/constraints.ts';
import {
  type Additions,
  type CharacterStringNode,
  type ChoiceNode,
  type EnumeratedNode,
  EXTENSIONS,
  type ExtensionRecord,
  type Field,
  type Fields,
  type IntegerNode,
  type Schema,
  type SchemaNode,
  type SequenceNode,
  type SizeRange,
} from '../../runtime/asn1/index.ts';
import { bitsFrom, charactersFrom, octetsFrom } from './patterns.ts';

/** Levels of constructed types that are filled generously; below them values stay as small as they can. */
const LEVELS = 4;
/** Of ten optional components, how many are there, by the levels that are left. */
const PRESENT_OF_TEN = [0, 1, 2, 4, 6];
/** Longer strings and lists than this come only where the smallest permitted size is longer. */
const LONG = 300;

type Entry = readonly [name: string, value: unknown];

export interface Shape {
  /** Levels of constructed types still to fill. */
  readonly levels: number;
  /** With what other versions of the types add: unknown additions, alternatives and enumerals, other bitmaps. */
  readonly foreign: boolean;
}

const deeper = (shape: Shape): Shape => ({ ...shape, levels: Math.max(0, shape.levels - 1) });

const known = new WeakMap<SchemaNode, Map<string, fc.Arbitrary<unknown>>>();

/** Valid values of `schema`. */
export function valuesOf(
  schema: Schema<unknown>,
  shape: Shape = { levels: LEVELS, foreign: true },
): fc.Arbitrary<unknown> {
  const node = asNode(schema);
  const made = known.get(node) ?? new Map<string, fc.Arbitrary<unknown>>();
  known.set(node, made);
  const key = `${shape.levels} ${shape.foreign}`;
  const arbitrary = made.get(key) ?? make(node, shape);
  made.set(key, arbitrary);
  return arbitrary;
}

function make(node: SchemaNode, shape: Shape): fc.Arbitrary<unknown> {
  switch (node.kind) {
    case 'null':
      return fc.constant(null);
    case 'boolean':
      return fc.boolean();
    case 'integer':
      return node.big ? bigIntegers() : integers(node);
    case 'enumerated':
      return enumerals(node, shape);
    case 'bitString':
      return fc.tuple(sizes(node.size), fc.nat()).map(([size, seed]) => bitsFrom(seed, size));
    case 'octetString':
      return octets(node.size);
    case 'characterString':
      return characters(node);
    case 'objectIdentifier':
      return objectIdentifiers();
    case 'openType':
      return node.contents === undefined ? octets({ min: 0 }) : valuesOf(node.contents, shape);
    case 'sequence':
      return sequences(node, shape);
    case 'sequenceOf': {
      const { levels } = shape;
      if (levels === 0 && node.size.min === 0) return fc.constant([]);
      const element = valuesOf(node.element, deeper(shape));
      const many = levels > 0 ? sizes(node.size, levels === LEVELS ? LONG : 3) : fc.constant(node.size.min);
      return many.chain((size) => fc.array(element, { minLength: size, maxLength: size }));
    }
    case 'choice':
      return choices(node, shape);
    case 'lazy':
      return valuesOf(node.target(), deeper(shape));
  }
}

/** Powers at which whole numbers take another octet or another form, and their neighbours. */
const STEPS = [0, 7, 8, 15, 16, 24, 31, 32, 40, 47, 48, 52].flatMap((power) => [
  2 ** power - 1,
  2 ** power,
  2 ** power + 1,
]);

const ranges = new Map<string, fc.Arbitrary<number>>();

/** Numbers of a range, those at its ends and at the steps from its start more often. */
function range(low: number, high: number): fc.Arbitrary<number> {
  const key = `${low} ${high}`;
  const made = ranges.get(key) ?? makeRange(low, high);
  ranges.set(key, made);
  return made;
}

function makeRange(low: number, high: number): fc.Arbitrary<number> {
  const edges = [low, low + 1, high - 1, high, 0, ...STEPS.flatMap((step) => [low + step, step, -step])];
  const inside = [...new Set(edges)].filter((edge) => edge >= low && edge <= high);
  const any = fc.bigInt({ min: BigInt(low), max: BigInt(high) }).map(Number);
  return fc.oneof(fc.constantFrom(...inside), any);
}

function integers({ min, max, extensible }: IntegerNode): fc.Arbitrary<number> {
  // A semi-constrained number travels as its distance from the bound, which has to be a safe integer too.
  const most = Number.MAX_SAFE_INTEGER + Math.min(0, min ?? 0);
  const root = range(min ?? Number.MIN_SAFE_INTEGER, max ?? most);
  if (!extensible) return root;
  const below = min === undefined ? [] : [range(Number.MIN_SAFE_INTEGER, min - 1)];
  const above = max === undefined ? [] : [range(max + 1, Number.MAX_SAFE_INTEGER)];
  return fc.oneof({ weight: 3, arbitrary: root }, ...below, ...above);
}

function bigIntegers(): fc.Arbitrary<bigint> {
  const near = [0n, 1n, 2n, 8n, 64n, 127n, 128n, 300n].map((count) => 2n ** (8n * count + 7n));
  const edges = near.flatMap((power) => [power - 1n, power, -power, -power - 1n]);
  return fc.oneof(fc.constantFrom(0n, -1n, ...edges), fc.bigInt({ min: -(2n ** 200n), max: 2n ** 200n }));
}

function enumerals({ root, additions }: EnumeratedNode, { foreign }: Shape): fc.Arbitrary<unknown> {
  const named = fc.constantFrom(...root, ...(additions ?? []));
  if (additions === undefined || !foreign) return named;
  const beyond = range(additions.length, 2 ** 40).map((unknownExtension) => ({ unknownExtension }));
  return fc.oneof({ weight: 4, arbitrary: named }, beyond);
}

function sizes({ min, max = Number.MAX_SAFE_INTEGER, extensible }: SizeRange, long = LONG): fc.Arbitrary<number> {
  const most = Math.max(min, Math.min(max, long));
  const edges = [min, min + 1, most - 1, most, 1, 2, 3, 16, 17, 127, 128, 255, 256];
  const root = fc.oneof(
    { weight: 6, arbitrary: fc.integer({ min, max: Math.min(most, min + 8) }) },
    fc.constantFrom(...edges.filter((size) => size >= min && size <= most)),
  );
  return extensible ? fc.oneof({ weight: 3, arbitrary: root }, fc.nat(Math.min(long, most + 2))) : root;
}

const octets = (size: SizeRange): fc.Arbitrary<Uint8Array> =>
  fc.tuple(sizes(size), fc.nat()).map(([length, seed]) => octetsFrom(seed, length));

const characters = (node: CharacterStringNode): fc.Arbitrary<string> =>
  fc.tuple(sizes(node.size), fc.nat()).map(([length, seed]) => charactersFrom(seed, length, node));

function objectIdentifiers(): fc.Arbitrary<string> {
  const huge = fc.bigInt({ min: 0n, max: 2n ** 128n });
  const arc = fc.oneof(fc.constantFrom(0n, 1n, 39n, 40n, 47n, 48n, 127n, 128n, 16383n, 16384n), huge);
  const start = fc.oneof(
    fc.tuple(fc.constantFrom(0n, 1n), fc.bigInt({ min: 0n, max: 39n })),
    fc.tuple(fc.constant(2n), arc),
  );
  // The longest that there may be: 256 octets.
  const longest = fc.constant(`2.47${'.127'.repeat(255)}`);
  const usual = fc.tuple(start, fc.array(arc, { maxLength: 8 })).map(([first, rest]) => [...first, ...rest].join('.'));
  return fc.oneof({ weight: 20, arbitrary: usual }, longest);
}

/** `make` is not asked where nothing comes of it: below the levels, a type that contains itself would never end. */
function present<T>({ levels }: Shape, make: () => fc.Arbitrary<T>): fc.Arbitrary<T | undefined> {
  const weight = PRESENT_OF_TEN[levels] ?? 0;
  const absent = fc.constant(undefined);
  return weight === 0 ? absent : fc.oneof({ weight, arbitrary: make() }, { weight: 10 - weight, arbitrary: absent });
}

function components(name: string, field: Field, shape: Shape): fc.Arbitrary<readonly Entry[]> {
  const value = () => valuesOf(fieldSchema(field), deeper(shape));
  const own = () =>
    'presence' in field && field.presence === 'default' ? fc.oneof(fc.constant(field.value), value()) : value();
  const entry = (isAbsentable(field) ? present(shape, own) : own()).map((content): Entry[] => [[name, content]]);
  // Absent components are sometimes named, sometimes not there at all.
  return fc
    .tuple(entry, fc.boolean())
    .map(([entries, named]) => (named ? entries : entries.filter(([, content]) => content !== undefined)));
}

const all = (parts: readonly fc.Arbitrary<readonly Entry[]>[]): fc.Arbitrary<readonly Entry[]> =>
  fc.tuple(...parts).map((entries) => entries.flat());

const fieldsOf = (fields: Fields, shape: Shape): fc.Arbitrary<readonly Entry[]> =>
  all(Object.entries(fields).map(([name, field]) => components(name, field, shape)));

/** Additions: of all of them, or none behind one of them, as from a sender who stopped there. */
function additionsOf(additions: Additions, shape: Shape): fc.Arbitrary<readonly Entry[]> {
  const parts = Object.entries(additions).map(([name, addition]) => {
    const content = () => (isGroup(addition) ? fieldsOf(addition.fields, shape) : components(name, addition, shape));
    return present(shape, content).map((entries) => entries ?? []);
  });
  const last = fc.oneof({ weight: 3, arbitrary: fc.constant(parts.length) }, fc.nat(parts.length));
  return fc.tuple(last, ...parts).map(([end, ...entries]) => entries.slice(0, end).flat());
}

/** The bitmap of a sender who knows fewer or more additions than these `count`. */
function records(knownCount: number): fc.Arbitrary<ExtensionRecord> {
  const length = fc.oneof(
    { weight: 4, arbitrary: fc.integer({ min: 1, max: knownCount + 3 }) },
    fc.constantFrom(63, 64, 65, 128, 400),
  );
  return length.chain((count) =>
    fc
      .uniqueArray(fc.integer({ min: knownCount, max: Math.max(knownCount, count - 1) }), {
        maxLength: count > knownCount ? 3 : 0,
      })
      .chain((indexes) =>
        fc.tuple(
          ...indexes.sort((a, b) => a - b).map((index) => octets({ min: 0 }).map((bytes) => ({ index, bytes }))),
        ),
      )
      .map((unknown) => ({ count, unknown })),
  );
}

function sequences({ fields, additions }: SequenceNode, shape: Shape): fc.Arbitrary<unknown> {
  const root = fieldsOf(fields, shape);
  if (additions === undefined) return root.map((entries) => Object.fromEntries(entries));
  const record = shape.foreign
    ? present(deeper(deeper(shape)), () => records(Object.keys(additions).length))
    : fc.constant(undefined);
  return fc.tuple(root, additionsOf(additions, shape), record).map(([entries, added, extensions]) => ({
    ...Object.fromEntries([...entries, ...added]),
    ...(extensions === undefined ? {} : { [EXTENSIONS]: extensions }),
  }));
}

function choices({ root, additions }: ChoiceNode, shape: Shape): fc.Arbitrary<unknown> {
  const alternative = ([kind, schema]: readonly [string, Schema<unknown>]): fc.Arbitrary<unknown> =>
    valuesOf(schema, shape).map((value) => ({ kind, value }));
  if (shape.levels === 0) {
    const [first, ...rest] = Object.entries(root);
    if (first === undefined) throw new TypeError('a choice has alternatives');
    return alternative(rest.reduce((low, next) => (height(next[1]) < height(low[1]) ? next : low), first));
  }
  const named = fc.oneof(...Object.entries({ ...root, ...additions }).map(alternative));
  if (additions === undefined || !shape.foreign) return named;
  const unknown = fc
    .record({ index: range(Object.keys(additions).length, 2 ** 40), bytes: octets({ min: 0 }) })
    .map((value) => ({ kind: 'unknownExtension', value }));
  return fc.oneof({ weight: 9, arbitrary: named }, unknown);
}

/** Levels that even the smallest value has; Infinity on a way that leads back to itself. */
function height(schema: Schema<unknown>, passed: readonly SchemaNode[] = []): number {
  const node = asNode(schema);
  switch (node.kind) {
    case 'lazy':
      return passed.includes(node) ? Number.POSITIVE_INFINITY : 1 + height(node.target(), [...passed, node]);
    case 'sequence': {
      const mandatory = Object.values(node.fields).filter((field) => !isAbsentable(field));
      return 1 + Math.max(0, ...mandatory.map((field) => height(fieldSchema(field), passed)));
    }
    case 'sequenceOf':
      return node.size.min === 0 ? 1 : 1 + height(node.element, passed);
    case 'choice':
      return 1 + Math.min(...Object.values(node.root).map((alternative) => height(alternative, passed)));
    case 'openType':
      return node.contents === undefined ? 0 : height(node.contents, passed);
    default:
      return 0;
  }
}
