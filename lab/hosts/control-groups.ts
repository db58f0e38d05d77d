/** A control group for each host: systemd in a container kills by group, and without one of its own it would kill its neighbours. */
import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, rmdir } from 'node:fs/promises';
import { join } from 'node:path';

const ROOT = '/sys/fs/cgroup';

/** The hierarchies that systemd uses: version 2 alone, or both side by side with version 1. */
const hierarchies = (): readonly string[] =>
  existsSync(join(ROOT, 'cgroup.controllers'))
    ? [ROOT]
    : ['systemd', 'unified'].map((name) => join(ROOT, name)).filter((path) => existsSync(path));

/** Makes a group in every hierarchy, and gives their folders: whoever writes its own number into `cgroup.procs` moves there. */
export async function makeGroups(lab: string, host: string): Promise<readonly string[]> {
  const folders = hierarchies().map((hierarchy) => join(hierarchy, lab, host));
  for (const folder of folders) await mkdir(folder, { recursive: true });
  return folders;
}

/** Every process in a host's groups, those of groups below included. */
export async function membersOf(lab: string, host: string): Promise<ReadonlySet<number>> {
  const found = new Set<number>();
  for (const hierarchy of hierarchies())
    for (const folder of await below(join(hierarchy, lab, host))) {
      const text = await readFile(join(folder, 'cgroup.procs'), 'utf8').catch(() => '');
      for (const line of text.split('\n')) if (line !== '') found.add(Number(line));
    }
  return found;
}

/** Removes a host's groups, or without one those of the whole lab; nothing may run in them any more. */
export async function removeGroups(lab: string, host = ''): Promise<void> {
  for (const hierarchy of hierarchies())
    for (const folder of await below(join(hierarchy, lab, host))) await rmdir(folder).catch(() => {});
}

/** A folder and all below it, the deepest first. */
async function below(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => undefined);
  if (entries === undefined) return [];
  const inner: string[] = [];
  for (const entry of entries) if (entry.isDirectory()) inner.push(...(await below(join(folder, entry.name))));
  return [...inner, folder];
}
