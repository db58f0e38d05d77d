/**
 * Signed RAS messages. The signature stands in an H.235.0 ClearToken in `tokens`, so that every H.225.0 decoder reads
 * the message: tokenOID Ed25519, timeStamp, random, generalID (who it is for), sendersID (who signs), and 64 octets in
 * `nonStandard`. They sign the whole message with those octets zero, as received: nothing is ever encoded again to
 * verify it. (H.235.2 zeroes its signature in the same way.)
 */

import type { ClearToken } from '../../h235/index.ts';
import { rasMessage } from './codec.ts';
import type { RasMessage } from './ras-message.ts';

/** id-Ed25519 (RFC 8410 clause 3), which marks the token and its nonStandard part. */
export const ED25519_OID = '1.3.101.112';

/** Octets of an Ed25519 signature (RFC 8032 clause 5.1.6). */
export const SIGNATURE_OCTETS = 64;

export interface TokenFields {
  /** Who the message is for: a gatekeeper's identifier, or a terminal_id. */
  readonly generalID: string;
  /** Who signed it. */
  readonly sendersID: string;
  /** Seconds since 1970-01-01T00:00:00Z. */
  readonly timeStamp: number;
  /**
   * 32 bits against replay; an answer repeats its request's, and so answers that request alone. Whoever makes one makes
   * it signed, -2147483648 to 2147483647: Wireshark holds a message with an INTEGER of five octets for malformed.
   */
  readonly random: number;
}

/** A token found in a message, and where in the datagram its signature lies. */
export interface SignedToken extends TokenFields {
  readonly signature: Uint8Array;
  readonly offset: number;
}

/** Makes a signature over octets. */
export type Sign = (octets: Uint8Array) => Uint8Array;

function token(fields: TokenFields, signature: Uint8Array): ClearToken {
  return { tokenOID: ED25519_OID, ...fields, nonStandard: { nonStandardIdentifier: ED25519_OID, data: signature } };
}

const UNSIGNED = new Uint8Array(SIGNATURE_OCTETS);

/**
 * Encodes and signs a message. `message` is asked for the message with the tokens it is given.
 * @throws PerEncodeError where the message does not fit its type.
 */
export function encodeSigned(
  message: (tokens: readonly ClearToken[]) => RasMessage,
  fields: TokenFields,
  sign: Sign,
): Buffer {
  const octets = rasMessage.encode(message([token(fields, UNSIGNED)]));
  const found = findToken(rasMessage.decode(octets), octets);
  if (found === 'absent' || found === 'malformed') throw new TypeError('the message took no token to sign');
  octets.set(sign(octets), found.offset);
  return octets;
}

/** The tokens of a message, whichever it is. */
export function tokensOf(message: RasMessage): readonly ClearToken[] | undefined {
  const { value } = message;
  return 'tokens' in value ? value.tokens : undefined;
}

/**
 * Finds the signature of a decoded message in the datagram it was decoded from. 'malformed' stands for a token that
 * is ours by its OID but incomplete, not the only one, or not in one piece.
 */
export function findToken(message: RasMessage, datagram: Uint8Array): SignedToken | 'absent' | 'malformed' {
  const ours = tokensOf(message)?.filter((candidate) => candidate.tokenOID === ED25519_OID) ?? [];
  const [only, second] = ours;
  if (only === undefined) return 'absent';
  const { generalID, sendersID, timeStamp, random, nonStandard } = only;
  if (second !== undefined || nonStandard?.nonStandardIdentifier !== ED25519_OID) return 'malformed';
  if (generalID === undefined || sendersID === undefined || timeStamp === undefined || random === undefined)
    return 'malformed';
  const signature = nonStandard.data;
  // The decoder gives views, so the signature is where its octets are; one that came in fragments is elsewhere.
  const offset = signature.byteOffset - datagram.byteOffset;
  const inPlace = signature.buffer === datagram.buffer && offset >= 0 && offset + SIGNATURE_OCTETS <= datagram.length;
  if (signature.length !== SIGNATURE_OCTETS || !inPlace) return 'malformed';
  return { generalID, sendersID, timeStamp, random, signature, offset };
}

/** What the signature at `offset` signs: a copy of the datagram with those octets zero. */
export function signedOctets(datagram: Uint8Array, offset: number): Buffer {
  const octets = Buffer.from(datagram);
  octets.fill(0, offset, offset + SIGNATURE_OCTETS);
  return octets;
}
