import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { StoreUnreachableError } from '../ha/index.ts';
import { OperatorError, readZone, type ZoneAccess } from './zone-operator-access.ts';
import { checkSnapshot, type SnapshotFile } from './zone-operator-upkeep.ts';

/** Programs that restore a snapshot, the one that newer releases of etcd want first. */
const TOOLS = ['etcdutl', 'etcdctl'] as const;

export interface RestoreArgs {
  readonly snapshot: string;
  /** Of the member that shall begin anew. */
  readonly name: string;
  readonly peerUrl: string;
  /** A folder that is not there yet, or is empty. */
  readonly into: string;
  /** Tells the new cluster from the old one, should members of that come back. */
  readonly token: string;
}

export interface Restored extends RestoreArgs {
  readonly file: SnapshotFile;
  /** The program that did it, and what it was told. */
  readonly command: readonly string[];
}

/**
 * A cluster that can decide must not be recovered: its members would go on beside the new one.
 * @throws OperatorError where the cluster has a quorum; StoreError
 */
export async function checkQuorumIsLost(access: ZoneAccess): Promise<void> {
  try {
    await readZone(access);
  } catch (error) {
    if (error instanceof StoreUnreachableError) return;
    throw error;
  }
  throw new OperatorError(
    'HEALTHY',
    'etcd has a quorum: there is nothing to recover. See council ha replace-member --help',
  );
}

/**
 * Checks what a restore needs, and gives the command for it. Changes nothing.
 * @throws OperatorError, the file system's error
 */
export async function planRestore(args: RestoreArgs): Promise<Restored> {
  const { snapshot, name, peerUrl, into, token } = args;
  const file = await checkSnapshot(snapshot);
  const there = await readdir(into).catch((error: unknown) => {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return [];
    throw error;
  });
  if (there.length > 0)
    throw new OperatorError('NOT_POSSIBLE', `${into} is not empty: move it away, it may hold what the snapshot lacks`);
  const tool = TOOLS.map(findProgram).find((path) => path !== undefined);
  if (tool === undefined)
    throw new OperatorError('NOT_POSSIBLE', 'neither etcdutl nor etcdctl is installed (apt-get install etcd-client)');
  const place = [`--name=${name}`, `--initial-cluster=${name}=${peerUrl}`, `--initial-advertise-peer-urls=${peerUrl}`];
  const command = [
    tool,
    'snapshot',
    'restore',
    snapshot,
    `--data-dir=${into}`,
    ...place,
    `--initial-cluster-token=${token}`,
  ];
  return { ...args, file, command };
}

/** @throws OperatorError with what the program said, where it fails */
export async function restore({ command: [program = '', ...args], into }: Restored): Promise<void> {
  const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'], env: { ...process.env, ETCDCTL_API: '3' } });
  let said = '';
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (text: string) => {
      said += text;
    });
  const code = await new Promise<number | null>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', resolve);
  });
  if (code !== 0 || !existsSync(join(into, 'member')))
    throw new OperatorError('NOT_POSSIBLE', `${program} could not restore the snapshot (${code}): ${said.trim()}`);
}

/**
 * Whether a folder holds the data of an etcd member.
 * @throws OperatorError
 */
export function checkMemberFolder(folder: string): void {
  for (const part of ['snap/db', 'wal'])
    if (!existsSync(join(folder, 'member', part)))
      throw new OperatorError('NOT_POSSIBLE', `${folder} holds no member of etcd: there is no member/${part} in it`);
}

const findProgram = (name: string): string | undefined =>
  (process.env['PATH'] ?? '')
    .split(delimiter)
    .filter((folder) => folder !== '')
    .map((folder) => join(folder, name))
    .find((path) => existsSync(path));
