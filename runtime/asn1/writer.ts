import { PerEncodeError } from './errors.ts';
import { encodeObjectIdentifier } from './object-identifier.ts';
import type { BitString, ExtensionRecord, UnknownAlternative, UnknownEnumeral } from './schema.ts';

const FRAGMENT = 16384;

/**
 * Writes the fields of aligned PER (X.691) into a buffer that is kept from message to message. A field assigns each
 * octet it is the first to touch, so what an earlier message left there never shows.
 */
export class PerWriter {
  #bytes = Buffer.alloc(2048);
  #at = 0;

  reset(): void {
    this.#at = 0;
  }

  /** The message, in a buffer of its own; at least one octet (X.691 clause 11.1.3). */
  finish(): Buffer {
    if (this.#at === 0) return Buffer.alloc(1);
    const length = (this.#at + 7) >>> 3;
    const octets = Buffer.allocUnsafe(length);
    this.#bytes.copy(octets, 0, 0, length);
    return octets;
  }

  fail(detail: string): never {
    throw new PerEncodeError(detail);
  }

  within(error: unknown, segment: string): unknown {
    return error instanceof PerEncodeError ? error.within(segment) : error;
  }

  #reserve(octets: number): void {
    const needed = ((this.#at + 7) >>> 3) + octets + 1;
    if (needed <= this.#bytes.length) return;
    const larger = Buffer.alloc(Math.max(needed, this.#bytes.length * 2));
    this.#bytes.copy(larger, 0, 0, (this.#at + 7) >>> 3);
    this.#bytes = larger;
  }

  bit(set: boolean): void {
    const at = this.#at;
    const index = at >>> 3;
    if (index >= this.#bytes.length) this.#reserve(1);
    if ((at & 7) === 0) this.#bytes[index] = set ? 0x80 : 0;
    else if (set) this.#bytes[index] = (this.#bytes[index] as number) | (0x80 >>> (at & 7));
    this.#at = at + 1;
  }

  /** An unsigned field of up to 32 bits, not aligned. */
  bits(value: number, width: number): void {
    this.#reserve(5);
    let at = this.#at;
    let left = width;
    const bytes = this.#bytes;
    while (left > 0) {
      const free = 8 - (at & 7);
      const take = Math.min(left, free);
      left -= take;
      const chunk = (value >>> left) & ((1 << take) - 1);
      const index = at >>> 3;
      if (free === 8) bytes[index] = chunk << (8 - take);
      else bytes[index] = (bytes[index] as number) | (chunk << (free - take));
      at += take;
    }
    this.#at = at;
  }

  /** Aligns and claims `octets`; gives the index of the first. */
  #claim(octets: number): number {
    this.#reserve(octets);
    const start = (this.#at + 7) >>> 3;
    this.#at = (start + octets) * 8;
    return start;
  }

  #unsigned(value: number, octets: number): void {
    const start = this.#claim(octets);
    let left = value;
    for (let i = start + octets - 1; i >= start; i--) {
      this.#bytes[i] = left % 256;
      left = Math.floor(left / 256);
    }
  }

  /** Refuses what is no integer of the range. */
  integer(value: number, min: number, max: number): number {
    if (!Number.isSafeInteger(value) || value < min || value > max)
      this.fail(`${String(value)} is no integer in ${min}..${max}`);
    return value;
  }

  bounded(value: number, width: number, min: number, max: number): void {
    this.bits(this.integer(value, min, max) - min, width);
  }

  octets(value: number, count: 1 | 2, min: number, max: number): void {
    this.#unsigned(this.integer(value, min, max) - min, count);
  }

  wide(value: number, width: number, min: number, max: number): void {
    const offset = this.integer(value, min, max) - min;
    const count = octetCount(offset);
    this.bits(count - 1, width);
    this.#unsigned(offset, count);
  }

  semiConstrained(value: number, min: number): void {
    const offset = this.integer(value, min, Number.MAX_SAFE_INTEGER) - min;
    if (!Number.isSafeInteger(offset)) this.fail(`${value} is too far above ${min}`);
    const count = octetCount(offset);
    this.length(count);
    this.#unsigned(offset, count);
  }

  unconstrained(value: number, max: number): void {
    this.integer(value, Number.MIN_SAFE_INTEGER, max);
    if (value < -(2 ** 47) || value >= 2 ** 47) return this.unconstrainedBig(BigInt(value));
    let count = 1;
    for (let half = 128; value < -half || value >= half; half *= 256) count++;
    this.length(count);
    this.#unsigned(value < 0 ? value + 256 ** count : value, count);
  }

  unconstrainedBig(value: bigint): void {
    if (typeof value !== 'bigint') this.fail(`${String(value)} is no bigint`);
    let count = 1;
    while (BigInt.asIntN(count * 8, value) !== value) count++;
    if (count > 4096) this.fail(`an integer of ${count} octets`);
    this.length(count);
    const start = this.#claim(count);
    const hex = BigInt.asUintN(count * 8, value)
      .toString(16)
      .padStart(count * 2, '0');
    this.#bytes.write(hex, start, 'hex');
  }

  small(value: number): void {
    if (value < 64) this.bits(value, 7);
    else {
      this.bits(1, 1);
      this.semiConstrained(value, 0);
    }
  }

  smallLength(length: number): void {
    if (length <= 64) this.bits(length - 1, 7);
    else {
      this.bits(1, 1);
      this.length(length);
    }
  }

  /** General length determinant of what comes in one piece: below 16K. */
  length(length: number): void {
    if (length < 128) this.#unsigned(length, 1);
    else if (length < FRAGMENT) this.#unsigned(0x8000 | length, 2);
    else this.fail(`a length of ${length} where fragments are not possible`);
  }

  /**
   * General length determinants of `total` units in as few pieces as there can be (clause 11.9.3.8): calls `write`
   * with the units of each piece. A last piece of no units follows where the total is a multiple of 16K.
   */
  pieces(total: number, write: (from: number, to: number) => void): void {
    let from = 0;
    while (total - from >= FRAGMENT) {
      const multiplier = Math.min(4, Math.floor((total - from) / FRAGMENT));
      this.#unsigned(0xc0 | multiplier, 1);
      write(from, from + multiplier * FRAGMENT);
      from += multiplier * FRAGMENT;
    }
    this.length(total - from);
    write(from, total);
  }

  checkSize(size: number, min: number, max: number): void {
    if (!(size >= min && size <= max)) this.fail(`a size of ${size}, allowed ${min}..${max}`);
  }

  fixedOctets(value: Uint8Array, aligned: boolean): void {
    if (value.length === 0) return;
    if (aligned || (this.#at & 7) === 0) {
      const start = this.#claim(value.length);
      this.#bytes.set(value, start);
    } else for (const octet of value) this.bits(octet, 8);
  }

  generalOctets(value: Uint8Array): void {
    if (value.length < FRAGMENT) {
      this.length(value.length);
      this.fixedOctets(value, true);
    } else this.pieces(value.length, (from, to) => this.fixedOctets(value.subarray(from, to), true));
  }

  fixedBits(value: BitString, aligned: boolean): void {
    this.#bitRange(value, 0, value.bitLength, aligned);
  }

  generalBits(value: BitString): void {
    const length = this.integer(value.bitLength, 0, Number.MAX_SAFE_INTEGER);
    this.pieces(length, (from, to) => this.#bitRange(value, from, to, true));
  }

  #bitRange(value: BitString, from: number, to: number, aligned: boolean): void {
    if (to === from) return;
    if (value.bytes.length * 8 < to) this.fail(`${value.bytes.length} octets hold no ${to} bits`);
    const whole = from >>> 3;
    const end = to >>> 3;
    if (aligned) this.#at = (this.#at + 7) & ~7;
    this.fixedOctets(value.bytes.subarray(whole, end), aligned);
    const rest = to & 7;
    if (rest !== 0) this.bits((value.bytes[end] as number) >>> (8 - rest), rest);
  }

  /** Characters `from` to `to` of a known-multiplier string (clause 30.5). */
  characters(
    text: string,
    from: number,
    to: number,
    width: number,
    aligned: boolean,
    lowest: number,
    highest: number,
    alphabet: string | undefined,
    permitted: ReadonlySet<number> | undefined,
  ): void {
    if (to === from) return;
    if (aligned) this.#at = (this.#at + 7) & ~7;
    this.#reserve(((to - from) * width + 7) >>> 3);
    const bytes = this.#bytes;
    const whole = alphabet === undefined && (this.#at & 7) === 0 ? width : 0;
    let index = this.#at >>> 3;
    for (let i = from; i < to; i++) {
      const code = text.charCodeAt(i);
      if (code < lowest || code > highest || (permitted !== undefined && !permitted.has(code)))
        this.fail(`character ${code} at ${i} is not allowed here`);
      if (whole === 16) {
        bytes[index++] = code >>> 8;
        bytes[index++] = code & 0xff;
      } else if (whole === 8) bytes[index++] = code;
      else this.bits(alphabet === undefined ? code : alphabet.indexOf(text[i] as string), width);
    }
    if (whole >= 8) this.#at = index * 8;
  }

  objectIdentifier(dotted: string): void {
    const octets = encodeObjectIdentifier(dotted) ?? this.fail(`'${dotted}' is no object identifier`);
    this.length(octets.length);
    this.fixedOctets(octets, true);
  }

  /** ENUMERATED behind the extension marker. */
  enumeralAddition(value: string | UnknownEnumeral, names: readonly string[]): void {
    const index = typeof value === 'string' ? names.indexOf(value) : (value?.unknownExtension ?? -1);
    if (!Number.isSafeInteger(index) || index < 0) this.fail(`'${String(value)}' is no enumeral of this type`);
    this.bits(1, 1);
    this.small(index);
  }

  /** A CHOICE's alternative behind the extension marker, known by its position alone. */
  unknownAlternative(value: UnknownAlternative['value']): void {
    if (!(value?.bytes instanceof Uint8Array)) this.fail('no octets');
    const index = this.integer(value.index, 0, Number.MAX_SAFE_INTEGER);
    this.bits(1, 1);
    this.small(index);
    this.generalOctets(value.bytes);
  }

  /** The rest of an extension bitmap of `count` bits, behind the `known` additions. */
  unknownBits({ unknown }: ExtensionRecord, known: number, count: number): void {
    let next = 0;
    for (let i = known; i < count; i++) {
      const set = unknown[next]?.index === i;
      this.bit(set);
      if (set) next++;
    }
    if (next < unknown.length) this.fail('unknown additions out of order, or outside their bitmap');
  }

  /** Starts an open type (clause 11.2); gives what close() needs. The contents follow in place. */
  open(): number {
    return this.#claim(1);
  }

  /** Ends an open type: puts the length before the contents, which move where one octet is too few for it. */
  close(start: number): void {
    let end = (this.#at + 7) >>> 3;
    if (end === start + 1) {
      // Contents of no bits take one octet (clause 11.1.3).
      this.#reserve(1);
      this.#bytes[end++] = 0;
    }
    const length = end - start - 1;
    if (length < 128) {
      this.#bytes[start] = length;
      this.#at = end * 8;
    } else if (length < FRAGMENT) {
      this.#at = end * 8;
      this.#reserve(1);
      this.#bytes.copyWithin(start + 2, start + 1, end);
      this.#bytes[start] = 0x80 | (length >>> 8);
      this.#bytes[start + 1] = length & 0xff;
      this.#at = (end + 1) * 8;
    } else {
      const contents = Buffer.from(this.#bytes.subarray(start + 1, end));
      this.#at = start * 8;
      this.generalOctets(contents);
    }
  }
}

function octetCount(value: number): number {
  let count = 1;
  for (let limit = 256; value >= limit; limit *= 256) count++;
  return count;
}
