/** Octets as an attacker, or a broken peer, sends them. */
import fc from 'fast-check';

/** Octets that mean something to PER: lengths, fragments, extension bits, ends of ranges. */
const TELLING = [0x00, 0x01, 0x3f, 0x40, 0x7f, 0x80, 0x81, 0xbf, 0xc0, 0xc1, 0xc4, 0xc5, 0xfe, 0xff];

const octet = fc.oneof(fc.constantFrom(...TELLING), fc.integer({ min: 0, max: 255 }));

interface Mutation {
  readonly kind: 'flip' | 'set' | 'cut' | 'end' | 'insert' | 'repeat';
  /** Where, as a fraction of the length. */
  readonly at: number;
  readonly value: number;
  readonly count: number;
}

const mutation: fc.Arbitrary<Mutation> = fc.record({
  kind: fc.constantFrom('flip', 'flip', 'flip', 'set', 'set', 'cut', 'end', 'insert', 'repeat'),
  at: fc.noBias(fc.nat(0xffff)).map((part) => part / 0x10000),
  value: octet,
  count: fc.integer({ min: 1, max: 5 }),
});

function mutate(octets: Buffer, { kind, at, value, count }: Mutation): Buffer {
  const index = Math.min(octets.length - 1, Math.floor(at * octets.length));
  const [before, after] = [octets.subarray(0, index), octets.subarray(index)];
  const changed = Buffer.from(octets);
  if (octets.length === 0) return Buffer.alloc(count, value);
  switch (kind) {
    case 'flip':
      changed[index] = (changed[index] ?? 0) ^ (1 << (value & 7));
      return changed;
    case 'set':
      changed[index] = value;
      return changed;
    case 'cut':
      return Buffer.concat([before, after.subarray(count)]);
    case 'end':
      return Buffer.from(before);
    case 'insert':
      return Buffer.concat([before, Buffer.alloc(count, value), after]);
    case 'repeat':
      return Buffer.concat([before, after.subarray(0, count), after]);
  }
}

/** Mutations of an encoding: one, or a few. */
export const mutations: fc.Arbitrary<(octets: Buffer) => Buffer> = fc
  .oneof(
    mutation.map((only) => [only]),
    fc.array(mutation, { minLength: 2, maxLength: 4 }),
  )
  .map((list) => (octets) => list.reduce(mutate, octets));

/** Octets without any plan. */
export const randomOctets: fc.Arbitrary<Buffer> = fc
  .oneof(fc.array(octet, { maxLength: 4 }), fc.array(octet, { maxLength: 60 }))
  .map((list) => Buffer.from(list));
