/** Terminals with real Ed25519 keys, made from fixed seeds by tweetnacl, and two judges of every signature. */
import assert from 'node:assert/strict';
import { createHash, createPrivateKey, createPublicKey, type KeyObject, sign, verify } from 'node:crypto';
import nacl from 'tweetnacl';
import type { Registry, TerminalKind, TerminalRecord } from '../../runtime/config/index.ts';
import type { Sign, SocketAddress, TransportAddress } from '../../runtime/h225/index.ts';
import { bitsPerSecond } from '../../runtime/units.ts';

export interface LabTerminal {
  readonly record: TerminalRecord;
  readonly sign: Sign;
  /** Where its datagrams come from. */
  readonly ras: SocketAddress;
  readonly signalling: TransportAddress;
}

export interface LabTerminalArgs {
  /** 1 to 254: the octet that its seed repeats and that its address 192.0.2.n ends in. */
  readonly n: number;
  readonly kind?: TerminalKind;
  readonly quota?: number;
  readonly maxSessions?: number;
}

const PKCS8 = Buffer.from('302e020100300506032b657004220420', 'hex');
const SPKI = Buffer.from('302a300506032b6570032100', 'hex');

export interface LabKeys {
  readonly publicKey: Uint8Array;
  readonly sign: Sign;
}

const keyPairs = new Map<number, LabKeys>();

/** The key pair of the seed that repeats octet `n`: the public half by tweetnacl; node:crypto signs, much faster. */
export function labKeys(n: number): LabKeys {
  const known = keyPairs.get(n);
  if (known !== undefined) return known;
  const seed = new Uint8Array(32).fill(n);
  const key = createPrivateKey({ key: Buffer.concat([PKCS8, seed]), format: 'der', type: 'pkcs8' });
  const { publicKey } = nacl.sign.keyPair.fromSeed(seed);
  const keys: LabKeys = { publicKey, sign: (octets) => sign(null, octets, key) };
  keyPairs.set(n, keys);
  return keys;
}

export function labTerminal(
  terminalId: string,
  { n, kind = 'guardian', quota = 2_500_000, maxSessions = 1 }: LabTerminalArgs,
): LabTerminal {
  const keys = labKeys(n);
  return {
    record: {
      terminalId,
      kind,
      role: `Role ${n}`,
      publicKey: keys.publicKey,
      quota: bitsPerSecond(quota),
      maxSessions,
    },
    sign: keys.sign,
    ras: { address: `192.0.2.${n}`, port: 20_000 + n },
    signalling: { kind: 'ipAddress', value: { ip: Uint8Array.of(192, 0, 2, n), port: 1720 } },
  };
}

/** `if://guardian/<n>` */
export const guardian = (n: number, args: Omit<LabTerminalArgs, 'n'> = {}): LabTerminal =>
  labTerminal(`if://guardian/${n}`, { ...args, n });

export const registryOf = (records: readonly TerminalRecord[], revision = '0123456789abcdef'): Registry => ({
  revision,
  terminals: new Map(records.map((record) => [record.terminalId, record])),
});

const publicKeys = new WeakMap<Uint8Array, KeyObject>();

/** By node:crypto alone. */
export function isGenuine(publicKey: Uint8Array, octets: Uint8Array, signature: Uint8Array): boolean {
  const key =
    publicKeys.get(publicKey) ??
    createPublicKey({ key: Buffer.concat([SPKI, publicKey]), format: 'der', type: 'spki' });
  publicKeys.set(publicKey, key);
  return verify(null, octets, key, signature);
}

const opinions = new Map<string, boolean>();

/** By node:crypto, which must agree with tweetnacl (10 ms a signature, so each one is only asked about once). */
export function isGenuineTwice(publicKey: Uint8Array, octets: Uint8Array, signature: Uint8Array): boolean {
  const genuine = isGenuine(publicKey, octets, signature);
  const key = createHash('sha256').update(publicKey).update(signature).update(octets).digest('hex');
  const opinion = opinions.get(key) ?? nacl.sign.detached.verify(octets, signature, publicKey);
  opinions.set(key, opinion);
  assert.equal(genuine, opinion, 'node:crypto and tweetnacl disagree on a signature');
  return genuine;
}
