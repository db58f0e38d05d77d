import { decodeKey, decodeKeys, encodeKey, keyPairFromSeed } from '../config/index.ts';
import type { Tools } from './authority.ts';
import { type Change, Draft, type Inventory } from './draft.ts';
import { SecretsError } from './errors.ts';
import { hostsOf } from './init.ts';
import type { SecretsManifest } from './manifest.ts';
import { newGatekeeperKey } from './passwords.ts';

/** What a gatekeeper signs with. */
export const GATEKEEPER_KEY = 'gatekeeper/gatekeeper.key';
/**
 * Beside it, from the first rotation on: the public keys that terminals are to know, one a line, as the file of their
 * `--gatekeeper-key`. A stand-in's canary is such a terminal.
 */
const PUBLIC_KEYS = 'gatekeeper/gatekeeper.pub';

/** The parts of a rotation of the zone's key, in their order. Terminals change between the first two, hosts after the second. */
export const KEY_STEPS = ['announce', 'issue', 'retire'] as const;
export type KeyStep = (typeof KEY_STEPS)[number];

/** Where the next key waits until it is issued; no host may read there. */
export const nextKeyName = ({ pkiPath }: SecretsManifest): string => `${pkiPath}/gatekeeper/next.key`;

/** A gatekeeper's parameters, by their whole paths. */
interface Holder {
  readonly key: string;
  readonly publicKeys: string;
}

const holdersOf = (manifest: SecretsManifest): readonly Holder[] =>
  hostsOf(manifest).flatMap(({ secrets, name }) =>
    secrets.made.includes(GATEKEEPER_KEY) ? [{ key: name(GATEKEEPER_KEY), publicKeys: name(PUBLIC_KEYS) }] : [],
  );

/**
 * One step from a key of the zone to the next.
 *
 * - `announce`: the next key is made, and terminals are to know both public halves
 * - `issue`: the gatekeepers get the next key to sign with, and may do so one after the other
 * - `retire`: terminals are to know the next one alone
 *
 * A step that broke off is given again.
 * @throws SecretsError where the step before it is not done
 */
export function rotateGatekeeperKeyBy(
  step: KeyStep,
  manifest: SecretsManifest,
  inventory: Inventory,
  tools: Tools,
): readonly Change[] {
  const draft = new Draft(inventory);
  const holders = holdersOf(manifest);
  const next = nextKeyName(manifest);
  if (step === 'announce') {
    refuseIssued(draft, holders, next);
    const current = theOnlyKey(draft, holders);
    const following = publicHalf(
      draft.keepOr(next, () => newGatekeeperKey(tools)),
      next,
    );
    publish(draft, holders, [current, following]);
    return draft.changes;
  }
  if (!draft.has(next))
    throw new SecretsError(`no rotation has begun: ${next} is missing; the step announce comes first`);
  const following = publicHalf(draft.need(next), next);
  if (step === 'issue') {
    refuseUnannounced(draft, holders, following);
    for (const { key } of holders) draft.write(key, draft.need(next));
    return draft.changes;
  }
  const old = holders.filter(({ key }) => publicHalf(draft.need(key), key) !== following).map(({ key }) => key);
  if (old.length > 0) throw new SecretsError(`still the old key: ${old.join(', ')}; give the step issue first`);
  publish(draft, holders, [following]);
  // Last: as long as it is there, this step can be given again.
  draft.remove(next);
  return draft.changes;
}

/**
 * A new key for the zone at once, for one that has leaked; a rotation that was under way is over. Terminals take no answer
 * of a gatekeeper until they have been told the new public key.
 */
export function replaceGatekeeperKey(manifest: SecretsManifest, inventory: Inventory, tools: Tools): readonly Change[] {
  const draft = new Draft(inventory);
  const holders = holdersOf(manifest);
  const key = newGatekeeperKey(tools);
  for (const holder of holders) draft.write(holder.key, key);
  publish(draft, holders, [publicHalf(key, 'the new key')]);
  draft.remove(nextKeyName(manifest));
  return draft.changes;
}

/**
 * What terminals have to know now, 64 hex digits each: what was published, and whatever else a gatekeeper may sign with.
 * Parameters that cannot be read are left out; they have findings of their own.
 */
export function gatekeeperPublicKeys(manifest: SecretsManifest, inventory: Inventory): readonly string[] {
  const draft = new Draft(inventory);
  const holders = holdersOf(manifest);
  const published = holders.flatMap(({ publicKeys }) => linesOf(draft.read(publicKeys)) ?? []);
  return [...new Set([...published, ...holders.flatMap(({ key }) => readHalf(draft, key) ?? [])])];
}

