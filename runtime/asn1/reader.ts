import { BitReader } from './bit-reader.ts';
import { decodeObjectIdentifier } from './object-identifier.ts';
import type { BitString, UnknownEnumeral } from './schema.ts';

/** Where the low octets of a short BMPString are put together. */
const SCRATCH = Buffer.alloc(256);

interface Suspended {
  readonly bytes: Buffer;
  readonly at: number;
  readonly end: number;
}

/**
 * Reads strings and open types of aligned PER (X.691). Generated code (decode-source.ts) drives it; it knows fields and
 * lengths, not types.
 */
export class PerReader extends BitReader {
  /** Outer messages, while a reassembled open type is read. */
  #suspended: Suspended[] = [];

  override start(bytes: Uint8Array): void {
    // Left over where a message before ended in an error.
    if (this.#suspended.length > 0) this.#suspended = [];
    super.start(bytes);
  }

  /** An unaligned or aligned field of octets whose number is known. Gives a view where it can. */
  fixedOctets(length: number, aligned: boolean): Uint8Array {
    if (aligned || (this.at & 7) === 0) {
      if (length === 0) return this.bytes.subarray(0, 0);
      const start = this.take(length);
      return this.bytes.subarray(start, start + length);
    }
    const out = Buffer.alloc(length);
    for (let i = 0; i < length; i++) out[i] = this.bits(8);
    return out;
  }

  /** Octets behind a general length. */
  generalOctets(min: number, max: number): Uint8Array {
    let length = this.length();
    if (!this.more) {
      this.checkSize(length, min, max);
      return this.fixedOctets(length, true);
    }
    const parts: Uint8Array[] = [];
    let total = 0;
    for (;;) {
      const last = !this.more;
      parts.push(this.fixedOctets(length, true));
      total += length;
      if (last) break;
      length = this.length();
    }
    this.checkSize(total, min, max);
    return Buffer.concat(parts, total);
  }

  checkSize(size: number, min: number, max: number): void {
    if (size < min || size > max) this.fail('PER_INVALID', `a size of ${size}, allowed ${min}..${max}`);
  }

  fixedBits(length: number, aligned: boolean): BitString {
    if (length === 0) return { bytes: this.bytes.subarray(0, 0), bitLength: 0 };
    if (aligned) this.at = (this.at + 7) & ~7;
    if (this.at + length > this.end) this.truncated();
    const whole = length >>> 3;
    const rest = length & 7;
    const bytes = Buffer.alloc(rest === 0 ? whole : whole + 1);
    if ((this.at & 7) === 0) {
      const start = this.at >>> 3;
      this.bytes.copy(bytes, 0, start, start + whole);
      this.at += whole * 8;
    } else for (let i = 0; i < whole; i++) bytes[i] = this.bits(8);
    if (rest !== 0) bytes[whole] = this.bits(rest) << (8 - rest);
    return { bytes, bitLength: length };
  }

  generalBits(min: number, max: number): BitString {
    const parts: Uint8Array[] = [];
    let total = 0;
    do {
      const length = this.length();
      parts.push(this.fixedBits(length, true).bytes);
      total += length;
    } while (this.more);
    this.checkSize(total, min, max);
    return { bytes: parts.length === 1 ? (parts[0] as Uint8Array) : Buffer.concat(parts), bitLength: total };
  }

  /**
   * Characters of a known-multiplier string (clause 30.5): `width` bits each, as an index into `alphabet` or as
   * themselves. `permitted` lists the characters where a range does not.
   */
  characters(
    length: number,
    width: number,
    aligned: boolean,
    lowest: number,
    highest: number,
    alphabet: string | undefined,
    permitted: ReadonlySet<number> | undefined,
  ): string {
    if (length === 0) return '';
    if (aligned) this.at = (this.at + 7) & ~7;
    if (this.at + length * width > this.end) this.truncated();
    if (alphabet !== undefined) return this.#indexed(length, width, alphabet);
    if (width === 8 && (this.at & 7) === 0) {
      const start = this.take(length);
      for (let i = start; i < start + length; i++) this.#permit(this.bytes[i] as number, lowest, highest, permitted);
      return this.bytes.toString('latin1', start, start + length);
    }
    if (width === 16 && (this.at & 7) === 0 && permitted === undefined && highest === 0xffff)
      return this.#basicMultilingual(length);
    let text = '';
    for (let i = 0; i < length; i++) {
      const code = this.bits(width);
      this.#permit(code, lowest, highest, permitted);
      text += String.fromCharCode(code);
    }
    return text;
  }

  #permit(code: number, lowest: number, highest: number, permitted: ReadonlySet<number> | undefined): void {
    if (code < lowest || code > highest || (permitted !== undefined && !permitted.has(code)))
      this.fail('PER_INVALID', `character ${code} is not allowed here`);
  }

