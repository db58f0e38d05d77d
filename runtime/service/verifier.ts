import { createPrivateKey, createPublicKey, type KeyObject, sign, verify } from 'node:crypto';
import { availableParallelism } from 'node:os';
import type { Sign } from '../h225/index.ts';

/** DER around a raw Ed25519 key (RFC 8410 clauses 4 and 7). */
const SPKI = Buffer.from('302a300506032b6570032100', 'hex');
const PKCS8 = Buffer.from('302e020100300506032b657004220420', 'hex');

const publicKeys = new WeakMap<Uint8Array, KeyObject>();

function publicKeyObject(raw: Uint8Array): KeyObject {
  let key = publicKeys.get(raw);
  if (key === undefined) {
    key = createPublicKey({ key: Buffer.concat([SPKI, raw]), format: 'der', type: 'spki' });
    publicKeys.set(raw, key);
  }
  return key;
}

/** Threads help only where there is a core for them; on the only one they cost a third more than they bring. */
const HAS_THREADS = availableParallelism() > 1;

/** Without threads so many are verified in one turn of the event loop, some 5 ms: about what a turn brings. */
const MOST_A_TURN = 32;
const waiting: (() => void)[] = [];

function verifyWaiting(): void {
  for (const work of waiting.splice(0, MOST_A_TURN)) work();
  if (waiting.length > 0) setImmediate(verifyWaiting);
}

/**
 * Verifies an Ed25519 signature (RFC 8032 clause 5.1.7), on a thread of its own where the machine has cores to spare, so
 * that the event loop goes on. `done` is called later, never at once; what cannot be verified is not genuine.
 */
export function verifyLater(
  publicKey: Uint8Array,
  octets: Uint8Array,
  signature: Uint8Array,
  done: (genuine: boolean) => void,
): void {
  const key = publicKeyObject(publicKey);
  if (HAS_THREADS) {
    verify(null, octets, key, signature, (error, genuine) => done(error === null && genuine));
    return;
  }
  if (waiting.length === 0) setImmediate(verifyWaiting);
  waiting.push(() => done(verify(null, octets, key, signature)));
}

/** A signer with the Ed25519 key that belongs to a 32-octet seed. */
export function signerFromSeed(seed: Uint8Array): Sign {
  const key = createPrivateKey({ key: Buffer.concat([PKCS8, seed]), format: 'der', type: 'pkcs8' });
  return (octets) => sign(null, octets, key);
}
