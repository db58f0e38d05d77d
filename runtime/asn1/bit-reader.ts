import { type PerDecodeCode, PerDecodeError } from './errors.ts';

/** What a hostile message may cost at most. */
export interface Limits {
  /** Nesting of types that contain themselves. */
  readonly depth: number;
  /** Elements of all SEQUENCE OF values of a message together. */
  readonly elements: number;
  /** Octets of a message. */
  readonly octets: number;
}

const FRAGMENT = 16384;
const EMPTY: Buffer = Buffer.alloc(0);

/** Reads bits, whole numbers and lengths of aligned PER (X.691 clause 11). Positions are in bits from the first octet. */
export class BitReader {
  readonly #limits: Limits;
  protected bytes = EMPTY;
  protected at = 0;
  protected end = 0;
  #depth = 0;
  #elements = 0;
  /** The last length() was that of a fragment with more to follow. */
  more = false;

  constructor(limits: Limits) {
    this.#limits = limits;
  }

  /** Begins with a message; a reader is kept from message to message. */
  start(bytes: Uint8Array): void {
    this.at = 0;
    this.#depth = 0;
    this.#elements = 0;
    this.bytes = Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.end = bytes.length * 8;
    const most = this.#limits.octets;
    if (bytes.length > most) this.fail('PER_LIMIT', `${bytes.length} octets, at most ${most} allowed`);
  }

  fail(code: PerDecodeCode, detail: string): never {
    throw new PerDecodeError(code, detail, this.at);
  }

  /** Adds a path segment to an error on its way out. */
  within(error: unknown, segment: string): unknown {
    return error instanceof PerDecodeError ? error.within(segment) : error;
  }

  protected truncated(): never {
    this.fail('PER_TRUNCATED', 'the message ends inside this value');
  }

  /** The value must be the last thing in the message; bits that pad the last octet may be anything. */
  finish(): void {
    const left = (this.end >>> 3) - ((this.at + 7) >>> 3);
    // A value of no bits at all still takes one octet (X.691 clause 11.1.3).
    if (left > 0 && !(this.at === 0 && left === 1)) this.fail('PER_TRAILING', `${left} octets are left over`);
  }

