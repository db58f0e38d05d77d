import { existsSync } from 'node:fs';
import { works } from '../hosts/index.ts';

/** Programs that hosts are made with, by their Debian packages. */
const PROGRAMS = [
  ['debootstrap', ['--version'], 'debootstrap'],
  ['systemd-nspawn', ['--version'], 'systemd-container'],
  ['ip', ['-V'], 'iproute2'],
  ['nft', ['-v'], 'nftables'],
  ['nsenter', ['--version'], 'util-linux'],
] as const;

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
