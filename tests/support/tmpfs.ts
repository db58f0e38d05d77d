import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { skipLoudly } from './skip.ts';

export interface Disk {
  readonly path: string;
  remove(): void;
}

/**
 * A file system of its own in a new folder: `size=1m` to be filled, `ro` to be refused by. Skips the test where this
 * process may not mount one.
 */
export function mountTmpfs(context: Mocha.Context, options: string): Disk {
  const path = mkdtempSync(join(tmpdir(), 'council-disk-'));
  const { status, stderr, error } = spawnSync('mount', ['-t', 'tmpfs', '-o', options, 'council-test', path]);
  if (status !== 0) {
    rmdirSync(path);
    const [why] = String(error?.message ?? stderr)
      .trim()
      .split('\n', 1);
    skipLoudly(context, `only root may mount a file system (${why})`);
  }
  return {
    path,
    remove() {
      // Lazily: whoever still has a file open there keeps it, but the folder is free.
      spawnSync('umount', ['--lazy', path]);
      rmdirSync(path);
    },
  };
}
