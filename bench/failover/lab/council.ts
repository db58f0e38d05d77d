/** Twelve guardians, the MCU and the zone, with keys of their own made for one lab. */
import { randomBytes } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { loadOrCreateKeyPair } from '../../../runtime/adapters/key-files.ts';
import { keyFileName, keyPairFromSeed } from '../../../runtime/config/index.ts';
import { GATEKEEPER_ID } from './gatekeeper.ts';

/** With their media quotas, one way, in Mbit/s. */
const GUARDIANS: readonly (readonly [name: string, quota: number])[] = [
  ...([
    ['technical', 2.5],
    ['civic', 2],
    ['ethical', 2.5],
    ['cultural', 2],
  ] as const),
  ...([
    ['contrarian', 2.5],
    ['meta', 2],
    ['security', 2.5],
    ['accessibility', 2],
  ] as const),
  ...([
    ['economic', 2],
    ['ecological', 2.5],
    ['historical', 2],
    ['legal', 2.5],
  ] as const),
];

export interface Participant {
  readonly terminalId: string;
  /** Of its private key, in hex. */
  readonly seed: string;
}

export interface Council {
  readonly keyFile: string;
  /** The zone's, in hex. */
  readonly publicKey: string;
  readonly registry: string;
  readonly mcu: Participant;
  /** `units`: the most that one may ask for, in units of 100 bit/s both ways. */
  readonly guardians: readonly (Participant & { readonly units: number })[];
}

/** Writes the zone's key and the registry into a folder. */
export function makeCouncil(folder: string): Council {
  const name = keyFileName(GATEKEEPER_ID);
  const zone = loadOrCreateKeyPair(folder, name, randomBytes);
  const participant = (terminalId: string): Participant => ({ terminalId, seed: randomBytes(32).toString('hex') });
  const mcu = participant('if://council/mcu');
  const guardians = GUARDIANS.map(([guardian, quota]) => ({
    ...participant(`if://guardian/${guardian}`),
    units: (quota * 1e6 * 2) / 100,
  }));
  const entry = ({ terminalId, seed }: Participant, quota: number): readonly string[] => [
    `  - terminal_id: "${terminalId}"`,
    '    role: "lab"',
    `    public_key_hex: "${Buffer.from(keyPairFromSeed(Buffer.from(seed, 'hex')).publicKey).toString('hex')}"`,
    `    bandwidth_quota_bps: ${quota}`,
  ];
  const registry = join(folder, 'registry.yaml');
  const lines = [
    'guardians:',
    ...guardians.flatMap((guardian) => entry(guardian, (guardian.units * 100) / 2)),
    'infrastructure:',
    ...entry(mcu, 100_000_000),
    '    max_sessions: 25',
  ];
  writeFileSync(registry, `${lines.join('\n')}\n`);
  return {
    keyFile: join(folder, `${name}.key`),
    publicKey: Buffer.from(zone.publicKey).toString('hex'),
    ...{ registry, mcu, guardians },
  };
}
