/** A small file system of its own for a gatekeeper's data, that can be filled to the last octet. */
import { closeSync, mkdirSync, openSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { run, works } from './shell.ts';

/** What /proc/mounts calls them. */
export const SMALL_DISK = 'council-lab';
const BALLAST = 'ballast';

export function mountSmallDisk(folder: string): void {
  mkdirSync(folder, { recursive: true });
  run('mount', ['-t', 'tmpfs', '-o', 'size=64m,mode=0700', SMALL_DISK, folder]);
}

export const unmountSmallDisk = (folder: string): boolean => works('umount', ['--lazy', folder]);

export function fillDisk(folder: string): void {
  const file = openSync(join(folder, BALLAST), 'w');
  try {
    for (let octets = 1 << 20; octets > 0; ) {
      try {
        writeSync(file, Buffer.alloc(octets));
      } catch {
        octets >>= 1;
      }
    }
  } finally {
    closeSync(file);
  }
}

export const emptyDisk = (folder: string): void => rmSync(join(folder, BALLAST));