  enter(): void {
    if (++this.#depth > this.#limits.depth) this.fail('PER_LIMIT', `nested deeper than ${this.#limits.depth}`);
  }

  leave(): void {
    this.#depth--;
  }

  /** Accounts for elements before they are read. */
  count(elements: number): void {
    this.#elements += elements;
    if (this.#elements > this.#limits.elements) this.fail('PER_LIMIT', `more than ${this.#limits.elements} elements`);
  }

  bit(): number {
    const at = this.at;
    if (at >= this.end) this.truncated();
    this.at = at + 1;
    return ((this.bytes[at >>> 3] as number) >>> (7 - (at & 7))) & 1;
  }

  /** An unsigned field of up to 32 bits, not aligned. */
  bits(width: number): number {
    let at = this.at;
    if (at + width > this.end) this.truncated();
    let value = 0;
    let left = width;
    while (left > 0) {
      const free = 8 - (at & 7);
      const take = Math.min(left, free);
      const chunk = ((this.bytes[at >>> 3] as number) >>> (free - take)) & ((1 << take) - 1);
      value = value * (1 << take) + chunk;
      at += take;
      left -= take;
    }
    this.at = at;
    return value;
  }

  /** Steps over a bitmap of `width` bits and says where it began. */
  bitmap(width: number): number {
    const start = this.at;
    if (start + width > this.end) this.truncated();
    this.at = start + width;
    return start;
  }

  /** The first 32 bits of a bitmap, the first in the sign; those beyond its `width` are 0. */
  mask(start: number, width: number): number {
    const bytes = this.bytes;
    const first = start >>> 3;
    const shift = start & 7;
    // Octets beyond the message read as undefined, which counts as 0; what is beyond `width` is cut off anyway.
    const word =
      ((bytes[first] as number) << 24) |
      ((bytes[first + 1] as number) << 16) |
      ((bytes[first + 2] as number) << 8) |
      (bytes[first + 3] as number);
    const mask = shift === 0 ? word : (word << shift) | ((bytes[first + 4] as number) >>> (8 - shift));
    return width >= 32 ? mask : mask & ~(-1 >>> width);
  }

  /** One bit of a bitmap; `start` is what bitmap() gave. */
  isSet(start: number, index: number): boolean {
    const at = start + index;
    return (((this.bytes[at >>> 3] as number) >>> (7 - (at & 7))) & 1) === 1;
  }

  /** Aligns and takes `octets`; gives the index of the first. */
  protected take(octets: number): number {
    const start = (this.at + 7) >>> 3;
    const end = (start + octets) * 8;
    if (end > this.end) this.truncated();
    this.at = end;
    return start;
  }

  #unsigned(octets: number): number {
    const start = this.take(octets);
    let value = 0;
    for (let i = start; i < start + octets; i++) value = value * 256 + (this.bytes[i] as number);
    return value;
  }

  /** Constrained whole number of a range up to 255 (X.691 clause 11.5.7.1): a bit-field of `width`. */
  bounded(width: number, min: number, max: number): number {
    return this.#within(this.bits(width) + min, min, max);
  }

  /** Constrained whole number of a range of 256 to 64K (clauses 11.5.7.2 and 3): one or two aligned octets. */
  octets(count: 1 | 2, min: number, max: number): number {
    return this.#within(this.#unsigned(count) + min, min, max);
  }

  /** Constrained whole number of a larger range (clause 11.5.7.4): an octet count of `width` bits, then the octets. */
  wide(width: number, min: number, max: number): number {
    const count = this.bits(width) + 1;
    if (count > 7) this.fail('PER_INVALID', `an integer of ${count} octets`);
    return this.#within(this.#unsigned(count) + min, min, max);
  }

  /** Semi-constrained whole number (clause 11.7). */
  semiConstrained(min: number): number {
    const count = this.shortLength();
    const distance = this.#unsigned(count);
    const value = distance + min;
    // Both: a distance that a number does not hold exactly gives a wrong value, which a negative bound makes look safe.
    if (count === 0 || !Number.isSafeInteger(distance) || !Number.isSafeInteger(value))
      this.fail('PER_INVALID', `an integer of ${count} octets`);
    return value;
  }

  /** Unconstrained whole number (clause 11.8): two's complement. */
  unconstrained(): number {
    const count = this.shortLength();
    if (count === 0 || count > 7) this.fail('PER_INVALID', `an integer of ${count} octets`);
    const unsigned = this.#unsigned(count);
    const top = 256 ** count;
    const value = unsigned < top / 2 ? unsigned : unsigned - top;
    // Seven octets hold more than a number does exactly; six and fewer are always exact.
    if (!Number.isSafeInteger(unsigned) || !Number.isSafeInteger(value)) return this.#negativeOfSeven(count);
    return value;
  }

  /** Seven octets of two's complement, which a number holds only where their value is near zero. */
  #negativeOfSeven(count: number): number {
    const end = this.at >>> 3;
    const value = Number(BigInt.asIntN(count * 8, BigInt(`0x${this.bytes.toString('hex', end - count, end)}`)));
    return Number.isSafeInteger(value) ? value : this.fail('PER_INVALID', 'the integer is too large');
  }

  /** An integer with an upper bound only: unconstrained on the wire (clause 12.2.4). */
  atMost(max: number): number {
    const value = this.unconstrained();
    return value <= max ? value : this.fail('PER_INVALID', `${value} is above ${max}`);
  }

  unconstrainedBig(): bigint {
    const count = this.shortLength();
    if (count === 0 || count > 4096) this.fail('PER_INVALID', `an integer of ${count} octets`);
    const start = this.take(count);
    return BigInt.asIntN(count * 8, BigInt(`0x${this.bytes.toString('hex', start, start + count)}`));
  }

  #within(value: number, min: number, max: number): number {
    if (value > max) this.fail('PER_INVALID', `${value} is not in ${min}..${max}`);
    return value;
  }

  /** Normally small non-negative whole number (clause 11.6). */
  small(): number {
    return this.bit() === 0 ? this.bits(6) : this.semiConstrained(0);
  }

  /** Normally small length (clause 11.9.3.4), for extension bitmaps. */
  smallLength(): number {
    const length = this.bit() === 0 ? this.bits(6) + 1 : this.shortLength();
    if (length === 0) this.fail('PER_INVALID', 'an extension bitmap of no bits');
    return length;
  }

  /** General length determinant (clause 11.9.3.5 to 8); sets `more` where it is that of a fragment. */
  length(): number {
    const start = this.take(1);
    const first = this.bytes[start] as number;
    this.more = false;
    if (first < 0x80) return first;
    if (first < 0xc0) return ((first & 0x3f) << 8) | (this.bytes[this.take(1)] as number);
    const multiplier = first & 0x3f;
    if (multiplier < 1 || multiplier > 4) this.fail('PER_INVALID', `a fragment of ${multiplier} times 16K`);
    this.more = true;
    return multiplier * FRAGMENT;
  }

  protected shortLength(): number {
    const length = this.length();
    if (this.more) this.fail('PER_LIMIT', 'a fragmented length where none is sensible');
    return length;
  }
}
