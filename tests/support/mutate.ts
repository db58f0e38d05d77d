/** Datagrams made wrong on purpose, the same ones for the same seed. */
import type { Prng } from './prng.ts';

/** What a UDP datagram over IPv4 can hold. */
export const LONGEST_DATAGRAM = 65_507;

/** Counts, lengths and sizes of PER at their edges: X.691 clause 11.9 puts lengths and fragments at 0x80 and 0xc0. */
const EXTREMES = [0x00, 0x01, 0x3f, 0x40, 0x7f, 0x80, 0x81, 0xbf, 0xc0, 0xc1, 0xc4, 0xfe, 0xff] as const;

type Mutation = (octets: Buffer, random: Prng, other: Buffer) => Buffer;

/** A copy with `change` applied to a place in it; the empty datagram stays as it is. */
const inPlace =
  (change: (copy: Buffer, at: number, random: Prng) => void): Mutation =>
  (octets, random) => {
    const copy = Buffer.from(octets);
    if (copy.length > 0) change(copy, random.below(copy.length), random);
    return copy;
  };

const noise = (length: number, random: Prng): Buffer => Buffer.from(Array.from({ length }, () => random.below(256)));

const flipBits = inPlace((copy, at, random) => {
  for (let flips = 1 + random.below(3); flips > 0; flips--) {
    const near = (at + random.below(4)) % copy.length;
    copy[near] = (copy[near] ?? 0) ^ (1 << random.below(8));
  }
});

const setOctet = inPlace((copy, at, random) => {
  copy[at] = random.below(256);
});

const setExtreme = inPlace((copy, at, random) => {
  copy.fill(random.pick(EXTREMES), at, Math.min(at + random.pick([1, 1, 2, 4, 8]), copy.length));
});

/** Changes an octet that may well be a length: as many octets as it says do follow it. */
const tweakLength = inPlace((copy, at, random) => {
  let place = at;
  for (let tries = copy.length; tries > 0; tries--) {
    const value = copy[place] ?? 0;
    if (value > 0 && place + value < copy.length) break;
    place = (place + 1) % copy.length;
  }
  const length = copy[place] ?? 0;
  copy[place] = random.pick([length - 1, length + 1, length * 2, length | 0x80, 0xc0 | length, 0, 0x7f]) & 0xff;
});

const insert: Mutation = (octets, random) => {
  const at = random.below(octets.length + 1);
  return Buffer.concat([octets.subarray(0, at), noise(1 + random.below(8), random), octets.subarray(at)]);
};

const remove: Mutation = (octets, random) => {
  const at = random.below(octets.length + 1);
  return Buffer.concat([octets.subarray(0, at), octets.subarray(at + 1 + random.below(8))]);
};

const truncate: Mutation = (octets, random) => octets.subarray(0, random.below(octets.length + 1));

/** The head of one and the tail of another, cut at places of their own. */
const splice: Mutation = (octets, random, other) =>
  Buffer.concat([octets.subarray(0, random.below(octets.length + 1)), other.subarray(random.below(other.length + 1))]);

/** A part several times over; now and then so often that the datagram is as long as one can be. */
const repeat: Mutation = (octets, random) => {
  const from = random.below(octets.length + 1);
  const part = octets.subarray(from, from + 1 + random.below(32));
  const most = random.chance(0.01) ? 4096 : random.pick([1, 2, 4, 16, 64]);
  const copies = Array.from({ length: 1 + random.below(most) }, () => part);
  return Buffer.concat([octets.subarray(0, from), ...copies, octets.subarray(from)]);
};

const append: Mutation = (octets, random) => Buffer.concat([octets, noise(1 + random.below(40), random)]);

/** More often what leaves most of a message standing, so that what reads it gets far. */
const MUTATIONS: readonly [Mutation, ...Mutation[]] = [
  flipBits,
  ...[flipBits, flipBits, flipBits, setOctet, setOctet, setOctet, setExtreme, setExtreme],
  ...[tweakLength, tweakLength, insert, remove, truncate, splice, repeat, append],
];

/** One to three mutations of a datagram, never the same one again. Neither it nor `other`, a splice's tail, is changed. */
export function mutate(octets: Buffer, other: Buffer, random: Prng): Buffer {
  if (random.chance(0.01)) return noise(random.below(120), random);
  let mutated = octets;
  for (let left = random.pick([1, 1, 1, 1, 2, 3]); left > 0 || mutated.equals(octets); left--)
    mutated = random.pick(MUTATIONS)(mutated, random, other).subarray(0, LONGEST_DATAGRAM);
  return Buffer.from(mutated);
}
