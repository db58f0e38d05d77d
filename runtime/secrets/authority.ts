import { issueCertificate, makeAuthority, type Signing } from '../pki/index.ts';
import type { Draft } from './draft.ts';
import { SecretsError } from './errors.ts';
import type { HostSecrets, SecretsManifest } from './manifest.ts';

/** What is made of chance and time; given in, so that a test can know it. */
export interface Tools {
  readonly crypto: Signing['crypto'];
  readonly now: Date;
  readonly randomBytes: (size: number) => Uint8Array;
  /** A new P-256 private key, PEM (PKCS#8). */
  readonly newKey: () => string;
}

/** Where the authority of etcd is kept: the one in force, and during a rotation the next one. No host may read there. */
export const authorityNames = ({ pkiPath }: SecretsManifest, which: 'ca' | 'next-ca') => ({
  key: `${pkiPath}/etcd/${which}.key`,
  certificate: `${pkiPath}/etcd/${which}.crt`,
});

/** Files that hold the certificates of all authorities that are trusted. */
export const BUNDLES: readonly string[] = ['etcd/ca.crt', 'gatekeeper/etcd-ca.crt'];

/** Files of a host's own certificates: the certificate, its key, and whether it is a server's. */
export const PAIRS = [
  { certificate: 'etcd/member.crt', key: 'etcd/member.key', isServer: true },
  { certificate: 'gatekeeper/etcd-client.crt', key: 'gatekeeper/etcd-client.key', isServer: false },
] as const;

export type Pair = (typeof PAIRS)[number];

/** Common name of a host's certificate; of a server also its DNS name. */
export const certificateName = (role: string, { isServer }: Pair): string => (isServer ? role : `${role}-client`);

/** The authority that signs, made where there is none yet. The key is written first: from it, the rest can be made again. */
export async function keepAuthority(
  draft: Draft,
  manifest: SecretsManifest,
  which: 'ca' | 'next-ca',
  tools: Tools,
): Promise<void> {
  const names = authorityNames(manifest, which);
  if (draft.has(names.certificate)) {
    if (!draft.has(names.key))
      throw new SecretsError(
        `${names.key} is missing, though its certificate is there: nothing can be signed. Restore it, or begin a new authority: council secrets rotate etcd-ca --step trust`,
      );
    return;
  }
  const key = draft.keepOr(names.key, tools.newKey);
  const serial = newSerial(tools);
  const name = `${manifest.zone} etcd ${Buffer.from(serial.subarray(1, 5)).toString('hex')}`;
  const certificate = await makeAuthority({ name, key, networks: manifest.networks }, signing(tools, serial));
  draft.keepOr(names.certificate, () => certificate);
}

/** The certificates of all authorities that hosts are to trust, PEM. */
export function trustBundle(draft: Draft, manifest: SecretsManifest): string {
  const next = draft.read(authorityNames(manifest, 'next-ca').certificate);
  return `${draft.need(authorityNames(manifest, 'ca').certificate)}${next ?? ''}`;
}

/** A certificate for one of a host's keys, PEM. */
export function issueFor(
  draft: Draft,
  manifest: SecretsManifest,
  host: { readonly role: string; readonly secrets: HostSecrets; readonly pair: Pair; readonly key: string },
  by: 'ca' | 'next-ca',
  tools: Tools,
): Promise<string> {
  const { role, secrets, pair, key } = host;
  const names = authorityNames(manifest, by);
  return issueCertificate(
    { certificate: draft.need(names.certificate), key: draft.need(names.key) },
    { name: certificateName(role, pair), key, address: secrets.address, isServer: pair.isServer },
    signing(tools, newSerial(tools)),
  );
}

const signing = ({ crypto, now }: Tools, serial: Uint8Array): Signing => ({ crypto, now, serial });

/** A positive number of 16 octets, the first of which is not zero. */
function newSerial({ randomBytes }: Tools): Uint8Array {
  const serial = Uint8Array.from(randomBytes(16));
  serial[0] = ((serial[0] ?? 0) & 0x3f) | 0x40;
  return serial;
}