/** The public half of the key that gatekeepers have to sign with, 64 hex digits; `undefined` where none has one. */
export function gatekeeperPublicKey(manifest: SecretsManifest, inventory: Inventory): string | undefined {
  const draft = new Draft(inventory);
  return holdersOf(manifest).flatMap(({ key }) => readHalf(draft, key) ?? [])[0];
}

/** Lists of public keys that are in the store, or should be: whole paths, and what is to be found wrong with the text. */
export function publishedKeys(
  manifest: SecretsManifest,
  inventory: Inventory,
): readonly { readonly name: string; readonly problemsOf: (text: string) => readonly string[] }[] {
  const draft = new Draft(inventory);
  const holders = holdersOf(manifest);
  const next = nextKeyName(manifest);
  if (!draft.has(next) && !holders.some(({ publicKeys }) => draft.has(publicKeys))) return [];
  const needed = [...holders.map(({ key }) => key), next];
  const halves = new Map(needed.flatMap((name) => [[name, readHalf(draft, name)] as const]));
  const problemsOf = (text: string): readonly string[] => {
    const lines = linesOf(text);
    if (lines === undefined) return ['it is not 64 hex digits a line'];
    const lacking = [...halves].filter(([, half]) => half !== undefined && !lines.includes(half));
    const problems = lacking.map(([name]) => `it lacks the public half of ${name}`);
    // During a rotation that is the old key, which is retired last.
    const isRotating = draft.has(next);
    const known = [...halves.values()];
    if (!isRotating && lines.some((line) => !known.includes(line)))
      problems.push('it holds a key that no gatekeeper signs with');
    if (new Set(lines).size < lines.length || lines.length > 2) problems.push('it is not one key, or two');
    return problems;
  };
  return holders.map(({ publicKeys }) => ({ name: publicKeys, problemsOf }));
}

function publish(draft: Draft, holders: readonly Holder[], keys: readonly string[]): void {
  const text = keys.map((key) => `${key}\n`).join('');
  for (const { publicKeys } of holders) draft.write(publicKeys, text);
}

/** The public half of the key that all gatekeepers have. */
function theOnlyKey(draft: Draft, holders: readonly Holder[]): string {
  const names = holders.map(({ key }) => key);
  const [only, ...others] = new Set(names.map((name) => publicHalf(draft.need(name), name)));
  if (only === undefined) throw new SecretsError('no host of the stack has a key of a gatekeeper');
  if (others.length > 0)
    throw new SecretsError(`the gatekeepers have different keys, though they are one zone: ${names.join(', ')}`);
  return only;
}

/** Once the next key is issued there is no telling what the one before it was. */
function refuseIssued(draft: Draft, holders: readonly Holder[], next: string): void {
  const following = draft.has(next) ? publicHalf(draft.need(next), next) : undefined;
  const issued = holders.filter(({ key }) => following !== undefined && readHalf(draft, key) === following);
  if (issued.length === 0) return;
  const what = issued.length < holders.length ? 'give the step issue again' : 'the step retire comes next';
  throw new SecretsError(`the next key is issued already: ${issued.map(({ key }) => key).join(', ')}; ${what}`);
}

/** Terminals must be told of the next key before anybody signs with it, and not forget the one that is in force. */
function refuseUnannounced(draft: Draft, holders: readonly Holder[], following: string): void {
  const inForce = holders.map(({ key }) => publicHalf(draft.need(key), key));
  const lacking = holders.filter(({ publicKeys }) => {
    const lines = linesOf(draft.read(publicKeys)) ?? [];
    return ![following, ...inForce].every((key) => lines.includes(key));
  });
  if (lacking.length > 0)
    throw new SecretsError(
      `the next key is not announced in ${lacking.map(({ publicKeys }) => publicKeys).join(', ')}: give the step announce again`,
    );
}

/** The public half of a key's text, 64 hex digits. @throws SecretsError where that is no key */
function publicHalf(text: string, name: string): string {
  const seed = decodeKey(text);
  if (seed === undefined) throw new SecretsError(`${name} is not 64 hex digits`);
  return encodeKey(keyPairFromSeed(seed).publicKey).trim();
}

function readHalf(draft: Draft, name: string): string | undefined {
  const text = draft.read(name);
  return text === undefined || decodeKey(text) === undefined ? undefined : publicHalf(text, name);
}

const linesOf = (text: string | undefined): readonly string[] | undefined =>
  text === undefined ? undefined : decodeKeys(text)?.map((key) => encodeKey(key).trim());
