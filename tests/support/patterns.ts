/** Contents for strings of any length, from a seed: what fast-check would draw octet by octet, at a fraction of the cost. */
import type { BitString, CharacterStringNode } from '../../runtime/asn1/index.ts';

/** Whole numbers below 2^31 that depend on the seed alone. */
export function* numbersFrom(seed: number): Generator<number, never> {
  for (let state = seed + 1; ; ) {
    state = (Math.imul(state, 1_103_515_245) + 12_345) & 0x7fffffff;
    yield state >>> 8;
  }
}

/** Octets; as a Buffer or as a plain Uint8Array, because callers have both. */
export function octetsFrom(seed: number, length: number): Uint8Array {
  const octets = seed % 2 === 0 ? Buffer.alloc(length) : new Uint8Array(length);
  const numbers = numbersFrom(seed);
  for (let i = 0; i < length; i++) octets[i] = numbers.next().value;
  return octets;
}

/** A bit string, the unused bits of its last octet zero. */
export function bitsFrom(seed: number, bitLength: number): BitString {
  const bytes = octetsFrom(seed, Math.ceil(bitLength / 8));
  const last = bytes.length - 1;
  if (bitLength % 8 !== 0) bytes[last] = (bytes[last] ?? 0) & (0xff00 >>> (bitLength % 8));
  return { bytes, bitLength };
}

type Alphabet = Pick<CharacterStringNode, 'lowest' | 'highest' | 'permitted'>;

/** Permitted characters, with the first and the last of their part of the alphabet often. */
export function charactersFrom(seed: number, length: number, { lowest, highest, permitted }: Alphabet): string {
  const all = permitted?.length ?? highest - lowest + 1;
  // Most texts of a large alphabet stay in its first part, or near it.
  const count = [all, Math.min(all, 256), Math.min(all, 512)][seed % 3] ?? all;
  const numbers = numbersFrom(seed);
  let text = '';
  while (text.length < length) {
    const number = numbers.next().value;
    const edge = number % 5;
    const index = edge === 0 ? 0 : edge === 1 ? count - 1 : number % count;
    text += permitted?.[index] ?? String.fromCharCode(lowest + index);
  }
  return text;
}
