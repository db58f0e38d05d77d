import { existsSync, mkdirSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { errnoOf } from './errno.ts';

/**
 * Makes a folder and its parents, unless they exist; `mode` is for those that are made.
 * @throws the file system's error
 */
export function makeFolder(path: string, mode: number): void {
  try {
    mkdirSync(path, { recursive: true, mode });
  } catch (error) {
    if (errnoOf(error) !== 'ENOENT') throw error;
    // Node says so of a read-only file system too. The first missing folder, asked for by itself, gives the reason.
    let first = resolve(path);
    while (!existsSync(dirname(first))) first = dirname(first);
    mkdirSync(first, { mode });
    throw error;
  }
}
