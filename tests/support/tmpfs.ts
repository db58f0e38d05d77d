import { spawnSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { skipLoudly } from './skip.ts';

/**
 * Mounts a file system of its own on a new folder: `size=1m` to be filled, `ro` to be refused by. Gives what unmounts it.
 * Skips the test where that is not allowed.
 */
export function mountTmpfs(context: Mocha.Context, folder: string, options: string): () => void {
  mkdirSync(folder);
  const { status, stderr, error } = spawnSync('mount', ['-t', 'tmpfs', '-o', options, 'council-test', folder]);
  if (status !== 0) skipLoudly(context, `needs a mount, which only root may make (${error?.message ?? stderr})`.trim());
  return () => {
    // Lazily: whoever still has a file open there keeps it, but the folder is free.
    spawnSync('umount', ['--lazy', folder]);
  };
}
