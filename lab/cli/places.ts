import { homedir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The repository's root. */
export const ROOT = fileURLToPath(new URL('../../', import.meta.url));

/** Name of the stack, which is that of its file too. */
export const STACK = 'lab';

/** Where one lab has its things. */
export interface Places {
  /** First part of the names of all that it makes in the kernel. */
  readonly name: string;
  /** All that it keeps, its hosts' disks included; gone when it is destroyed. */
  readonly folder: string;
  /** Machine images, which are made once. */
  readonly cache: string;
  /** What is this project to Pulumi: links, and copies of what it writes to. */
  readonly project: string;
  /** What the daemon says about itself. */
  readonly daemonFile: string;
  /** Where the daemon is spoken to. */
  readonly socket: string;
  readonly log: string;
}

/** @param name of the lab: `lab`, unless a test has its own */
export function placesOf(name: string): Places {
  const home = (variable: string, ...fallback: string[]): string =>
    process.env[variable] || join(homedir(), ...fallback);
  const folder = join(home('XDG_STATE_HOME', '.local', 'state'), 'guardian-council', 'lab', name);
  return {
    name,
    folder,
    cache: join(home('XDG_CACHE_HOME', '.cache'), 'guardian-council', 'lab'),
    project: join(folder, 'project'),
    daemonFile: join(folder, 'daemon.json'),
    socket: join(folder, 'daemon.sock'),
    log: join(folder, 'lab.log'),
  };
}
