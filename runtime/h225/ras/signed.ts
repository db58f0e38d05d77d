/**
 * Signed RAS messages. The signature stands in an H.235.0 ClearToken in `tokens`, so that every H.225.0 decoder reads
 * the message: tokenOID Ed25519, timeStamp, random, generalID (who it is for), sendersID (who signs), and 64 octets in
 * `nonStandard`. They sign the whole message with those 64 octets zero, as received: nothing is ever encoded again to
 * verify it. (H.235.2 zeroes its signature in the same way.)
 *
 * Messages may be signed together. Then a path follows behind the 64 octets, zero too in what is hashed, by which the
 * signature is found to stand for this message (signature-tree.ts).
 */

import { compile } from '../../asn1/index.ts';
import { type ClearToken, NonStandardParameter } from '../../h235/index.ts';
import { rasMessage } from './codec.ts';
import type { RasMessage } from './ras-message.ts';
import { isPath, MOST_TOGETHER, pathOctets, signedBy, treeOf } from './signature-tree.ts';

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
  /** From this message to what is signed; empty where it was signed alone. */
  readonly path: Uint8Array;
}

/** Makes a signature over octets. */
export type Sign = (octets: Uint8Array) => Uint8Array;

const NO_PATH = new Uint8Array(0);

/** A token's place for a signature and a path, and what it looks like in a message. */
interface Place {
  readonly zeros: Uint8Array;
  readonly encoded: Buffer;
}

const nonStandard = compile('NonStandardParameter', NonStandardParameter);
/** By the length of the path. */
const places = new Map<number, Place>();

function placeFor(path: number): Place {
  const known = places.get(path);
  if (known !== undefined) return known;
  const zeros = new Uint8Array(SIGNATURE_OCTETS + path);
  const place = { zeros, encoded: nonStandard.encode({ nonStandardIdentifier: ED25519_OID, data: zeros }) };
  places.set(path, place);
  return place;
}

/** A message that is still to be signed, by signTogether(). */
export class UnsignedMessage {
  readonly message: RasMessage;
  readonly #place: { readonly nonStandardIdentifier: string; data: Uint8Array };

  /** `message` is asked for the message with the tokens it is given. */
  constructor(message: (tokens: readonly ClearToken[]) => RasMessage, fields: TokenFields) {
    this.#place = { nonStandardIdentifier: ED25519_OID, data: placeFor(0).zeros };
    this.message = message([{ tokenOID: ED25519_OID, ...fields, nonStandard: this.#place }]);
  }

  /**
   * With zeros where the signature is to be, and a path of so many octets.
   * @throws PerEncodeError where the message does not fit its type.
   */
  encode(path: number): { readonly octets: Buffer; readonly offset: number } {
    const place = placeFor(path);
    this.#place.data = place.zeros;
    const octets = rasMessage.encode(this.message);
    return { octets, offset: placeIn(octets, place) };
  }
}

/** Where the signature's octets begin. */
function placeIn(octets: Buffer, { zeros, encoded }: Place): number {
  const at = octets.indexOf(encoded);
  if (at !== -1 && octets.indexOf(encoded, at + 1) === -1) return at + encoded.length - zeros.length;
  // Somebody's alias may look like it.
  const found = findToken(rasMessage.decode(octets), octets);
  if (found === 'absent' || found === 'malformed') throw new TypeError('the message took no token to sign');
  return found.offset;
}

/**
 * Encodes messages and signs them with one signature, each so that it can be verified without the others; one alone is
 * signed as such.
 * @throws PerEncodeError where one of them does not fit its type; RangeError for more than MOST_TOGETHER.
 */
export function signTogether(messages: readonly UnsignedMessage[], sign: Sign): Buffer[] {
  const [alone, ...others] = messages;
  if (alone === undefined) return [];
  if (others.length === 0) return [signAlone(alone, sign)];
  const count = messages.length;
  if (count > MOST_TOGETHER) throw new RangeError(`${count} messages, ${MOST_TOGETHER} at most`);
  const encoded = messages.map((message, index) => message.encode(pathOctets(index, count)));
  const { signed, paths } = treeOf(encoded.map(({ octets }) => octets));
  const signature = sign(signed);
  return encoded.map(({ octets, offset }, index) => {
    octets.set(signature, offset);
    octets.set(paths[index] ?? [], offset + SIGNATURE_OCTETS);
    return octets;
  });
}

/** Encodes a message and signs it alone. @throws PerEncodeError where it does not fit its type. */
export function signAlone(message: UnsignedMessage, sign: Sign): Buffer {
  const { octets, offset } = message.encode(0);
  octets.set(sign(octets), offset);
  return octets;
}

/** Encodes and signs a message: see UnsignedMessage. @throws PerEncodeError where it does not fit its type. */
export const encodeSigned = (
  message: (tokens: readonly ClearToken[]) => RasMessage,
  fields: TokenFields,
  sign: Sign,
): Buffer => signAlone(new UnsignedMessage(message, fields), sign);

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
  const { data } = nonStandard;
  // The decoder gives views, so the signature is where its octets are; one that came in fragments is elsewhere.
  const offset = data.byteOffset - datagram.byteOffset;
  const inPlace = data.buffer === datagram.buffer && offset >= 0 && offset + data.length <= datagram.length;
  const isAlone = data.length === SIGNATURE_OCTETS;
  const signature = isAlone ? data : data.subarray(0, SIGNATURE_OCTETS);
  const path = isAlone ? NO_PATH : data.subarray(SIGNATURE_OCTETS);
  if (signature.length !== SIGNATURE_OCTETS || !isPath(path) || !inPlace) return 'malformed';
  return { generalID, sendersID, timeStamp, random, signature, offset, path };
}

/** What the signature of a token signs: the datagram with its octets zero, or what stands for that among others. */
export function signedOctets(datagram: Uint8Array, { offset, path }: Pick<SignedToken, 'offset' | 'path'>): Buffer {
  const octets = Buffer.from(datagram);
  octets.fill(0, offset, offset + SIGNATURE_OCTETS + path.length);
  return path.length === 0 ? octets : signedBy(octets, path);
}
