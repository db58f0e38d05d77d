import { existsSync } from 'node:fs';
import { attempt, works } from '../hosts/index.ts';

/** Programs that hosts are made with, by their Debian packages. */
const PROGRAMS = [
  ['debootstrap', ['--version'], 'debootstrap'],
  ['systemd-nspawn', ['--version'], 'systemd-container'],
  ['ip', ['-V'], 'iproute2'],
  ['nft', ['-v'], 'nftables'],
  ['nsenter', ['--version'], 'util-linux'],
  ['losetup', ['--version'], 'mount'],
] as const;

/**
 * Another lab on this machine: two would have the same addresses.
 * @param name of the one that is meant
 */
export async function otherLab(name: string): Promise<string | undefined> {
  const { stdout } = await attempt('ip', ['netns', 'list']);
  // A router has the lab's name, a host that and its own behind it.
  const routers = stdout.split('\n').flatMap((line) => /^council-([a-z][a-z0-9]*)(?= |$)/.exec(line)?.[1] ?? []);
  return routers.find((router) => router !== name);
}

/** What this machine lacks for a lab, a sentence each; none where it has all. */
export async function lacking(): Promise<readonly string[]> {
  if (process.platform !== 'linux') return ['a lab needs Linux: its hosts are containers'];
  const found: string[] = [];
  if (process.getuid?.() !== 0) found.push('only root may make hosts: run it by sudo');
  for (const [program, args, name] of PROGRAMS)
    if (!(await works(program, args))) found.push(`${program} is not installed (apt-get install ${name})`);
  if (!existsSync('/sys/fs/cgroup/systemd') && !existsSync('/sys/fs/cgroup/cgroup.controllers'))
    found.push('there are no control groups below /sys/fs/cgroup');
  return found;
}
