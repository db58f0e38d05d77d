/**
 * One signature for several messages: their hashes are the leaves of a Merkle tree (RFC 9162 clause 2.1), the signature is
 * its root's, and each message carries the hashes beside its way up to the root (clause 2.1.3). Who has one of the messages
 * checks it alone.
 */
import { hash } from 'node:crypto';

/** Octets of a SHA-256 hash. */
const HASH_OCTETS = 32;
/** Levels that a way up may have: it says in one octet on which side of it each hash stands. */
const MOST_LEVELS = 8;
/** Messages that one signature may stand for. */
export const MOST_TOGETHER = 2 ** MOST_LEVELS;

/** What is signed begins with this. No signed message is the same octets: each has 64 zero ones where its signature is to be. */
const CONTEXT = Buffer.from('Guardian Council: RAS messages signed together\0');

/** Leaves and nodes are hashed unlike each other, so that none can be taken for the other (RFC 9162 clause 2.1.1). */
const LEAF = Buffer.of(0);
const node = Buffer.alloc(1 + 2 * HASH_OCTETS, 1);

const hashOfLeaf = (message: Uint8Array): Buffer => hash('sha256', Buffer.concat([LEAF, message]), 'buffer');

function hashOfNode(left: Uint8Array, right: Uint8Array): Buffer {
  node.set(left, 1);
  node.set(right, 1 + HASH_OCTETS);
  return hash('sha256', node, 'buffer');
}

/** How many octets the way up from the leaf `index` of `count` takes; 0 where it stands alone. */
export function pathOctets(index: number, count: number): number {
  let levels = 0;
  for (let [at, width] = [index, count]; width > 1; at >>= 1, width = (width + 1) >> 1) if ((at ^ 1) < width) levels++;
  return levels === 0 ? 0 : 1 + levels * HASH_OCTETS;
}

/** Whether a path is one that treeOf() makes: whole hashes, and no more sides than it has hashes. */
export function isPath(path: Uint8Array): boolean {
  if (path.length === 0) return true;
  const levels = (path.length - 1) / HASH_OCTETS;
  return Number.isInteger(levels) && levels > 0 && levels <= MOST_LEVELS && (path[0] ?? 0) >> levels === 0;
}

/**
 * What is signed for all `messages`, and each one's path: an octet whose bits say of which hashes that follow, from the leaf
 * up, that they stand on the left.
 * @throws RangeError for no messages.
 */
export function treeOf(messages: readonly Uint8Array[]): { signed: Buffer; paths: readonly Buffer[] } {
  const ways = messages.map((): { sides: number; readonly hashes: Buffer[] } => ({ sides: 0, hashes: [] }));
  let level = messages.map((message, index) => ({ hash: hashOfLeaf(message), below: [index] }));
  while (level.length > 1) {
    const next: typeof level = [];
    for (let i = 0; i < level.length; i += 2) {
      const [left, right] = [level[i], level[i + 1]];
      if (left === undefined) break;
      if (right === undefined) {
        next.push(left);
        break;
      }
      for (const index of left.below) ways[index]?.hashes.push(right.hash);
      for (const index of right.below) {
        const way = ways[index];
        if (way === undefined) continue;
        way.sides |= 1 << way.hashes.length;
        way.hashes.push(left.hash);
      }
      next.push({ hash: hashOfNode(left.hash, right.hash), below: [...left.below, ...right.below] });
    }
    level = next;
  }
  const paths = ways.map(({ sides, hashes }) =>
    Buffer.concat(hashes.length === 0 ? [] : [Buffer.of(sides), ...hashes]),
  );
  const [root] = level;
  if (root === undefined) throw new RangeError('no messages');
  return { signed: Buffer.concat([CONTEXT, root.hash]), paths };
}

/** What is signed, where `message` is under it by `path`. */
export function signedBy(message: Uint8Array, path: Uint8Array): Buffer {
  const sides = path[0] ?? 0;
  let at = hashOfLeaf(message);
  for (let level = 0; 1 + level * HASH_OCTETS < path.length; level++) {
    const beside = path.subarray(1 + level * HASH_OCTETS, 1 + (level + 1) * HASH_OCTETS);
    at = (sides >> level) & 1 ? hashOfNode(beside, at) : hashOfNode(at, beside);
  }
  return Buffer.concat([CONTEXT, at]);
}
