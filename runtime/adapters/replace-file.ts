import { renameSync, rmSync, writeFileSync } from 'node:fs';

/**
 * Writes a text file in one step, over the one that is there: whatever goes wrong, one of the two is there, and whole.
 * @param flush waits until the disk has it, which may take seconds: for what must outlive the machine's failure, not
 *   only this process's
 * @throws the file system's error
 */
export function replaceFile(path: string, text: string, mode: number, flush = true): void {
  const draft = `${path}.new`;
  try {
    writeFileSync(draft, text, { mode, flush });
    renameSync(draft, path);
  } finally {
    rmSync(draft, { force: true });
  }
}
