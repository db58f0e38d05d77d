import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import {
  ED25519_OID,
  findToken,
  type RasMessage,
  rasMessage,
  SIGNATURE_OCTETS,
  type SignedToken,
  signedOctets,
  signTogether,
  UnsignedMessage,
} from '../../runtime/h225/index.ts';
import { isPath, MOST_TOGETHER, pathOctets, treeOf } from '../../runtime/h225/ras/signature-tree.ts';
import { isGenuine, isGenuineTwice, labKeys } from '../support/lab-terminal.ts';

const keys = labKeys(1);
const CONTEXT = Buffer.from('Guardian Council: RAS messages signed together\0');

/** MTH of RFC 9162 clause 2.1.1, as it is defined there. */
function treeHash(leaves: readonly Buffer[]): Buffer {
  const sha256 = (...parts: readonly Buffer[]): Buffer => createHash('sha256').update(Buffer.concat(parts)).digest();
  const [only = Buffer.alloc(0), ...others] = leaves;
  if (others.length === 0) return sha256(Buffer.of(0), only);
  let split = 1;
  while (split * 2 < leaves.length) split *= 2;
  return sha256(Buffer.of(1), treeHash(leaves.slice(0, split)), treeHash(leaves.slice(split)));
}

const messageOf = (n: number, endpointIdentifier = 'x'): UnsignedMessage =>
  new UnsignedMessage(
    (tokens): RasMessage => ({
      kind: 'unregistrationRequest',
      value: { requestSeqNum: (n % 65_535) + 1, callSignalAddress: [], endpointIdentifier, tokens },
    }),
    { generalID: 'if://guardian/1', sendersID: 'gk', timeStamp: 1_795_262_400, random: n },
  );
const messages = (count: number): UnsignedMessage[] => Array.from({ length: count }, (_, n) => messageOf(n));

function read(datagram: Buffer): SignedToken {
  const found = findToken(rasMessage.decode(datagram), datagram);
  assert(typeof found === 'object', JSON.stringify(found));
  return found;
}

/** Whether a datagram is what its signer signed, as who has nothing else finds out. */
function isTrue(datagram: Buffer, judge = isGenuine): boolean {
  let token: ReturnType<typeof findToken>;
  try {
    token = findToken(rasMessage.decode(datagram), datagram);
  } catch {
    return false;
  }
  return typeof token === 'object' && judge(keys.publicKey, signedOctets(datagram, token), token.signature);
}

const withData = (datagram: Buffer, data: Uint8Array): Buffer => {
  const message = rasMessage.decode(datagram);
  assert(message.kind === 'unregistrationRequest');
  const [token] = message.value.tokens ?? [];
  assert(token !== undefined);
  const tokens = [{ ...token, nonStandard: { nonStandardIdentifier: ED25519_OID, data } }];
  return rasMessage.encode({ kind: message.kind, value: { ...message.value, tokens } });
};

describe('messages signed together', () => {
  it('have one signature, by which each is genuine without the others, however many they are', () => {
    for (const count of [...Array.from({ length: 34 }, (_, n) => n + 1), 63, 64, 65, 255, MOST_TOGETHER]) {
      let signatures = 0;
      const datagrams = signTogether(messages(count), (octets) => {
        signatures++;
        return keys.sign(octets);
      });
      assert.deepEqual([datagrams.length, signatures], [count, 1]);
      for (const [n, datagram] of datagrams.entries()) {
        assert(isTrue(datagram, count < 9 ? isGenuineTwice : isGenuine), `${n} of ${count}`);
        const { random, path } = read(datagram);
        assert.deepEqual([random, path.length], [n, pathOctets(n, count)]);
      }
    }
  });

  it('are leaves of the tree of RFC 9162, which is what is signed', () => {
    for (let count = 2; count <= 40; count++) {
      const leaves = Array.from({ length: count }, (_, n) => Buffer.from(`leaf ${n}`));
      const { signed, paths } = treeOf(leaves);
      assert.deepEqual(signed, Buffer.concat([CONTEXT, treeHash(leaves)]), `${count}`);
      assert.deepEqual(
        paths.map(({ length }) => length),
        leaves.map((_, n) => pathOctets(n, count)),
      );
      assert(paths.every(isPath));
    }
  });

  it('are one message signed as such, and none', () => {
    assert.deepEqual(signTogether([], keys.sign), []);
    const [alone = Buffer.alloc(0)] = signTogether([messageOf(0)], keys.sign);
    assert.equal(read(alone).path.length, 0);
  });

  it('are not genuine with any one bit changed', () => {
    const [, middle = assert.fail()] = signTogether(messages(3), keys.sign);
    assert(isTrue(middle));
    for (let bit = 0; bit < middle.length * 8; bit++) {
      const changed = Buffer.from(middle);
      changed[bit >> 3] = (changed[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      // A bit of padding too: what is hashed are the octets as received.
      assert.equal(isTrue(changed), false, `bit ${bit}`);
    }
  });

  it('lend their signature to no other message, and take none of a message that was signed alone', () => {
    const [first = assert.fail(), second = assert.fail()] = signTogether(messages(2), keys.sign);
    const { signature, path } = read(first);
    assert.equal(isTrue(withData(second, Buffer.concat([signature, path]))), false, 'with another path');
    assert.equal(isTrue(withData(first, signature)), false, 'without its path');
    const [alone = assert.fail()] = signTogether([messageOf(0)], keys.sign);
    assert.equal(isTrue(withData(alone, Buffer.concat([read(alone).signature, path]))), false, 'with a path');
    const [other = assert.fail()] = signTogether([messageOf(9), messageOf(8)], keys.sign);
    assert.equal(isTrue(withData(other, Buffer.concat([signature, path]))), false, 'a message that was not there');
  });

  for (const [what, path] of [
    ['an octet', Buffer.alloc(1)],
    ['a hash without its octet of sides', Buffer.alloc(32)],
    ['half a hash', Buffer.alloc(17)],
    ['a hash and an octet too many', Buffer.alloc(34)],
    ['nine levels', Buffer.alloc(1 + 9 * 32)],
    ['a side without its hash', Buffer.concat([Buffer.of(2), Buffer.alloc(32)])],
    ['all sides, and seven hashes', Buffer.concat([Buffer.of(255), Buffer.alloc(7 * 32)])],
  ] as const)
    it(`are malformed with a path of ${what}`, () => {
      const [alone = assert.fail()] = signTogether([messageOf(0)], keys.sign);
      const datagram = withData(alone, Buffer.concat([Buffer.alloc(SIGNATURE_OCTETS), path]));
      assert.equal(findToken(rasMessage.decode(datagram), datagram), 'malformed');
      assert.equal(isPath(path), false);
    });

  it('may have paths of eight levels, and no more than 256 leaves', () => {
    assert(isPath(Buffer.concat([Buffer.of(255), Buffer.alloc(8 * 32)])));
    assert.throws(() => signTogether(messages(MOST_TOGETHER + 1), keys.sign), RangeError);
  });

  it('find the place of their signature behind an alias that looks like it', () => {
    // BMP characters whose octets are what a token's place begins with, and its zeros.
    const place = `\u032b\u6570\u4000${'\0'.repeat(40)}`;
    const alone = signTogether([messageOf(1, place)], keys.sign);
    const together = signTogether([messageOf(1, place), messageOf(2, place)], keys.sign);
    for (const datagram of [...alone, ...together]) assert(isTrue(datagram, isGenuineTwice));
  });
});
