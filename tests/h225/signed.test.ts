import assert from 'node:assert/strict';
import nacl from 'tweetnacl';
import { PerEncodeError } from '../../runtime/asn1/index.ts';
import {
  ED25519_OID,
  encodeSigned,
  findToken,
  type RasMessage,
  rasMessage,
  SIGNATURE_OCTETS,
  signedOctets,
  type TokenFields,
  tokensOf,
} from '../../runtime/h225/index.ts';
import type { ClearToken } from '../../runtime/h235/index.ts';
import { isGenuineTwice, labKeys } from '../support/lab-terminal.ts';

const keys = labKeys(1);
const fields: TokenFields = { generalID: 'gk', sendersID: 'if://guardian/1', timeStamp: 1_795_262_400, random: 1 };
const message = (tokens?: readonly ClearToken[]): RasMessage => ({
  kind: 'unregistrationRequest',
  value: { requestSeqNum: 7, callSignalAddress: [], endpointIdentifier: 'x', tokens },
});
const token = (more: Partial<ClearToken> = {}): ClearToken => ({
  tokenOID: ED25519_OID,
  ...fields,
  nonStandard: { nonStandardIdentifier: ED25519_OID, data: Buffer.alloc(64, 7) },
  ...more,
});

/** What is found in the encoding of a message with these tokens. */
function find(tokens?: readonly ClearToken[]) {
  const octets = rasMessage.encode(message(tokens));
  return findToken(rasMessage.decode(octets), octets);
}

describe('signed RAS messages', () => {
  for (const [what, tokens] of [
    ['a token without a signature', [token({ nonStandard: undefined })]],
    [
      'a signature of 63 octets',
      [token({ nonStandard: { nonStandardIdentifier: ED25519_OID, data: Buffer.alloc(63) } })],
    ],
    ['no octets of signature', [token({ nonStandard: { nonStandardIdentifier: ED25519_OID, data: Buffer.alloc(0) } })]],
    [
      'a signature under another OID',
      [token({ nonStandard: { nonStandardIdentifier: '1.2', data: Buffer.alloc(64) } })],
    ],
    ['no generalID', [token({ generalID: undefined })]],
    ['no sendersID', [token({ sendersID: undefined })]],
    ['no timeStamp', [token({ timeStamp: undefined })]],
    ['no random', [token({ random: undefined })]],
    ['two tokens', [token(), token({ tokenOID: '1.2' }), token()]],
  ] as const)
    it(`are malformed with ${what}`, () => assert.equal(find(tokens), 'malformed'));

  it('are none without a token of this kind', () => {
    for (const tokens of [undefined, [], [token({ tokenOID: '1.3.101.113' })]]) assert.equal(find(tokens), 'absent');
    assert.equal(
      findToken({ kind: 'unknownExtension', value: { index: 9, bytes: Buffer.of(1) } }, Buffer.of(1)),
      'absent',
    );
    assert.equal(tokensOf({ kind: 'admissionConfirmSequence', value: [] }), undefined);
  });

  it('are malformed where the signature is not in one piece in the datagram', () => {
    const certificate = { type: '1.2', certificate: Buffer.alloc(20_000) };
    assert.equal(find([token({ certificate })]), 'malformed', 'the tokens came in fragments');
    const octets = encodeSigned(message, fields, keys.sign);
    assert.equal(findToken(rasMessage.decode(octets), Buffer.from(octets)), 'malformed', 'a copy of the datagram');
    assert.equal(findToken(rasMessage.decode(octets), octets.subarray(0, 60)), 'malformed', 'a part of it');
  });

  it('find the signature where it stands, and sign all else with zeros there', () => {
    const octets = encodeSigned(message, fields, keys.sign);
    const found = findToken(rasMessage.decode(octets), octets);
    assert(typeof found === 'object');
    const { signature, offset, path, ...rest } = found;
    assert.deepEqual([rest, path.length], [fields, 0]);
    assert.deepEqual(Buffer.from(signature), octets.subarray(offset, offset + SIGNATURE_OCTETS));
    const signed = signedOctets(octets, found);
    assert.deepEqual(signed.subarray(offset, offset + SIGNATURE_OCTETS), Buffer.alloc(SIGNATURE_OCTETS));
    assert.deepEqual(
      [signed.subarray(0, offset), signed.subarray(offset + SIGNATURE_OCTETS)],
      [octets.subarray(0, offset), octets.subarray(offset + SIGNATURE_OCTETS)],
    );
    assert(isGenuineTwice(keys.publicKey, signed, signature));
  });

  it('find it inside a larger buffer too, as sockets may hand datagrams on', () => {
    const octets = encodeSigned(message, fields, keys.sign);
    const slab = Buffer.alloc(4096, 0xee);
    octets.copy(slab, 1000);
    const datagram = slab.subarray(1000, 1000 + octets.length);
    const found = findToken(rasMessage.decode(datagram), datagram);
    assert(typeof found === 'object');
    assert(isGenuineTwice(keys.publicKey, signedOctets(datagram, found), found.signature));
    assert.deepEqual(datagram, octets, 'looking changes nothing');
  });

  it('are the same octets whether tweetnacl or node:crypto signs', () => {
    const { secretKey } = nacl.sign.keyPair.fromSeed(new Uint8Array(32).fill(1));
    const byTweetnacl = encodeSigned(message, fields, (octets) => nacl.sign.detached(octets, secretKey));
    assert.deepEqual(byTweetnacl, encodeSigned(message, fields, keys.sign));
  });

  for (const random of [0, -1, 2 ** 31, 2 ** 32 - 1, Number.MAX_SAFE_INTEGER, Number.MIN_SAFE_INTEGER])
    it(`carry the random ${random}`, () => {
      const octets = encodeSigned(message, { ...fields, random }, keys.sign);
      const found = findToken(rasMessage.decode(octets), octets);
      assert(typeof found === 'object' && found.random === random);
    });

  it('cannot be made of fields that do not fit, or of a message that takes no token', () => {
    assert.throws(() => encodeSigned(message, { ...fields, sendersID: '' }, keys.sign), PerEncodeError);
    assert.throws(() => encodeSigned(message, { ...fields, timeStamp: 0 }, keys.sign), PerEncodeError);
    assert.throws(() => encodeSigned(() => message(), fields, keys.sign), TypeError);
  });
});
