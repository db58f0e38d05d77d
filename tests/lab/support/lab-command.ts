/** `npm run lab` as a test uses it, and what a lab must leave behind: nothing. */
import { spawn, spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { lacking, otherLab } from '../../../lab/cli/needs.ts';
import { findPulumi } from '../../../lab/cli/pulumi.ts';
import { skipLoudly } from '../../support/skip.ts';

const ROOT = join(import.meta.dirname, '../../..');
const MAIN = join(ROOT, 'lab/cli/main.ts');

/** Skips a suite where it was not asked for, or where this machine can have no lab. */
export async function needLab(context: Mocha.Context, name: string, withPulumi: boolean): Promise<void> {
  if (process.env['COUNCIL_LAB_TESTS'] !== '1')
    skipLoudly(context, 'hosts are booted, which takes minutes and root: npm run test:lab');
  const missing = await lacking();
  if (missing.length > 0) skipLoudly(context, missing.join('; '));
  const other = await otherLab(name);
  if (other !== undefined)
    skipLoudly(context, `lab ${other} is on this machine: npm run lab -- --name ${other} destroy`);
  if (!withPulumi) return;
  const found = await findPulumi().catch((error: Error) => error);
  if (found instanceof Error) skipLoudly(context, found.message);
}

/** A command of the lab failed. */
export class LabFailed extends Error {
  override readonly name = 'LabFailed';
  /** All that it said: what a step complained of may stand long before the end. */
  readonly said: string;

  constructor(args: readonly string[], status: number | null, said: string) {
    super(`lab ${args.join(' ')}: exit status ${status}\n${said.slice(-4000)}`);
    this.said = said;
  }
}

/** Runs a command of the lab to its end, and gives its standard output. @throws LabFailed */
export function lab(name: string, args: readonly string[], input = ''): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, ['--import', 'tsx', MAIN, '--name', name, ...args], { cwd: ROOT });
    let [out, all] = ['', ''];
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      out += text;
      all += text;
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      all += text;
    });
    child.once('error', reject);
    child.once('close', (status) => {
      if (status === 0) resolve(out);
      else reject(new LabFailed(args, status, all));
    });
    child.stdin.once('error', () => {});
    child.stdin.end(input);
  });
}

const lines = (command: string): string[] => {
  const { stdout } = spawnSync('sh', ['-c', command], { encoding: 'utf8' });
  return stdout.split('\n').filter(Boolean).sort();
};

/** What of a lab can be seen on this machine. */
export const traces = (name: string): Readonly<Record<string, readonly string[]>> => ({
  links: lines('ip -o link | cut -d: -f2'),
  routes: lines('ip route show table all'),
  namespaces: lines('ip netns list'),
  rules: lines('nft list ruleset'),
  mounts: lines(`grep -F /lab/${name}/ /proc/mounts`),
  devices: lines(`losetup --list --noheadings --output BACK-FILE | grep -F /lab/${name}/`),
  groups: lines(`find /sys/fs/cgroup -type d -name 'council-${name}*'`),
  // Brackets, lest it find itself.
  processes: lines(`grep -al 'council[-]${name}' /proc/[0-9]*/cmdline 2>/dev/null`),
  folders: lines(`ls -d "\${XDG_STATE_HOME:-$HOME/.local/state}/guardian-council/lab/${name}" 2>/dev/null`),
});