  #indexed(length: number, width: number, alphabet: string): string {
    let text = '';
    for (let i = 0; i < length; i++) {
      const index = this.bits(width);
      const character = alphabet[index];
      if (character === undefined) this.fail('PER_INVALID', `no character ${index} in the permitted alphabet`);
      text += character;
    }
    return text;
  }

  #basicMultilingual(length: number): string {
    const start = this.take(length * 2);
    const bytes = this.bytes;
    if (length <= SCRATCH.length) {
      // Most are Latin-1: one call makes the text, where a loop would join it from characters.
      let high = 0;
      for (let i = 0; i < length; i++) {
        high |= bytes[start + 2 * i] as number;
        SCRATCH[i] = bytes[start + 2 * i + 1] as number;
      }
      if (high === 0) return SCRATCH.toString('latin1', 0, length);
    }
    return Buffer.from(bytes.subarray(start, start + length * 2))
      .swap16()
      .toString('utf16le');
  }

  generalCharacters(
    min: number,
    max: number,
    width: number,
    lowest: number,
    highest: number,
    alphabet: string | undefined,
    permitted: ReadonlySet<number> | undefined,
  ): string {
    let text = '';
    do text += this.characters(this.length(), width, true, lowest, highest, alphabet, permitted);
    while (this.more);
    this.checkSize(text.length, min, max);
    return text;
  }

  objectIdentifier(): string {
    const length = this.shortLength();
    const start = this.take(length);
    return (
      decodeObjectIdentifier(this.bytes, start, start + length) ?? this.fail('PER_INVALID', 'no object identifier')
    );
  }

  enumeralAddition(names: readonly string[]): string | UnknownEnumeral {
    const index = this.small();
    return names[index] ?? { unknownExtension: index };
  }

  /**
   * Steps into an open type (clause 11.2). Gives what close() needs: the outer end, or -1 where the contents came in
   * fragments and were put together in a buffer of their own.
   */
  open(): number {
    const outer = this.end;
    const length = this.length();
    if (this.more) {
      const contents = this.#fragments(length);
      this.#suspended.push({ bytes: this.bytes, at: this.at, end: outer });
      this.bytes = contents;
      this.at = 0;
      this.end = contents.length * 8;
      return -1;
    }
    const end = this.at + length * 8;
    if (end > outer) this.truncated();
    this.end = end;
    return outer;
  }

  /** Steps out of an open type, over whatever a newer version of it added behind. */
  close(outer: number): void {
    if (outer !== -1) {
      this.at = this.end;
      this.end = outer;
      return;
    }
    const { bytes, at, end } = this.#suspended.pop() as Suspended;
    this.bytes = bytes;
    this.at = at;
    this.end = end;
  }

  #fragments(first: number): Buffer {
    const parts = [this.fixedOctets(first, true)];
    while (this.more) parts.push(this.fixedOctets(this.length(), true));
    return Buffer.concat(parts);
  }
}
