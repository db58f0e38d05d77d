/**
 * Lengths at which the general length determinant changes form (X.691 clause 11.9.3.5 to 8): 16K takes fragments, 64K
 * is the largest fragment. What stands behind the value tells whether the decoder left off at the right bit.
 */
import assert from 'node:assert/strict';
import {
  bitString,
  bmpString,
  boolean,
  choice,
  compile,
  containing,
  EXTENSIONS,
  generalString,
  ia5String,
  integer,
  type Limits,
  nullType,
  numericString,
  octetString,
  openType,
  optional,
  PerDecodeError,
  type Schema,
  sequence,
  sequenceOf,
} from '../../runtime/asn1/index.ts';
import { normalForm } from '../support/normal-form.ts';
import { bitsFrom, charactersFrom, octetsFrom } from '../support/patterns.ts';

const K = 1024;
const LENGTHS = [127, 128, 16 * K - 1, 16 * K, 16 * K + 1, 64 * K - 1, 64 * K, 64 * K + 1, 80 * K, 128 * K + 5];

/** Larger than a datagram: the generated code is the same, and the lengths it reads are not. */
const LIMITS: Limits = { depth: 16, elements: 2 ** 18, octets: 2 ** 22 };

/** The fragments that a length is cut into, as their determinants: clause 11.9.3.8. */
function determinants(length: number): readonly string[] {
  const quarters = Math.min(4, Math.floor(length / (16 * K)));
  if (quarters > 0) return [(0xc0 | quarters).toString(16), ...determinants(length - quarters * 16 * K)];
  return [length < 128 ? length.toString(16).padStart(2, '0') : (0x8000 | length).toString(16)];
}

const elements = <T>(length: number, element: (i: number) => T): readonly T[] =>
  Array.from({ length }, (_, i) => element(i));

const latin1 = { lowest: 0, highest: 0xff, permitted: undefined };
const ascii = { lowest: 0, highest: 0x7f, permitted: undefined };
const digits = { lowest: 0x20, highest: 0x39, permitted: ' 0123456789' };
const plane = { lowest: 0, highest: 0xffff, permitted: undefined };

/** Types of any length: how to make a value, and how many octets `length` units of it take. */
const TYPES: readonly (readonly [string, Schema<unknown>, (length: number) => unknown, (length: number) => number])[] =
  [
    ['OCTET STRING', octetString(), (n) => octetsFrom(n, n), (n) => n],
    [
      'OCTET STRING (SIZE (0..3, ...))',
      octetString({ min: 0, max: 3, extensible: true }),
      (n) => octetsFrom(n, n),
      (n) => n,
    ],
    ['OCTET STRING (SIZE (1..200000))', octetString({ min: 1, max: 200_000 }), (n) => octetsFrom(n, n), (n) => n],
    ['BIT STRING', bitString(), (n) => bitsFrom(n, n), (n) => n / 8],
    ['open type', openType, (n) => octetsFrom(n, n), (n) => n],
    ['GeneralString', generalString, (n) => charactersFrom(n, n, latin1), (n) => n],
    ['IA5String', ia5String(), (n) => charactersFrom(n, n, ascii), (n) => n],
    ['NumericString', numericString(), (n) => charactersFrom(n, n, digits), (n) => n / 2],
    ['BMPString', bmpString(), (n) => charactersFrom(n, n, plane), (n) => n * 2],
    ['SEQUENCE OF BOOLEAN', sequenceOf(boolean), (n) => elements(n, (i) => i % 3 === 0), (n) => n / 8],
    ['SEQUENCE OF NULL', sequenceOf(nullType), (n) => elements(n, () => null), () => 0],
    ['SEQUENCE OF INTEGER (0..255)', sequenceOf(integer(0, 255)), (n) => elements(n, (i) => i % 251), (n) => n],
    ['SEQUENCE OF OCTET STRING', sequenceOf(octetString()), (n) => elements(n, (i) => octetsFrom(i, 1)), (n) => 2 * n],
    ['SEQUENCE OF INTEGER', sequenceOf(integer()), (n) => elements(n, (i) => (i % 200) - 100), (n) => 2 * n],
  ];

