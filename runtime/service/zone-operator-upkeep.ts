import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import type { SnapshotProgress } from '../adapters/etcd/snapshot.ts';
import type { Revision } from '../ha/index.ts';
import { OperatorError, readZone, withAdmin, type ZoneAccess } from './zone-operator-access.ts';
import { type EtcdMemberReport, type EtcdReport, etcdReport, fullness } from './zone-operator-etcd.ts';

/** Octets: the SHA-256 of all that stands before it. */
const CHECKSUM = 32;
/** A member that rewrote its file gets so long to serve again before the next one begins, in ms. */
const RECOVERY = 30_000;
/** At least this much of the quota must be free before writes are let in again. */
const ROOM = 0.2;

export interface SnapshotFile {
  readonly file: string;
  /** Octets. */
  readonly size: number;
  /** Of its content, in hexadecimal, and found to be right. */
  readonly sha256: string;
  /** When it was last written, in milliseconds since 1970. */
  readonly written: number;
}

/**
 * Reads a snapshot from the disk and compares it with the checksum at its end.
 * @throws OperatorError where they differ; the file system's error
 */
export async function checkSnapshot(file: string): Promise<SnapshotFile> {
  const { size, mtimeMs } = await stat(file);
  // etcd's file is made of pages of 512 octets at least.
  if (size % 512 !== CHECKSUM)
    throw new OperatorError('NOT_POSSIBLE', `${file} is no snapshot of etcd with a checksum`);
  const hash = createHash('sha256');
  for await (const octets of createReadStream(file, { end: size - CHECKSUM - 1 })) hash.update(octets);
  const sha256 = hash.digest('hex');
  const end: Buffer[] = [];
  for await (const octets of createReadStream(file, { start: size - CHECKSUM })) end.push(octets);
  if (Buffer.concat(end).toString('hex') !== sha256)
    throw new OperatorError('NOT_POSSIBLE', `${file} is damaged: its checksum is not that of its content`);
  return { file, size, sha256, written: mtimeMs };
}

export interface Backup extends SnapshotFile {
  /** Name of the member that gave it. */
  readonly member: string;
  /** The last change of its cluster that was certainly in it. */
  readonly revision: Revision;
}

/**
 * Saves what a majority has now to a file that only its owner can read, and reads it again from the disk.
 * @throws OperatorError, StoreUnreachableError, StoreError, the file system's error; an older file stays as it was
 */
export async function backup(
  access: ZoneAccess,
  file: string,
  onProgress?: (progress: SnapshotProgress) => void,
): Promise<Backup> {
  const { revision } = await readZone(access);
  // The leader of the cluster has everything that a majority has; any other member may be behind.
  const source = (await etcdReport(access)).members.find(({ leads, healthy }) => leads && healthy);
  const { name = '', clientUrl } = source ?? {};
  if (clientUrl === undefined) throw new OperatorError('NO_QUORUM', 'the leader of the etcd cluster cannot be asked');
  await withAdmin(access, [clientUrl], (admin) => admin.snapshot(clientUrl, file, onProgress));
  return { ...(await checkSnapshot(file)), member: name, revision };
}

export interface Compacted {
  readonly revision: Revision;
  readonly members: readonly { readonly name: string; readonly before: number; readonly after: number }[];
  /** Writes were refused for want of room, and are let in again. */
  readonly disarmed: boolean;
}

/**
 * Forgets all history and gives the room back, one member after the other, the leader of the cluster last. Each serves
 * nobody meanwhile, so all voters must be healthy.
 * @throws OperatorError, StoreUnreachableError, StoreError
 */
export async function compact(access: ZoneAccess, onMember: (name: string) => void = () => {}): Promise<Compacted> {
  const before = await etcdReport(access);
  allHealthy(before);
  const { revision } = await readZone(access);
  await access.admin.compact(revision);
  const order = before.members.filter(({ healthy }) => healthy).toSorted((a, b) => Number(a.leads) - Number(b.leads));
  for (const { name, clientUrl } of order) {
    if (clientUrl === undefined) continue;
    onMember(name);
    await withAdmin(access, [clientUrl], (admin) => admin.defragment(clientUrl));
    await untilHealthy(access);
  }
  const after = await etcdReport(access);
  const sizeNow = (id: string): number => after.members.find((member) => member.id === id)?.dbSize ?? 0;
  return {
    revision,
    members: order.map(({ id, name, dbSize = 0 }) => ({ name, before: dbSize, after: sizeNow(id) })),
    disarmed: await disarm(access, after),
  };
}

function allHealthy({ members, voters, healthyVoters }: EtcdReport): void {
  if (healthyVoters === voters) return;
  const ill = members.filter(({ healthy, learner }) => !healthy && !learner).map(({ name, id }) => name || id);
  throw new OperatorError(
    'NO_QUORUM',
    `${ill.join(', ')} is not healthy, and each of the others serves nobody while its file is rewritten: that would cost the quorum`,
  );
}

async function untilHealthy(access: ZoneAccess): Promise<void> {
  const end = performance.now() + RECOVERY;
  for (;;) {
    const report = await etcdReport(access);
    if (report.healthyVoters === report.voters) return;
    if (performance.now() > end) return allHealthy(report);
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}

/** Lets writes in again after NOSPACE, where there is room now. A CORRUPT alarm is never taken back. */
async function disarm(access: ZoneAccess, { members }: EtcdReport): Promise<boolean> {
  const alarms = members.flatMap((member: EtcdMemberReport) => member.alarms);
  const hasRoom = members.every((member) => fullness(member) <= 1 - ROOM);
  if (alarms.length === 0 || !hasRoom || alarms.some((alarm) => alarm !== 'NOSPACE')) return false;
  await access.admin.disarm();
  return true;
}
