/**
 * The values of test vectors as JSON (tests/fixtures/vectors/README.md), from and to the values that our codecs take.
 * JSON alone does not say which type a value has, so both directions walk the schema.
 */
import { asNode, fieldSchema, isGroup } from '../../runtime/asn1/constraints.ts';
import type { Additions, Alternatives, Field, Schema, SequenceNode } from '../../runtime/asn1/index.ts';

type JsonObject = Readonly<Record<string, unknown>>;

const isObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value) && !ArrayBuffer.isView(value);

function prefixed(json: unknown, prefix: string): string {
  if (typeof json !== 'string' || !json.startsWith(prefix))
    throw new TypeError(`${JSON.stringify(json)} is no ${prefix}…`);
  return json.slice(prefix.length);
}

function object(value: unknown): JsonObject {
  if (!isObject(value)) throw new TypeError(`${JSON.stringify(value)} is no object`);
  return value;
}

function list(value: unknown): readonly unknown[] {
  if (!Array.isArray(value)) throw new TypeError(`${JSON.stringify(value)} is no list`);
  return value;
}

function bytes(value: unknown): Uint8Array {
  if (!(value instanceof Uint8Array)) throw new TypeError(`${JSON.stringify(value)} is no octets`);
  return value;
}

/** The components of a SEQUENCE, those in extension groups too. */
function components({ fields, additions = {} }: SequenceNode): Map<string, Schema<unknown>> {
  const flat = (name: string, field: Additions[string]): [string, Field][] =>
    isGroup(field) ? Object.entries(field.fields) : [[name, field]];
  return new Map(
    [...Object.entries<Field>(fields), ...Object.entries(additions).flatMap(([name, field]) => flat(name, field))].map(
      ([name, field]) => [name, fieldSchema(field)],
    ),
  );
}

function mapComponents(
  node: SequenceNode,
  value: unknown,
  convert: (schema: Schema<unknown>, value: unknown) => unknown,
): JsonObject {
  const known = components(node);
  return Object.fromEntries(
    Object.entries(object(value)).map(([name, component]) => {
      const schema = known.get(name);
      if (schema === undefined) throw new TypeError(`there is no component ${name}`);
      return [name, convert(schema, component)];
    }),
  );
}

function alternative(root: Alternatives, additions: Alternatives | undefined, kind: unknown): Schema<unknown> {
  const schema = typeof kind === 'string' ? (root[kind] ?? additions?.[kind]) : undefined;
  if (schema === undefined) throw new TypeError(`there is no alternative ${String(kind)}`);
  return schema;
}

function parseBits(json: unknown): { bytes: Uint8Array; bitLength: number } {
  if (typeof json === 'string' && json.startsWith('x:')) {
    const octets = Buffer.from(json.slice(2), 'hex');
    return { bytes: octets, bitLength: octets.length * 8 };
  }
  const text = prefixed(json, 'b:');
  const octets = Uint8Array.from({ length: Math.ceil(text.length / 8) }, (_, i) =>
    Number.parseInt(text.slice(i * 8, i * 8 + 8).padEnd(8, '0'), 2),
  );
  return { bytes: octets, bitLength: text.length };
}

function formatBits(value: unknown): string {
  const { bytes: octets, bitLength } = object(value);
  if (typeof bitLength !== 'number') throw new TypeError('a bit string has a bitLength');
  if (bitLength % 8 === 0) return `x:${Buffer.from(bytes(octets)).toString('hex')}`;
  const bits = [...bytes(octets)].map((octet) => octet.toString(2).padStart(8, '0')).join('');
  return `b:${bits.slice(0, bitLength)}`;
}

function convertIn(schema: Schema<unknown>, json: unknown): unknown {
  const node = asNode(schema);
  switch (node.kind) {
    case 'null':
    case 'boolean':
      return json;
    case 'integer':
      return node.big ? BigInt(typeof json === 'string' ? json : Number(json)) : json;
    case 'enumerated':
      return prefixed(json, 'e:');
    case 'bitString':
      return parseBits(json);
    case 'octetString':
      return Buffer.from(prefixed(json, 'x:'), 'hex');
    case 'openType':
      return node.contents === undefined ? Buffer.from(prefixed(json, 'x:'), 'hex') : convertIn(node.contents, json);
    case 'characterString':
      return String.fromCharCode(...list(json).map(Number));
    case 'objectIdentifier':
      return prefixed(json, 'o:');
    case 'sequence':
      return mapComponents(node, json, convertIn);
    case 'sequenceOf':
      return list(json).map((element) => convertIn(node.element, element));
    case 'choice': {
      const [entry, ...more] = Object.entries(object(json));
      if (entry === undefined || more.length > 0) throw new TypeError('a choice has one alternative');
      return { kind: entry[0], value: convertIn(alternative(node.root, node.additions, entry[0]), entry[1]) };
    }
    case 'lazy':
      return convertIn(node.target(), json);
  }
}

/** The value of `schema` that a vector writes as `json`. Throws a TypeError where it does not fit. */
export function fromVector<T>(schema: Schema<T>, json: unknown): T {
  // The walk above built exactly what the schema describes; the codec under test checks the rest.
  return convertIn(schema, json) as T;
}

/** What a vector writes for `value`. Throws a TypeError where `value` does not fit `schema`. */
export function toVector(schema: Schema<unknown>, value: unknown): unknown {
  const node = asNode(schema);
  switch (node.kind) {
    case 'null':
    case 'boolean':
      return value;
    case 'integer':
      return typeof value === 'bigint' ? value.toString() : value;
    case 'enumerated':
      return `e:${String(value)}`;
    case 'bitString':
      return formatBits(value);
    case 'octetString':
      return `x:${Buffer.from(bytes(value)).toString('hex')}`;
    case 'openType':
      return node.contents === undefined
        ? `x:${Buffer.from(bytes(value)).toString('hex')}`
        : toVector(node.contents, value);
    case 'characterString':
      return Array.from(String(value).split(''), (unit) => unit.charCodeAt(0));
    case 'objectIdentifier':
      return `o:${String(value)}`;
    case 'sequence':
      return mapComponents(node, value, toVector);
    case 'sequenceOf':
      return list(value).map((element) => toVector(node.element, element));
    case 'choice': {
      const { kind, value: content } = object(value);
      return { [String(kind)]: toVector(alternative(node.root, node.additions, kind), content) };
    }
    case 'lazy':
      return toVector(node.target(), value);
  }
}

/** Writes out `{"$repeat": [unit, count]}`: octets or bits (after their prefix) or list elements, again and again. */
export function expandRepeats(json: unknown): unknown {
  if (Array.isArray(json)) return json.map(expandRepeats);
  if (!isObject(json)) return json;
  const { $repeat } = json;
  if (!Array.isArray($repeat))
    return Object.fromEntries(Object.entries(json).map(([name, value]) => [name, expandRepeats(value)]));
  const [unit, count]: readonly unknown[] = $repeat;
  if (typeof unit === 'string') return unit.slice(0, 2) + unit.slice(2).repeat(Number(count));
  return Array.from({ length: Number(count) }, () => list(unit)).flat();
}
