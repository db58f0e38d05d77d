import { BUNDLES, issueFor, keepAuthority, PAIRS, type Tools, trustBundle } from './authority.ts';
import { type Change, Draft, type Inventory } from './draft.ts';
import { SecretsError } from './errors.ts';
import type { HostSecrets, SecretsManifest } from './manifest.ts';
import {
  isGatekeeperKey,
  newGatekeeperKey,
  newJitsiEnvironment,
  newPassword,
  rendererEnvironment,
  rendererToken,
} from './passwords.ts';

export interface InitPlan {
  readonly changes: readonly Change[];
  /** Whole paths of what only people can give and nobody has. */
  readonly missing: readonly string[];
}

/** A host while its secrets are made. */
interface Host {
  readonly role: string;
  readonly secrets: HostSecrets;
  readonly name: (file: string) => string;
}

export const hostsOf = (manifest: SecretsManifest): readonly Host[] =>
  Object.entries(manifest.hosts).map(([role, secrets]) => ({
    role,
    secrets,
    name: (file) => `${secrets.path}/${file}`,
  }));

/**
 * What is to be written so that every host has all of its secrets. What is there stays as it is. Values of people come
 * first, since a host begins as soon as it has all that is made for it.
 * @param given values of people by `<owner>/<file>`
 * @throws SecretsError where what is there does not allow it, PkiError where certificates cannot be made
 */
export async function planInit(
  manifest: SecretsManifest,
  inventory: Inventory,
  given: ReadonlyMap<string, string>,
  tools: Tools,
): Promise<InitPlan> {
  const draft = new Draft(inventory);
  const missing: string[] = [];
  const hosts = hostsOf(manifest);
  for (const { secrets, name } of hosts)
    for (const file of [...secrets.given, ...secrets.optional]) {
      const value = given.get(file);
      if (value !== undefined) draft.keepOr(name(file), () => value);
      else if (!draft.has(name(file)) && secrets.given.includes(file)) missing.push(name(file));
    }
  if (hosts.some(({ secrets }) => secrets.made.some((file) => BUNDLES.includes(file))))
    await keepAuthority(draft, manifest, 'ca', tools);
  for (const host of hosts) for (const file of host.secrets.made) await makeFile(draft, manifest, host, file, tools);
  return { changes: draft.changes, missing };
}

async function makeFile(
  draft: Draft,
  manifest: SecretsManifest,
  host: Host,
  file: string,
  tools: Tools,
): Promise<void> {
  const { name } = host;
  const pair = PAIRS.find(({ certificate, key }) => certificate === file || key === file);
  if (pair !== undefined) {
    if (draft.has(name(pair.certificate)) && !draft.has(name(pair.key)))
      throw new SecretsError(
        `${name(pair.key)} is missing, though its certificate is there; make both anew: council secrets rotate etcd-certificates`,
      );
    const key = draft.keepOr(name(pair.key), tools.newKey);
    if (draft.has(name(pair.certificate))) return;
    const certificate = await issueFor(draft, manifest, { ...host, pair, key }, 'ca', tools);
    draft.keepOr(name(pair.certificate), () => certificate);
    return;
  }
  const make = makerOf(draft, manifest, name, file, tools);
  draft.keepOr(name(file), make);
}

/** How a file that is no certificate of a host's is made. */
function makerOf(
  draft: Draft,
  manifest: SecretsManifest,
  name: (file: string) => string,
  file: string,
  tools: Tools,
): () => string {
  if (BUNDLES.includes(file)) return () => trustBundle(draft, manifest);
  switch (file) {
    case 'gatekeeper/gatekeeper.key':
      return () => sharedKey(draft, manifest) ?? newGatekeeperKey(tools);
    case 'grafana/admin-password':
    case 'grafana/secret-key':
      return () => newPassword(tools);
    case 'grafana/renderer-token':
      return () => {
        const environment = draft.read(name('root/renderer.env'));
        return environment === undefined ? newPassword(tools) : rendererToken(environment, name('root/renderer.env'));
      };
    case 'root/renderer.env':
      return () => rendererEnvironment(draft.keepOr(name('grafana/renderer-token'), () => newPassword(tools)).trim());
    case 'root/jitsi.env':
      return () => newJitsiEnvironment(tools);
    default:
      throw new SecretsError(`${name(file)}: this release of council does not know how to make it`);
  }
}

/** The zone's key, where one of its gatekeepers has it already. */
function sharedKey(draft: Draft, manifest: SecretsManifest): string | undefined {
  const file = 'gatekeeper/gatekeeper.key';
  const holders = hostsOf(manifest).flatMap(({ secrets, name }) => (secrets.made.includes(file) ? [name(file)] : []));
  const keys = holders.flatMap((holder) => {
    const key = draft.read(holder);
    if (key !== undefined && !isGatekeeperKey(key)) throw new SecretsError(`${holder} is not 64 hex digits`);
    return key === undefined ? [] : [key];
  });
  if (new Set(keys.map((key) => key.trim().toLowerCase())).size > 1)
    throw new SecretsError(`the gatekeepers have different keys, though they are one zone: ${holders.join(', ')}`);
  return keys[0];
}
