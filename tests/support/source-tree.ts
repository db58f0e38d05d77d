/** A copy of this checkout as it is, packages included, in a folder of its own. */
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Checkout } from '../../runtime/adapters/checkout.ts';

export const ROOT = fileURLToPath(new URL('../..', import.meta.url));

/** @param name of the folder, below a new one */
export async function sourceTree(name: string): Promise<{ readonly folder: string; readonly remove: () => void }> {
  const base = realpathSync(mkdtempSync(join(tmpdir(), 'council-tree-')));
  const folder = join(base, name);
  mkdirSync(folder, { recursive: true });
  await new Checkout(ROOT).exportFiles(folder);
  // By hard links where both are on one disk: nothing writes to packages.
  for (const how of ['-al', '-a'])
    if (spawnSync('cp', [how, join(ROOT, 'node_modules'), join(folder, 'node_modules')]).status === 0) break;
  return { folder, remove: () => rmSync(base, { recursive: true, force: true }) };
}
