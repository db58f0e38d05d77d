/**
 * OBJECT IDENTIFIER contents octets (X.690 clause 8.19), which PER carries behind a length.
 *
 * The same few identifiers come in every message, so both directions remember a bounded number of them.
 */

const REMEMBERED = 512;
const MAX_OCTETS = 256;
const decoded = new Map<string, string>();
const encoded = new Map<string, Uint8Array>();

/** The one decoded last: most messages carry one identifier, and the same. */
let lastOctets = Buffer.alloc(0);
let lastDotted = '';

function isLast(bytes: Buffer, start: number, end: number): boolean {
  if (end - start !== lastOctets.length) return false;
  for (let i = 0; i < lastOctets.length; i++) if (bytes[start + i] !== lastOctets[i]) return false;
  return true;
}

/** Dotted form of contents octets, or `undefined` where they are malformed. */
export function decodeObjectIdentifier(bytes: Buffer, start: number, end: number): string | undefined {
  if (end <= start || end - start > MAX_OCTETS) return undefined;
  if (isLast(bytes, start, end)) return lastDotted;
  const key = bytes.toString('latin1', start, end);
  const known = decoded.get(key);
  if (known !== undefined) {
    lastOctets = Buffer.from(key, 'latin1');
    lastDotted = known;
    return known;
  }
  const dotted = dottedForm(bytes, start, end);
  if (dotted !== undefined && decoded.size < REMEMBERED) decoded.set(key, dotted);
  return dotted;
}

function dottedForm(bytes: Buffer, start: number, end: number): string | undefined {
  let text = '';
  for (let i = start; i < end; ) {
    if (bytes[i] === 0x80) return undefined; // a leading zero septet: not the fewest octets possible
    let arc = 0n;
    for (;;) {
      const octet = bytes[i++];
      if (octet === undefined || i > end) return undefined;
      arc = (arc << 7n) | BigInt(octet & 0x7f);
      if (octet < 0x80) break;
      if (i >= end) return undefined;
    }
    if (text === '') text = arc < 40n ? `0.${arc}` : arc < 80n ? `1.${arc - 40n}` : `2.${arc - 80n}`;
    else text += `.${arc}`;
  }
  return text;
}

/** Contents octets of a dotted form, or `undefined` where it is none. */
export function encodeObjectIdentifier(dotted: string): Uint8Array | undefined {
  const known = encoded.get(dotted);
  if (known !== undefined) return known;
  const octets = contentsOctets(dotted);
  if (octets !== undefined && encoded.size < REMEMBERED) encoded.set(dotted, octets);
  return octets;
}

function contentsOctets(dotted: string): Uint8Array | undefined {
  if (typeof dotted !== 'string' || dotted.length > 4 * MAX_OCTETS || !/^[012](\.(0|[1-9]\d*))+$/.test(dotted))
    return undefined;
  const [root = 0n, second = 0n, ...rest] = dotted.split('.').map(BigInt);
  if (root < 2n && second >= 40n) return undefined;
  const out: number[] = [];
  for (const arc of [root * 40n + second, ...rest]) {
    const septets = [Number(arc & 0x7fn)];
    for (let left = arc >> 7n; left > 0n; left >>= 7n) septets.unshift(Number(left & 0x7fn) | 0x80);
    out.push(...septets);
  }
  return out.length <= MAX_OCTETS ? Uint8Array.from(out) : undefined;
}
