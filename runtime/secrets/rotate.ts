import { isIssuedBy, parseBundle, parseCertificate } from '../pki/index.ts';
import { authorityNames, BUNDLES, issueFor, keepAuthority, PAIRS, type Tools, trustBundle } from './authority.ts';
import { type Change, Draft, type Inventory } from './draft.ts';
import { SecretsError } from './errors.ts';
import { hostsOf } from './init.ts';
import type { SecretsManifest } from './manifest.ts';
import { newJitsiEnvironment, newPassword, rendererEnvironment } from './passwords.ts';

/** The parts of an authority's rotation, in their order. Between them, every voter and gatekeeper has to read anew. */
export const STEPS = ['trust', 'issue', 'retire'] as const;
export type Step = (typeof STEPS)[number];

/**
 * One step from an authority to the next.
 *
 * - `trust`: a new authority is made, and every host is to trust both
 * - `issue`: every host gets a certificate of the new one, with a new key
 * - `retire`: nobody is to trust the old one, whose key is forgotten
 *
 * A step that broke off is given again.
 * @throws SecretsError where the step before it is not done
 */
export async function rotateAuthority(
  manifest: SecretsManifest,
  inventory: Inventory,
  step: Step,
  tools: Tools,
): Promise<readonly Change[]> {
  const draft = new Draft(inventory);
  const old = authorityNames(manifest, 'ca');
  const next = authorityNames(manifest, 'next-ca');
  draft.need(old.certificate);
  if (step === 'trust') {
    await keepAuthority(draft, manifest, 'next-ca', tools);
    writeBundles(draft, manifest, trustBundle(draft, manifest));
    return draft.changes;
  }
  if (!draft.has(next.certificate))
    throw new SecretsError(`no rotation has begun: ${next.certificate} is missing; the step trust comes first`);
  if (step === 'issue') {
    refuseUntrusted(draft, manifest, next.certificate);
    await reissue(draft, manifest, 'next-ca', tools);
    return draft.changes;
  }
  refuseUnissued(draft, manifest, next.certificate);
  writeBundles(draft, manifest, draft.need(next.certificate));
  // Where this step broke off at its very end, the old place has the new key already.
  draft.write(old.key, draft.read(next.key) ?? draft.need(old.key));
  draft.write(old.certificate, draft.need(next.certificate));
  // Last, and the certificate at the very end: as long as it is there, this step can be given again.
  draft.remove(next.key);
  draft.remove(next.certificate);
  return draft.changes;
}

/**
 * New certificates with new keys for all hosts, or for one, of the authority that there is.
 * @throws SecretsError during a rotation of the authority, which brings new ones anyway
 */
export async function rotateCertificates(
  manifest: SecretsManifest,
  inventory: Inventory,
  role: string | undefined,
  tools: Tools,
): Promise<readonly Change[]> {
  const draft = new Draft(inventory);
  const { certificate } = authorityNames(manifest, 'next-ca');
  if (draft.has(certificate))
    throw new SecretsError(`the authority is being rotated (${certificate} is there): go on with that`);
  if (role !== undefined && manifest.hosts[role] === undefined)
    throw new SecretsError(`no host ${role} has secrets; these have: ${Object.keys(manifest.hosts).join(', ')}`);
  await reissue(draft, manifest, 'ca', tools, role);
  return draft.changes;
}

export const rotateJitsi = (manifest: SecretsManifest, inventory: Inventory, tools: Tools): readonly Change[] =>
  rewrite(manifest, inventory, (file) => (file === 'root/jitsi.env' ? () => newJitsiEnvironment(tools) : undefined));

/** Grafana's `secret-key` stays: what Grafana has encrypted with it could not be read any more. */
export function rotateGrafana(manifest: SecretsManifest, inventory: Inventory, tools: Tools): readonly Change[] {
  const token = newPassword(tools);
  const makers: Readonly<Record<string, () => string>> = {
    'grafana/admin-password': () => newPassword(tools),
    'grafana/renderer-token': () => token,
    'root/renderer.env': () => rendererEnvironment(token),
  };
  return rewrite(manifest, inventory, (file) => makers[file]);
}

/** Other values of people in the place of those that are there. */
export function replaceGiven(
  manifest: SecretsManifest,
  inventory: Inventory,
  given: ReadonlyMap<string, string>,
): readonly Change[] {
  const draft = new Draft(inventory);
  for (const { secrets, name } of hostsOf(manifest))
    for (const file of [...secrets.given, ...secrets.optional]) {
      const value = given.get(file);
      if (value !== undefined) draft.write(name(file), value);
    }
  return draft.changes;
}

function rewrite(
  manifest: SecretsManifest,
  inventory: Inventory,
  makerOf: (file: string) => (() => string) | undefined,
): readonly Change[] {
  const draft = new Draft(inventory);
  for (const { secrets, name } of hostsOf(manifest))
    for (const file of secrets.made) {
      const make = makerOf(file);
      if (make !== undefined) draft.write(name(file), make());
    }
  return draft.changes;
}

const bundleNames = (manifest: SecretsManifest): readonly string[] =>
  hostsOf(manifest).flatMap(({ secrets, name }) => BUNDLES.filter((file) => secrets.made.includes(file)).map(name));

function writeBundles(draft: Draft, manifest: SecretsManifest, bundle: string): void {
  for (const name of bundleNames(manifest)) draft.write(name, bundle);
}

async function reissue(
  draft: Draft,
  manifest: SecretsManifest,
  by: 'ca' | 'next-ca',
  tools: Tools,
  only?: string,
): Promise<void> {
  for (const { role, secrets, name } of hostsOf(manifest)) {
    if (only !== undefined && role !== only) continue;
    for (const pair of PAIRS) {
      if (!secrets.made.includes(pair.certificate)) continue;
      const key = tools.newKey();
      const certificate = await issueFor(draft, manifest, { role, secrets, pair, key }, by, tools);
      draft.write(name(pair.key), key);
      draft.write(name(pair.certificate), certificate);
    }
  }
}

/** Every host must be told of the new authority before anybody shows a certificate of it. */
function refuseUntrusted(draft: Draft, manifest: SecretsManifest, nextName: string): void {
  const next = parseCertificate(draft.need(nextName), nextName);
  const lacking = bundleNames(manifest).filter(
    (name) => !parseBundle(draft.need(name), name).some(({ raw }) => raw.equals(next.raw)),
  );
  if (lacking.length > 0)
    throw new SecretsError(`the new authority is not in ${lacking.join(', ')}: give the step trust again`);
}

/** Nobody may still show a certificate of the old authority. */
function refuseUnissued(draft: Draft, manifest: SecretsManifest, nextName: string): void {
  const next = parseCertificate(draft.need(nextName), nextName);
  const names = hostsOf(manifest).flatMap(({ secrets, name }) =>
    PAIRS.filter(({ certificate }) => secrets.made.includes(certificate)).map(({ certificate }) => name(certificate)),
  );
  const old = names.filter((name) => !isIssuedBy(parseCertificate(draft.need(name), name), next));
  if (old.length > 0)
    throw new SecretsError(`still of the old authority: ${old.join(', ')}; give the step issue first`);
}
