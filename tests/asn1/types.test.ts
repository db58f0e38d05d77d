/**
 * What the static types forbid. The checker is `npm run typecheck`: each `@ts-expect-error` is an error of its own
 * once the line below it compiles. Here the same mistakes are made at run time, where a caller without types makes
 * them, and are refused as well.
 */
import assert from 'node:assert/strict';
import {
  bitString,
  boolean,
  choice,
  compile,
  containing,
  EXTENSIONS,
  enumerated,
  group,
  type Infer,
  ia5String,
  integer,
  nullType,
  octetString,
  optional,
  PerEncodeError,
  sequence,
  sequenceOf,
  withDefault,
} from '../../runtime/asn1/index.ts';
import { type RasMessage, rasMessage } from '../../runtime/h225/index.ts';

const Colour = enumerated(['red', 'green'], ['blue']);
const Fruit = enumerated(['apple', 'pear']);
const Shape = choice({ dot: nullType, circle: integer(0, 9) }, { label: ia5String() });
const Plain = choice({ yes: nullType, no: nullType });

const Thing = sequence(
  {
    name: ia5String(),
    colour: Colour,
    shape: Shape,
    size: optional(integer(0, 100)),
    heavy: withDefault(boolean, false),
    parts: sequenceOf(Fruit),
    bits: bitString(),
    hidden: containing(sequence({ key: octetString() })),
  },
  { late: boolean, together: group({ first: integer(0, 7), second: optional(Fruit) }) },
);
type Thing = Infer<typeof Thing>;

const thing: Thing = {
  name: 'lamp',
  colour: 'red',
  shape: { kind: 'circle', value: 3 },
  parts: ['apple'],
  bits: { bytes: Buffer.alloc(1), bitLength: 8 },
  hidden: { key: Buffer.alloc(1) },
};
const codec = compile('Thing', Thing);

const refused = (encode: () => Buffer): void => assert.throws(encode, PerEncodeError);

describe('the static type of a value refuses', () => {
  it('a field that is missing', () => {
    const { name, ...nameless } = thing;
    assert.equal(name, 'lamp');
    // @ts-expect-error name is mandatory
    refused(() => codec.encode(nameless));
  });

  it('a field of another name', () => {
    // @ts-expect-error there is no field weight; at run time nothing looks for it
    codec.encode({ ...thing, weight: 1 });
    // @ts-expect-error nor can it be read
    assert.equal(codec.decode(codec.encode(thing)).weight, undefined);
  });

  it('a field of another type', () => {
    // @ts-expect-error a number is no IA5String
    refused(() => codec.encode({ ...thing, name: 7 }));
    // @ts-expect-error a string is no OCTET STRING
    refused(() => codec.encode({ ...thing, hidden: { key: '00' } }));
    // @ts-expect-error octets alone are no BIT STRING
    refused(() => codec.encode({ ...thing, bits: Buffer.alloc(1) }));
    // @ts-expect-error a bigint is no INTEGER of safe integers
    refused(() => codec.encode({ ...thing, size: 3n }));
    // @ts-expect-error null is no absent field
    refused(() => codec.encode({ ...thing, size: null }));
  });

  it('an alternative that the choice does not have', () => {
    // @ts-expect-error there is no alternative square
    refused(() => codec.encode({ ...thing, shape: { kind: 'square', value: 1 } }));
    const plain = compile('Plain', Plain);
    const unknown = { kind: 'unknownExtension', value: { index: 0, bytes: Buffer.alloc(1) } } as const;
    // @ts-expect-error a choice that cannot be extended knows no unknown alternative
    refused(() => plain.encode(unknown));
  });

  it('the value of another alternative', () => {
    // @ts-expect-error a circle has a number
    refused(() => codec.encode({ ...thing, shape: { kind: 'circle', value: 'wide' } }));
    const { shape } = codec.decode(codec.encode(thing));
    // @ts-expect-error which value it is, only the kind tells
    const radius: number = shape.value;
    assert.equal(radius, 3);
  });

  it('a name of another enumeration', () => {
    // @ts-expect-error an apple is no colour
    refused(() => codec.encode({ ...thing, colour: 'apple' }));
    // @ts-expect-error red is no fruit
    refused(() => codec.encode({ ...thing, parts: ['red'] }));
    // @ts-expect-error this enumeration cannot be extended
    refused(() => codec.encode({ ...thing, parts: [{ unknownExtension: 3 }] }));
    const { colour, parts } = codec.decode(codec.encode(thing));
    // @ts-expect-error a colour and a fruit are never the same
    assert.equal(colour === parts[0], false);
    // @ts-expect-error a colour may be one that this version does not know
    const known: 'red' | 'green' | 'blue' = colour;
    assert.equal(known, 'red');
  });

  it('what may be absent where it must be there', () => {
    const decoded = codec.decode(codec.encode({ ...thing, size: 5, late: true, first: 2 }));
    // @ts-expect-error it is optional
    const size: number = decoded.size;
    // @ts-expect-error an older sender does not know the addition
    const late: boolean = decoded.late;
    // @ts-expect-error nor the group
    const first: number = decoded.first;
    assert.deepEqual([size, late, first], [5, true, 2]);
  });

  it('the name of a group, which no value shows', () => {
    // @ts-expect-error its fields are fields of the sequence
    codec.encode({ ...thing, together: { first: 1 } });
    const decoded = codec.decode(codec.encode({ ...thing, first: 1, second: 'pear' }));
    assert.deepEqual([decoded.first, decoded.second], [1, 'pear']);
  });

  it('a default that is no value of its type', () => {
    // @ts-expect-error an IA5String has no number for a default
    assert.ok(withDefault(ia5String(), 7));
    // @ts-expect-error nor an enumeration a name that it lacks
    assert.ok(withDefault(Fruit, 'plum'));
  });

  it('a change to a decoded value', () => {
    const decoded = codec.decode(codec.encode(thing));
    // @ts-expect-error values are read-only
    decoded.name = 'torch';
    // @ts-expect-error so are lists
    decoded.parts.push('pear');
    assert.deepEqual([decoded.name, decoded.parts.length], ['torch', 2]);
  });

  it('a record of extensions where the type cannot be extended', () => {
    const fixed = compile('fixed', sequence({ a: boolean }));
    // @ts-expect-error it has no extension marker; at run time nothing looks for it
    assert.equal(fixed.encode({ a: true, [EXTENSIONS]: { count: 1, unknown: [] } }).toString('hex'), '80');
  });
});

describe('the static types of RAS messages refuse', () => {
  const reject: Infer<typeof RasMessage> = {
    kind: 'gatekeeperReject',
    value: {
      requestSeqNum: 1,
      protocolIdentifier: '0.0.8.2250.0.7',
      rejectReason: { kind: 'terminalExcluded', value: null },
    },
  };

  it('nothing of a message that is right', () => {
    assert.deepEqual(rasMessage.decode(rasMessage.encode(reject)), reject);
  });

  it('a message of one kind with the fields of another', () => {
    // @ts-expect-error a DRQ has other fields
    refused(() => rasMessage.encode({ kind: 'disengageRequest', value: reject.value }));
  });

  it('the reason of another reject', () => {
    const rejectReason = { kind: 'callerNotRegistered', value: null } as const;
    const value = { ...reject.value, rejectReason };
    // @ts-expect-error callerNotRegistered is a reason of an ARJ
    refused(() => rasMessage.encode({ kind: 'gatekeeperReject', value }));
  });
});
