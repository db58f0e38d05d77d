import { createHash } from 'node:crypto';
import nacl from 'tweetnacl';

/** An Ed25519 key pair (RFC 8032). The seed and the secret key are secrets: never shown, logged or put in an error. */
export interface KeyPair {
  /** 32 octets. */
  readonly publicKey: Uint8Array;
  /** 64 octets: the seed followed by the public key. */
  readonly secretKey: Uint8Array;
}

export const SEED_LENGTH = 32;

/** @throws RangeError when the seed has not 32 octets. */
export function keyPairFromSeed(seed: Uint8Array): KeyPair {
  if (seed.length !== SEED_LENGTH)
    throw new RangeError(`an Ed25519 seed has ${SEED_LENGTH} octets, not ${seed.length}`);
  return nacl.sign.keyPair.fromSeed(seed);
}

/** The 64-octet Ed25519 signature of `message`. */
export const sign = ({ secretKey }: KeyPair, message: Uint8Array): Uint8Array => nacl.sign.detached(message, secretKey);

/** A key file's content: 64 hex digits and a newline, of a seed (`.key`) or of a public key (`.pub`). */
export const encodeKey = (octets: Uint8Array): string => `${Buffer.from(octets).toString('hex')}\n`;

/** The 32 octets of a key file's content; undefined when it is anything but 64 hex digits and at most one newline. */
export function decodeKey(text: string): Uint8Array | undefined {
  if (!/^[0-9a-f]{64}(\r?\n)?$/i.test(text)) return undefined;
  return new Uint8Array(Buffer.from(text.slice(0, 64), 'hex'));
}

/**
 * The keys of a file that holds several, one a line as encodeKey() writes them; undefined when it is anything else. How
 * many there may be, and whether one stands there twice, is for who reads them to say.
 */
export function decodeKeys(text: string): readonly Uint8Array[] | undefined {
  const keys = text
    .replace(/\r?\n$/, '')
    .split(/\r?\n/)
    .map(decodeKey);
  return keys.every((key) => key !== undefined) ? keys : undefined;
}

/** Longer names are shortened to this and a hash, so that name and suffix fit the 255 octets of common file systems. */
const LONGEST_NAME = 160;

/**
 * A file name for a terminal id (`if://guardian/technical` gives `guardian_technical`) or another identifier
 * (`council-gk-primary` gives `id.council-gk-primary`). Different ids give different names on every file system, even
 * where case counts for nothing, and no name leaves its folder: `/` becomes `_`, and every octet but lower-case
 * letters, digits and `-` becomes `%` and two hex digits.
 */
export function keyFileName(id: string): string {
  const isTerminal = id.startsWith(TERMINAL);
  let name = isTerminal ? '' : 'id.';
  for (const octet of Buffer.from(isTerminal ? id.slice(TERMINAL.length) : id)) {
    const char = String.fromCharCode(octet);
    if (/[a-z0-9-]/.test(char)) name += char;
    else name += char === '/' ? '_' : `%${octet.toString(16).padStart(2, '0')}`;
  }
  if (name.length <= LONGEST_NAME) return name;
  const hash = createHash('sha256').update(id).digest('hex').slice(0, 32);
  return `${name.slice(0, LONGEST_NAME)}%%${hash}`;
}

const TERMINAL = 'if://';
