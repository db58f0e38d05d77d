import { renameSync, rmSync, writeFileSync } from 'node:fs';

/**
 * Writes a text file in one step, over the one that is there: whatever goes wrong, one of the two is there, and whole.
 * @throws the file system's error
 */
export function replaceFile(path: string, text: string, mode: number): void {
  const draft = `${path}.new`;
  try {
    writeFileSync(draft, text, { mode, flush: true });
    renameSync(draft, path);
  } finally {
    rmSync(draft, { force: true });
  }
}
