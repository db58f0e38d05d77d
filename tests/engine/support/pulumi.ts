import { type ChildProcess, spawn } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { delimiter } from 'node:path';
import type { Toolchain } from '../toolchain/find.ts';
import { SECRETS } from './leaks.ts';
import type { Project } from './project.ts';

/** What one `pulumi` process did. */
export interface Finished {
  /** Null where a signal ended it. */
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface PulumiSettings {
  readonly toolchain: Toolchain;
  readonly project: Project;
  /** Attached providers, by the package's name. */
  readonly ports: Readonly<Record<string, number>>;
}

/** No run of ours takes longer; one that does hangs. Milliseconds. */
const PATIENCE = 400_000;

/** Nothing of the user's own: neither their Pulumi login nor their AWS account. */
function environment({ toolchain, project, ports }: PulumiSettings): Record<string, string> {
  const path = [project.tools, toolchain.folder, process.env['PATH'] ?? ''].join(delimiter);
  const attached = Object.entries(ports).map(([name, port]) => `${name}:${port}`);
  return {
    PATH: path,
    HOME: project.folder,
    PULUMI_HOME: `${project.folder}/home`,
    PULUMI_BACKEND_URL: `file://${project.backend}`,
    PULUMI_CONFIG_PASSPHRASE: SECRETS.passphrase,
    AWS_ACCESS_KEY_ID: 'AKIDEXAMPLE',
    AWS_SECRET_ACCESS_KEY: SECRETS.awsSecretKey,
    PULUMI_DEBUG_PROVIDERS: attached.join(','),
    // All plugins are attached: the network is not to be asked for any.
    PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: 'true',
    PULUMI_SKIP_UPDATE_CHECK: 'true',
    PULUMI_DEBUG_COMMANDS: 'true',
    PULUMI_SELF_MANAGED_STATE_NO_LEGACY_WARNING: 'true',
    NO_COLOR: '1',
  };
}

/**
 * Runs the real command line without a terminal.
 *
 * @param onStart gets the process, for tests that end it
 * @throws where it cannot be started, or runs for longer than any run of ours does
 */
export const pulumi = (args: readonly string[], settings: PulumiSettings, options?: RunOptions): Promise<Finished> =>
  start('pulumi', [...args, '--non-interactive'], settings, options);

/** Runs lines of a shell in the project's folder, as an operator would, up to the first that fails. */
export const shell = (lines: string, settings: PulumiSettings): Promise<Finished> =>
  start('bash', ['-euo', 'pipefail', '-c', lines], settings, { env: { PULUMI_SKIP_CONFIRMATIONS: 'true' } });

function start(
  program: string,
  args: readonly string[],
  settings: PulumiSettings,
  { input = '', env = {}, onStart }: RunOptions = {},
): Promise<Finished> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, [...args], {
      cwd: settings.project.folder,
      env: { ...environment(settings), ...env },
      // A group of its own: a CLI that is killed leaves its language host behind, which goes with the group.
      detached: true,
    });
    const parts = { stdout: '', stderr: '' };
    for (const name of ['stdout', 'stderr'] as const)
      child[name].setEncoding('utf8').on('data', (text: string) => {
        parts[name] += text;
      });
    let wasSlow = false;
    const timer = setTimeout(() => {
      wasSlow = true;
      endGroup(child);
    }, PATIENCE);
    child.once('error', (error) => reject(new Error(`${program} cannot be started: ${error.message}`)));
    child.once('close', (status) => {
      clearTimeout(timer);
      if (wasSlow)
        reject(new Error(`${program} ${args.join(' ')} took more than ${PATIENCE} ms\n${parts.stdout}${parts.stderr}`));
      else resolve({ status, ...parts });
    });
    child.stdin.once('error', () => {});
    child.stdin.end(input);
    onStart?.(child);
  });
}

export interface RunOptions {
  readonly input?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly onStart?: (child: ChildProcess) => void;
}

/**
 * Ends a `pulumi` and everything that it started, at once. The language host gives the program's process a group of its
 * own, and without its engine that would go on for ever; so its descendants are looked for one by one.
 */
export function endGroup({ pid }: ChildProcess): void {
  if (pid === undefined) return;
  for (const one of [-pid, ...descendantsOf(pid)])
    try {
      process.kill(one, 'SIGKILL');
    } catch {
      // It is gone already.
    }
}

/** Of a process, by Linux's list of processes. */
function descendantsOf(pid: number): number[] {
  const children = new Map<number, number[]>();
  for (const name of readdirSync('/proc').filter((entry) => /^\d+$/.test(entry))) {
    const parent = parentOf(Number(name));
    if (parent !== undefined) children.set(parent, [...(children.get(parent) ?? []), Number(name)]);
  }
  const found = [...(children.get(pid) ?? [])];
  for (let at = 0; at < found.length; at++) found.push(...(children.get(found[at] ?? 0) ?? []));
  return found;
}

/** `undefined` where the process has ended meanwhile. */
function parentOf(pid: number): number | undefined {
  try {
    // The second field, a name in parentheses, may hold anything; the fourth is the parent.
    return Number(/\) \S+ (\d+) /.exec(readFileSync(`/proc/${pid}/stat`, 'utf8'))?.[1]);
  } catch {
    return undefined;
  }
}
