import { generateKeyPairSync, randomBytes, webcrypto } from 'node:crypto';
import { secretsManifest } from '../../components/secrets/index.ts';
import {
  type Change,
  type Inventory,
  parseManifest,
  type SecretsManifest,
  type StoredSecret,
  type Tools,
} from '../../runtime/secrets/index.ts';

/** The manifest of a made-up stack, taken over the wall as text. */
export function exampleManifest(mcuEngine: 'jitsi' | 'kurento' = 'jitsi'): SecretsManifest {
  const made = secretsManifest({
    stack: 'prod',
    region: 'eu-central-1',
    vpcCidr: '10.20.0.0/16',
    subnetCidrs: ['10.20.0.0/20', '10.20.16.0/20', '10.20.32.0/20'],
    mcuEngine,
  });
  return parseManifest(JSON.stringify(made), 'the example');
}

/** The same with every host at one address, for members of etcd on this machine. */
export function manifestAt(address: string, network: string): SecretsManifest {
  const manifest = exampleManifest();
  const hosts = Object.entries(manifest.hosts).map(([role, host]) => [role, { ...host, address }]);
  return { ...manifest, networks: [network], hosts: Object.fromEntries(hosts) };
}

export const newKey = (): string =>
  generateKeyPairSync('ec', {
    namedCurve: 'prime256v1',
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
    publicKeyEncoding: { type: 'spki', format: 'pem' },
  }).privateKey;

export const toolsAt = (now: Date): Tools => ({ crypto: webcrypto, now, randomBytes, newKey });

/** What only people know. */
export const GIVEN: ReadonlyMap<string, string> = new Map([
  ['alertmanager/slack-url', 'https://hooks.example/services/T0/B0/not-a-real-hook'],
  ['alertmanager/pagerduty-key', 'notareal0123456789key0123456789k'],
]);

/** What the store holds after changes. */
export function applied(inventory: Inventory, changes: readonly Change[]): Inventory {
  const stored = new Map<string, StoredSecret>(inventory);
  for (const change of changes)
    if (change.kind === 'remove') stored.delete(change.name);
    else stored.set(change.name, { name: change.name, value: change.value, isEncrypted: true });
  return stored;
}

export const EMPTY: Inventory = new Map();
