import { isMap, parseDocument, type YAMLMap } from 'yaml';
import { UsageError } from '../failure.ts';

/** Keys that only the stack that is stood in for may have: the rollback stack has that of it. */
const LEFT_OUT = [
  'addressesLentTo',
  'domain',
  'flowLogDays',
  'gatekeeperId',
  'hostedZoneId',
  'monthlyBudgetUsd',
  'sipGatewayMax',
  'sipGatewayMin',
  'witnessLockDays',
  'witnessRetentionDays',
];

const key = (name: string): string => `guardian-council:${name}`;

export interface RollbackFile {
  /** The stack that is stood in for. */
  readonly of: string;
  /** SHA-256 of the release that the hosts are to run. */
  readonly release: string;
}

/**
 * The file of a rollback stack, from the file of the stack that it stands in for: everything is as there, encrypted values
 * and what they are encrypted with too, but for what makes it a rollback stack.
 * @throws UsageError where the text is no stack's file
 */
export function rollbackFile(text: string, { of, release }: RollbackFile): string {
  const document = parseDocument(text);
  const config = configOf(document.errors.length > 0 ? undefined : document.get('config'), `Pulumi.${of}.yaml`);
  document.commentBefore =
    ` Written by council rollback, from Pulumi.${of}.yaml: a council that stands in for ${of} for a time\n` +
    ' (docs/operations/rollback.md). It goes with the stack.';
  // What a comment says belongs to the file that it was written for.
  dropComments(config);
  for (const pair of config.items) {
    const { key: name, value } = pair;
    for (const node of [name, value]) if (typeof node === 'object' && node !== null) dropComments(node);
  }
  for (const name of LEFT_OUT) config.delete(key(name));
  config.set(key('environment'), 'rollback');
  config.set(key('rollbackOf'), of);
  config.set(key('release'), release);
  return document.toString();
}

/** The same file, with the addresses taken or not. @throws UsageError where the text is no stack's file */
export function withAddresses(text: string, take: boolean): string {
  const document = parseDocument(text);
  const config = configOf(document.errors.length > 0 ? undefined : document.get('config'), 'the rollback stack');
  config.set(key('takeAddresses'), take);
  return document.toString();
}

/** Which release the hosts of a rollback stack's file are to run. */
export const releaseOf = (text: string): unknown => keyOf(text, 'release');

export const takesAddresses = (text: string): boolean => keyOf(text, 'takeAddresses') === true;

const keyOf = (text: string, name: string): unknown => parseDocument(text).getIn(['config', key(name)]);

function configOf(config: unknown, where: string): YAMLMap {
  if (!isMap(config)) throw new UsageError(`${where}: has no configuration of a stack`);
  return config;
}

function dropComments(node: object): void {
  for (const place of ['comment', 'commentBefore', 'spaceBefore'])
    if (place in node) Reflect.deleteProperty(node, place);
}
