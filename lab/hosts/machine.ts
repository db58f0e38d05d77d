/** One host: a container of systemd-nspawn with a whole Debian in it, on an overlay over the image. */
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, open, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { attempt, type CommandResult, run } from './commands.ts';
import { makeGroups, membersOf, removeGroups } from './control-groups.ts';

/** Milliseconds that a host has to end by itself; systemd gives its units up to 90 s. */
const PATIENCE = 30_000;

export interface MachineArgs {
  /** The lab's name, first part of all names. */
  readonly lab: string;
  /** The instance's id. */
  readonly id: string;
  /** Where its disk and its console's log are. */
  readonly folder: string;
  /** The network namespace that it has for its own. */
  readonly namespace: string;
}

export class Machine {
  readonly #args: MachineArgs;

  constructor(args: MachineArgs) {
    this.#args = args;
  }

  /** What it wrote to its serial console. */
  get console(): string {
    return join(this.#args.folder, 'console.log');
  }

  get #root(): string {
    return join(this.#args.folder, 'root');
  }

  get #pidFile(): string {
    return join(this.#args.folder, 'nspawn.pid');
  }

  /**
   * Starts it: a new disk where it has none yet, with these files put on it, and systemd on it. Gives as soon as its first
   * process runs, as EC2 does; what its boot comes to is in the console's log.
   * @param image the root that its disk begins as; never written
   */
  async boot(image: string, files: Readonly<Record<string, string>>): Promise<void> {
    const { folder, lab, id, namespace } = this.#args;
    for (const name of ['upper', 'work', 'root']) await mkdir(join(folder, name), { recursive: true });
    if (!existsSync(join(this.#root, 'usr'))) {
      const layers = `lowerdir=${image},upperdir=${join(folder, 'upper')},workdir=${join(folder, 'work')}`;
      await run('mount', ['-t', 'overlay', lab, '-o', layers, this.#root]);
    }
    for (const [path, content] of Object.entries(files)) {
      await mkdir(dirname(join(this.#root, path)), { recursive: true });
      await writeFile(join(this.#root, path), content);
    }
    const groups = await makeGroups(lab, id);
    const log = await open(this.console, 'a');
    try {
      const command = [
        'systemd-nspawn',
        ...['--quiet', '--boot', `--directory=${this.#root}`, `--machine=${id}`],
        ...[`--network-namespace-path=/run/netns/${namespace}`, '--capability=CAP_NET_ADMIN'],
        // This machine need not run systemd itself.
        ...['--register=no', '--keep-unit', '--settings=no', '--link-journal=no'],
        ...['--resolv-conf=off', '--timezone=off', '--console=pipe'],
      ];
      // It moves itself into its groups and becomes the container's supervisor.
      const script = 'for g in $GROUPS_OF_HOST; do echo $$ >"$g/cgroup.procs"; done; exec "$@"';
      const child = spawn('/bin/sh', ['-c', script, 'sh', ...command], {
        detached: true,
        stdio: ['ignore', log.fd, log.fd],
        env: { PATH: process.env['PATH'] ?? '', GROUPS_OF_HOST: groups.join(' ') },
      });
      child.on('error', () => {}); // No process: the wait below finds that out.
      await writeFile(this.#pidFile, `${child.pid ?? ''}`);
      child.unref();
    } finally {
      await log.close();
    }
    for (let waited = 0; waited < PATIENCE; waited += 50) {
      if ((await this.leader()) !== undefined) return;
      if ((await this.#supervisor()) === undefined) break;
      await pause(50);
    }
    throw new Error(`host ${id} did not start: ${(await readFile(this.console, 'utf8')).slice(-500)}`);
  }

  /** Number of its first process, which is systemd; undefined while it does not run. */
  async leader(): Promise<number | undefined> {
    const supervisor = await this.#supervisor();
    if (supervisor === undefined) return undefined;
    const text = await readFile(`/proc/${supervisor}/task/${supervisor}/children`, 'utf8').catch(() => '');
    for (const child of text.split(' ').filter(Boolean).map(Number)) {
      const name = await readFile(`/proc/${child}/comm`, 'utf8').catch(() => '');
      if (name.trim() === 'systemd') return child;
    }
    return undefined;
  }

  /**
   * Runs a command on it as root, as the Systems Manager agent would.
   * @throws Error when the host does not run
   */
  async execute(
    command: readonly string[],
    options: { readonly input?: string; readonly env?: Readonly<Record<string, string>> } = {},
  ): Promise<CommandResult> {
    const { env = {}, ...rest } = options;
    const variables = Object.entries(env).map(([name, value]) => `${name}=${value}`);
    const enter = await this.entrance();
    return attempt('nsenter', [...enter, 'env', '-i', ...ENVIRONMENT, ...variables, ...command], rest);
  }

  /** Arguments of nsenter that lead onto the host. @throws Error when it does not run */
  async entrance(): Promise<readonly string[]> {
    const leader = await this.leader();
    if (leader === undefined) throw new Error(`host ${this.#args.id} is not running`);
    return [`--target=${leader}`, '--mount', '--uts', '--ipc', '--net', '--pid', '--cgroup', '--root', '--wd', '--'];
  }

  /** Ends it as a power button would, or at last by force. Its disk stays. */
  async stop(patience = PATIENCE): Promise<void> {
    const { lab, id } = this.#args;
    const supervisor = await this.#supervisor();
    if (supervisor !== undefined) signal(supervisor, 'SIGTERM');
    for (let waited = 0; waited < patience && (await membersOf(lab, id)).size > 0; waited += 50) await pause(50);
    for (let tries = 0; tries < 100; tries += 1) {
      const members = await membersOf(lab, id);
      if (members.size === 0) break;
      for (const member of members) signal(member, 'SIGKILL');
      await pause(20);
    }
    await removeGroups(lab, id);
    await rm(this.#pidFile, { force: true });
  }

  /** Ends it and removes all that it had. */
  async end(patience?: number): Promise<void> {
    await this.stop(patience);
    if (existsSync(join(this.#root, 'usr'))) await run('umount', [this.#root]);
    await rm(this.#args.folder, { recursive: true, force: true });
  }

  /** The process that supervises the container. A number that another process got meanwhile is not taken for it. */
  async #supervisor(): Promise<number | undefined> {
    const pid = Number(await readFile(this.#pidFile, 'utf8').catch(() => ''));
    if (!Number.isInteger(pid) || pid <= 1) return undefined;
    const line = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '');
    return line.includes(`--machine=${this.#args.id}`) ? pid : undefined;
  }
}

/** What a login has on a host; where AWS is stands in /etc/environment, for units and logins alike. */
const ENVIRONMENT = ['PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin', 'HOME=/root', 'LANG=C.UTF-8'];

function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch {
    // It has ended meanwhile.
  }
}
