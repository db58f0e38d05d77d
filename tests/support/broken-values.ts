/** Every way in which one place of a valid value can be made not to fit its type. */
import { asNode, fieldSchema, isAbsentable, isGroup } from '../../runtime/asn1/constraints.ts';
import {
  type CharacterStringNode,
  EXTENSIONS,
  type Field,
  type IntegerNode,
  type Schema,
  type SequenceNode,
  type SizeRange,
} from '../../runtime/asn1/index.ts';
import { isWritten } from './normal-form.ts';
import { bitsFrom, octetsFrom } from './patterns.ts';

export interface Fault {
  /** What an encoder's error has to name. */
  readonly path: string;
  /** The whole value, broken in that place. */
  readonly value: unknown;
}

const inside = (faults: readonly Fault[], rebuild: (broken: unknown) => unknown): Fault[] =>
  faults.map(({ path, value }) => ({ path, value: rebuild(value) }));

const get = (value: unknown, key: string): unknown =>
  typeof value === 'object' && value !== null ? Reflect.get(value, key) : undefined;

const put = (value: unknown, key: string, broken: unknown): unknown => Object.assign({}, value, { [key]: broken });

/** The faults of a valid value of `schema` that stands at `path`. */
export function faultsOf(schema: Schema<unknown>, value: unknown, path: string): readonly Fault[] {
  const here = (...broken: readonly unknown[]): Fault[] => broken.map((wrong) => ({ path, value: wrong }));
  const node = asNode(schema);
  switch (node.kind) {
    case 'null':
      return [];
    case 'boolean':
      return here('true', 1, null);
    case 'integer':
      return here(...wrongNumbers(node));
    case 'enumerated':
      return here('no such name', 0, null, ...(node.additions === undefined ? [] : [{ unknownExtension: -1 }]));
    case 'bitString': {
      const lengths = wrongSizes(node.size).map((size) => bitsFrom(0, size));
      return here(
        ...lengths,
        '0101',
        null,
        { bytes: Buffer.alloc(0), bitLength: Math.max(1, node.size.min) },
        {
          bytes: Buffer.alloc(4),
          bitLength: 2.5,
        },
      );
    }
    case 'octetString':
      return here(...wrongSizes(node.size).map((size) => octetsFrom(0, size)), '00', null);
    case 'characterString':
      return here(...wrongTexts(node, String(value)), 7, null);
    case 'objectIdentifier':
      return here('', '1', '3.1', '1.40', '1.02', '1.x', `1.2${'.127'.repeat(256)}`, null);
    case 'openType':
      return node.contents === undefined ? here('00', null) : faultsOf(node.contents, value, path);
    case 'lazy':
      return faultsOf(node.target(), value, path);
    case 'sequence':
      return [...here('text', null, ...wrongRecords(node, value)), ...componentFaults(node, value, path)];
    case 'sequenceOf': {
      const elements = Array.isArray(value) ? value : [];
      const sizes = wrongSizes(node.size).filter((size) => size < elements.length || elements.length > 0);
      const lists = sizes.map((size) => Array.from({ length: size }, (_, i) => elements[i % elements.length]));
      const ends = [...new Set([0, elements.length - 1])].filter((i) => i in elements);
      return [
        ...here('text', null, ...lists),
        ...ends.flatMap((i) =>
          inside(faultsOf(node.element, elements[i], `${path}[${i}]`), (broken) => elements.with(i, broken)),
        ),
      ];
    }
    case 'choice': {
      const kind = String(get(value, 'kind'));
      const content = get(value, 'value');
      const type = { ...node.root, ...node.additions }[kind];
      const wrong = [{ path: `${path}.no such alternative`, value: { kind: 'no such alternative', value: null } }];
      const within =
        type === undefined
          ? [
              { path: `${path}.${kind}`, value: put(content, 'index', -1) },
              { path: `${path}.${kind}`, value: put(content, 'bytes', 'text') },
            ]
          : faultsOf(type, content, `${path}.${kind}`);
      return [...here('text', null), ...wrong, ...inside(within, (broken) => ({ kind, value: broken }))];
    }
  }
}

function wrongNumbers({ big, min, max, extensible }: IntegerNode): unknown[] {
  if (big) return [1, '1', null];
  const below = min === undefined || extensible ? [] : [min - 1, Number.MIN_SAFE_INTEGER];
  const above = max === undefined || extensible ? [] : [max + 1, Number.MAX_SAFE_INTEGER];
  return [...below, ...above, (min ?? 0) + 0.5, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 53, '1', 1n, null];
}

function wrongSizes({ min, max, extensible }: SizeRange): number[] {
  if (extensible) return [];
  return [...(min > 0 ? [min - 1] : []), ...(max === undefined ? [] : [max + 1])].filter((size) => size < 70_000);
}

function wrongTexts({ size, lowest, highest, permitted }: CharacterStringNode, text: string): string[] {
  const allowed = permitted?.[0] ?? String.fromCharCode(lowest);
  const lengths = wrongSizes(size).map((length) => allowed.repeat(length));
  const strangers = [...(highest < 0xffff ? [highest + 1, 0xffff] : []), ...(lowest > 0 ? [lowest - 1] : [])];
  // In the place of the last character, so that the size stays what it was.
  const characters = text === '' ? [] : strangers.map((code) => text.slice(0, -1) + String.fromCharCode(code));
  return [...lengths, ...characters];
}

/** What no sender's bitmap can be: an addition outside it, and one twice. */
function wrongRecords({ additions }: SequenceNode, value: unknown): unknown[] {
  if (additions === undefined) return [];
  const index = Object.keys(additions).length;
  const bytes = Buffer.alloc(1);
  return [[{ index: index + 1, bytes }], Array.from({ length: 2 }, () => ({ index, bytes }))].map((unknown) =>
    Object.assign({}, value, { [EXTENSIONS]: { count: index + 1, unknown } }),
  );
}

function componentFaults({ fields, additions = {} }: SequenceNode, value: unknown, path: string): Fault[] {
  const groups = Object.values(additions).map((addition) => (isGroup(addition) ? addition.fields : undefined));
  const single = Object.entries(additions).flatMap(([name, field]): [string, Field][] =>
    isGroup(field) ? [] : [[name, field]],
  );
  // A component of a group is missed only where another one of it is written; else the whole group is absent.
  const missable = groups.flatMap((group) => {
    const there = Object.entries(group ?? {}).filter(([name, field]) => isWritten(name, field, value));
    return there.length > 1 ? there : [];
  });
  const mandatory = [...Object.entries(fields), ...missable].filter(([, field]) => !isAbsentable(field));
  const all = [...Object.entries(fields), ...single, ...groups.flatMap((group) => Object.entries(group ?? {}))];
  return [
    ...mandatory.map(([name]) => ({ path: `${path}.${name}`, value: put(value, name, undefined) })),
    ...all
      .filter(([name]) => get(value, name) !== undefined)
      .flatMap(([name, field]) =>
        inside(faultsOf(fieldSchema(field), get(value, name), `${path}.${name}`), (broken) => put(value, name, broken)),
      ),
  ];
}
