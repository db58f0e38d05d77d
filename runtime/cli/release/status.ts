import Table from 'cli-table3';
import { NO_RELEASE, problemOf, RELEASE_ROLES, type ReleaseRole } from '../../release/index.ts';
import { type Console, paint } from '../console.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import type { Options } from './options.ts';
import { Stack } from './stack.ts';

interface HostStatus {
  readonly role: ReleaseRole;
  readonly instance: string;
  /** SHA-256 or `none`. */
  readonly wanted: string;
  /** What is current there; null where the host cannot be asked. */
  readonly current: string | null;
  /** What its service runs, where it tells. */
  readonly running: string | null;
  /** Whether the group that it is of has chosen it to go: nothing is wanted of it any more. */
  readonly leaving: boolean;
  /** Why it does not serve with the release that is wanted; null where it does. */
  readonly problem: string | null;
}

/** `council release status` */
export async function releaseStatus(options: Options, console: Console): Promise<ExitCode> {
  const stack = new Stack(options, () => {});
  try {
    const aim = (await stack.parameters.find(`/guardian-council/${stack.name}/release`)) ?? NO_RELEASE;
    const proven = (await stack.parameters.find(stack.names.proven)) ?? NO_RELEASE;
    const hosts: HostStatus[] = [];
    for (const role of RELEASE_ROLES) hosts.push(...(await statusOf(stack, role)));
    const isWell = hosts.every(({ problem, wanted }) => problem === null && wanted === aim);
    if (options['json'] === true)
      console.out(`${JSON.stringify({ stack: stack.name, release: aim, proven, ok: isWell, hosts })}\n`);
    else
      console.out(
        `the stack's file asks for ${aim}\nall hosts were brought to ${proven}\n${table(hosts, aim, console)}\n`,
      );
    return isWell ? EXIT.ok : EXIT.no;
  } finally {
    stack.close();
  }
}

/** What is not known of an instance that was not reached. */
const UNSEEN = { current: null, running: null, leaving: false };

async function statusOf(stack: Stack, role: ReleaseRole): Promise<readonly HostStatus[]> {
  const wanted = (await stack.parameters.find(stack.names.wanted(role))) ?? NO_RELEASE;
  const ids = (await stack.hosts()).get(role) ?? [];
  if (ids.length === 0) return [{ ...UNSEEN, role, instance: '', wanted, problem: 'no instance of it is running' }];
  const found: HostStatus[] = [];
  for (const instance of ids) {
    const seen = await stack.look(role, instance);
    if (typeof seen === 'string') found.push({ ...UNSEEN, role, instance, wanted, problem: seen });
    else {
      const problem = wanted === NO_RELEASE ? null : (problemOf(role, wanted, seen) ?? null);
      const { current, leaving = false, probe } = seen;
      found.push({ role, instance, wanted, current, running: probe?.release ?? null, leaving, problem });
    }
  }
  return found;
}

const short = (release: string | null): string => (release === null ? '?' : release.slice(0, 12));

function table(hosts: readonly HostStatus[], aim: string, console: Console): string {
  const drawn = new Table({
    head: ['Host', 'Instance', 'Wanted', 'Current', 'State'],
    style: { head: console.isTerminal ? ['bold'] : [], border: [] },
  });
  for (const { role, instance, wanted, current, leaving, problem } of hosts) {
    const behind = wanted === aim ? undefined : `not the ${short(aim)} of the stack's file`;
    const wrong = problem ?? behind;
    drawn.push([
      role,
      instance,
      short(wanted),
      short(current),
      wrong === undefined
        ? paint(console, 'green', leaving ? 'leaves the group' : 'well')
        : paint(console, 'red', wrong),
    ]);
  }
  return drawn.toString();
}