describe('lengths of 16K and more', () => {
  for (const [name, type, make] of TYPES)
    it(`of ${name} come back, and nothing behind them moves`, () => {
      const schema = sequence({ odd: boolean, type, behind: integer(0, 1000) });
      const codec = compile('value', schema, LIMITS);
      for (const length of LENGTHS) {
        const value = { odd: true, type: make(length), behind: 777 };
        const octets = codec.encode(value);
        const decoded = codec.decode(octets);
        assert.deepEqual(normalForm(schema, decoded), normalForm(schema, value), `length ${length}`);
        assert.ok(codec.encode(decoded).equals(octets), `length ${length}`);
      }
    });

  for (const [name, type, make, size] of TYPES)
    it(`of ${name} stand before fragments of 64K, then 16K to 48K, then the rest`, () => {
      if (name.includes('SIZE')) return;
      const codec = compile('value', type, LIMITS);
      for (const length of LENGTHS) {
        const octets = codec.encode(make(length));
        let at = 0;
        for (const determinant of determinants(length)) {
          const found = octets.toString('hex', at, at + determinant.length / 2);
          assert.equal(found, determinant, `length ${length}, octet ${at}`);
          const units = Number.parseInt(determinant, 16);
          const count = determinant.startsWith('c') ? (units & 0x3f) * 16 * K : units & 0x3fff;
          at += determinant.length / 2 + Math.ceil(size(count));
        }
        assert.equal(at, octets.length, `length ${length}`);
      }
    });

  it('of what an open type contains come back, one inside the other', () => {
    const inner = sequence({ text: octetString(), last: boolean });
    const schema = sequence({
      first: boolean,
      outer: containing(sequence({ inner: containing(inner), more: boolean })),
      behind: integer(0, 1000),
    });
    const codec = compile('value', schema, LIMITS);
    for (const length of LENGTHS) {
      const content = { inner: { text: octetsFrom(length, length), last: true }, more: true };
      const value = { first: true, outer: content, behind: 777 };
      const octets = codec.encode(value);
      assert.deepEqual(normalForm(schema, codec.decode(octets)), normalForm(schema, value), `length ${length}`);
    }
  });

  it('of extension additions and alternatives come back, known or not', () => {
    const newer = sequence(
      { a: boolean },
      { b: optional(octetString()), c: choice({ d: nullType }, { e: octetString() }) },
    );
    const older = sequence({ a: boolean }, {});
    const [sender, relay] = [compile('value', newer, LIMITS), compile('value', older, LIMITS)];
    for (const length of LENGTHS) {
      const long = octetsFrom(length, length);
      const value = { a: true, b: long, c: { kind: 'e', value: long } } as const;
      const octets = sender.encode(value);
      assert.deepEqual(normalForm(newer, sender.decode(octets)), normalForm(newer, value), `length ${length}`);
      const relayed = relay.decode(octets);
      assert.deepEqual(
        relayed[EXTENSIONS]?.unknown.map(({ index }) => index),
        [0, 1],
      );
      assert.ok(relay.encode(relayed).equals(octets), `length ${length}`);
    }
  });

  it('are refused where a fragment has no multiple of 16K, or more than four', () => {
    const codec = compile('value', octetString(), LIMITS);
    for (const determinant of [0xc0, 0xc5, 0xff])
      assert.throws(
        () => codec.decode(Buffer.alloc(2 ** 18, determinant)),
        (error) => error instanceof PerDecodeError && error.code === 'PER_INVALID' && error.path === 'value',
      );
  });

  it('are refused where the last fragment is missing', () => {
    for (const [name, type, make] of TYPES) {
      const codec = compile('value', type, LIMITS);
      const octets = codec.encode(make(16 * K));
      assert.throws(
        () => codec.decode(octets.subarray(0, -1)),
        (error) => error instanceof PerDecodeError && error.code === 'PER_TRUNCATED' && error.path === 'value',
        name,
      );
    }
  });
});
