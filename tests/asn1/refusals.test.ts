/** Octets that are no value of a type, each next to octets that are. */
import assert from 'node:assert/strict';
import {
  bigInteger,
  bitString,
  bmpString,
  boolean,
  choice,
  compile,
  containing,
  enumerated,
  ia5String,
  integer,
  nullType,
  numericString,
  objectIdentifier,
  octetString,
  type PerDecodeCode,
  PerDecodeError,
  type Schema,
  sequence,
  sequenceOf,
  visibleString,
} from '../../runtime/asn1/index.ts';

interface Refusal {
  readonly what: string;
  readonly type: Schema<unknown>;
  readonly good: string;
  readonly bad: string;
  readonly code: PerDecodeCode;
  readonly path: string;
  readonly bit: number;
}

const invalid = (
  what: string,
  type: Schema<unknown>,
  good: string,
  bad: string,
  bit: number,
  path = 'value',
): Refusal => ({
  what,
  type,
  good,
  bad,
  code: 'PER_INVALID',
  path,
  bit,
});

const shorter = (
  what: string,
  type: Schema<unknown>,
  good: string,
  bad: string,
  bit: number,
  path = 'value',
): Refusal => ({
  ...invalid(what, type, good, bad, bit, path),
  code: 'PER_TRUNCATED',
});

const longer = (what: string, type: Schema<unknown>, good: string, bad: string, bit: number): Refusal => ({
  ...invalid(what, type, good, bad, bit),
  code: 'PER_TRAILING',
});

const REFUSALS: readonly Refusal[] = [
  invalid('a number above a range in bits', integer(3, 9), 'c0', 'e0', 3),
  invalid('a number above a range of two octets', integer(0, 256), '0100', '0101', 16),
  invalid('a number above a larger range', integer(0, 70_000), '80011170', '80011171', 32),
  invalid('a number of more octets than it can need', integer(0, 2 ** 52), 'c010000000000000', 'e00000000000000001', 3),
  invalid('a number above an upper bound', integer(undefined, 10), '010a', '010b', 16),
  invalid('a number of no octets', integer(), '0100', '00', 8),
  invalid('a distance of no octets', integer(0), '0100', '00', 8),
  invalid('a number past the safe integers', integer(), '071fffffffffffff', '0720000000000000', 64),
  invalid('a number of eight octets', integer(), '0700000000000001', '080000000000000001', 8),
  invalid('a large number of no octets', bigInteger, '0100', '00', 8),
  invalid('an enumeral that is not there', enumerated(['a', 'b', 'c']), '80', 'c0', 2),
  invalid('an alternative that is not there', choice({ a: nullType, b: nullType, c: nullType }), '80', 'c0', 2),
  invalid('an object identifier with a leading zero septet', objectIdentifier, '032a8101', '032a8001', 32),
  invalid('an object identifier that ends inside an arc', objectIdentifier, '022a03', '022a83', 24),
  invalid('an object identifier of no octets', objectIdentifier, '012a', '00', 8),
  invalid('a character below its type', visibleString(2), '2041', '1f41', 16),
  invalid('a character above its type', visibleString(2), '7e41', '7f41', 16),
  invalid(
    'a character above its type, not on an octet',
    sequence({ a: boolean, b: ia5String(1) }),
    'bf80',
    'c000',
    9,
    'value.b',
  ),
  invalid('a character between permitted ones', ia5String(2, '09ABCDEFGHIJKLMNOPQRSTUVWXYZabc'), '3041', '3141', 16),
  invalid('an index behind the alphabet', numericString(4), 'a000', 'b000', 4),
  invalid('a character that is not in the alphabet', bmpString(1, '\u0100\u0200\u0300'), '80', 'c0', 2),
  invalid('too small a size', octetString({ min: 3 }), '03010203', '020102', 8),
  invalid('too large a size', bitString({ min: 0, max: 5 }), 'a0f8', 'c0fc', 3),
  invalid('an extension bitmap of no bits', sequence({}, { a: boolean }), '80800180', 'c000', 16),

  shorter('nothing', boolean, '80', '', 0),
  shorter('half a number', integer(0, 65_535), '0001', '00', 0),
  shorter('a string without its end', octetString(), '020102', '0201', 8),
  shorter('an open type that is longer than what it is in', containing(nullType), '0100', '0200', 8),
  shorter('a value that is longer than its open type', containing(integer()), '020105', '010105', 16),
  shorter('a bitmap that is cut', sequence({}, { a: boolean }), '80800180', '80', 8),
  shorter('a list without its last element', sequenceOf(integer(0, 255)), '020102', '0201', 16, 'value[1]'),
  longer('an octet behind the value', boolean, '80', '8000', 1),
  longer('two octets for a value of no bits', nullType, '00', '0000', 0),
];

describe('octets that are no value of the type', () => {
  for (const { what, type, good, bad, code, path, bit } of REFUSALS)
    it(`are refused: ${what}`, () => {
      const codec = compile('value', type);
      codec.decode(Buffer.from(good, 'hex'));
      assert.throws(
        () => codec.decode(Buffer.from(bad, 'hex')),
        (error) => {
          assert.ok(error instanceof PerDecodeError, String(error));
          assert.deepEqual(
            { code: error.code, path: error.path, bit: error.bitOffset },
            { code, path, bit },
            error.message,
          );
          return true;
        },
      );
    });
});
