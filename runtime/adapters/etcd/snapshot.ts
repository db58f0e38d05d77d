import { createHash } from 'node:crypto';
import { type FileHandle, open, rename, rm } from 'node:fs/promises';
import { Metadata } from '@grpc/grpc-js';
import { StoreError, StoreUnreachableError } from '../../ha/index.ts';
import { snapshot } from './admin-methods.ts';
import type { EtcdChannels } from './channels.ts';
import { isServiceError, storeError } from './errors.ts';

export interface SnapshotProgress {
  /** Octets that have been written. */
  readonly written: number;
  /** Octets to come, as etcd says; its checksum is not among them. */
  readonly remaining: number;
}

/** Octets: etcd puts the SHA-256 of a snapshot behind it. */
const CHECKSUM = 32;

const asIs = (octets: Uint8Array): Buffer => Buffer.from(octets.buffer, octets.byteOffset, octets.byteLength);

/** As EtcdAdmin.snapshot. */
export async function saveSnapshot(
  channels: EtcdChannels,
  endpoint: string,
  file: string,
  onProgress: (progress: SnapshotProgress) => void = () => {},
): Promise<void> {
  const draft = `${file}.new`;
  await rm(draft, { force: true });
  try {
    const handle = await open(draft, 'wx', 0o600);
    try {
      await receive(channels, endpoint, handle, onProgress);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(draft, file);
  } finally {
    await rm(draft, { force: true });
  }
}

async function receive(
  channels: EtcdChannels,
  endpoint: string,
  handle: FileHandle,
  onProgress: (progress: SnapshotProgress) => void,
): Promise<void> {
  const hash = createHash('sha256');
  // The end of what came so far: it is content, unless nothing comes behind it.
  let tail: Buffer = Buffer.alloc(0);
  let written = 0;
  const stream = channels
    .clientAt(endpoint)
    .makeServerStreamRequest(snapshot.path, asIs, asIs, snapshot.encode({}), new Metadata());
  stream.on('error', () => {}); // that of cancelling below; others come out of the loop
  try {
    for await (const octets of stream) {
      const { blob, remainingBytes } = snapshot.decode(octets);
      await handle.writeFile(blob);
      written += blob.length;
      const content = Buffer.concat([tail, blob]);
      const end = Math.max(0, content.length - CHECKSUM);
      hash.update(content.subarray(0, end));
      tail = Buffer.from(content.subarray(end));
      onProgress({ written, remaining: remainingBytes });
    }
  } catch (error) {
    throw isServiceError(error) ? storeError(error, endpoint) : error;
  } finally {
    stream.cancel();
  }
  if (written <= CHECKSUM) throw new StoreUnreachableError(`etcd at ${endpoint} sent no snapshot`);
  if (!hash.digest().equals(tail)) throw new StoreError('REFUSED', `the snapshot of etcd at ${endpoint} came damaged`);
}
