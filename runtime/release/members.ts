import { type GatePatience, gate } from './gate.ts';
import type { HostState } from './host-state.ts';
import type { ReleaseRole } from './hosts.ts';
import type { Members, Steps } from './orders.ts';

export interface MembersArgs {
  readonly role: ReleaseRole;
  readonly release: string;
  /** Who must serve as well while one of them is judged. */
  readonly partner: ReleaseRole | undefined;
  readonly patience: GatePatience | undefined;
}

const ONE_LOOK: GatePatience = { looks: 1, inARow: 1 };
/** Looks at an instance that boots for the first time, which installs its packages: a quarter of an hour. */
const FIRST_BOOT_LOOKS = 180;

/**
 * Brings a release to the instances of a role, one after the other, and waits after each until it serves. Those of a
 * group come and go meanwhile: they are listed anew before each, so one that came is brought there too, and one that
 * went is nobody's failure. Ends with why it stopped, or `undefined` when there is none left without it.
 */
export function* bringMembers(args: MembersArgs): Steps<string | undefined> {
  const { role } = args;
  const done = new Set<string>();
  for (;;) {
    const listed = yield { kind: 'members', role };
    if (!listed.ok) return listed.reason;
    const { ids, grouped }: Members = listed.members ?? { ids: [], grouped: false };
    if (ids.length === 0) return 'no instance of it is running';
    const next = ids.find((id) => !done.has(id));
    if (next === undefined) return undefined;
    done.add(next);
    const problem = yield* grouped ? bringGrouped(next, args) : bringOne(next, args);
    if (problem === undefined) continue;
    if (!grouped || (yield* isThere(role, next))) return problem;
    yield { kind: 'tell', text: `${role}: ${next} has left the group` };
  }
}

/**
 * Switches an instance unless it serves with the release already, and waits until it does.
 *
 * @param who names it where a role's name does not
 */
function* bringOne(
  member: string,
  { role, release, partner, patience }: MembersArgs,
  who = '',
): Steps<string | undefined> {
  if ((yield* gate({ role, member, release, patience: ONE_LOOK })) !== undefined) {
    const switched = yield { kind: 'switch', role, member, release };
    if (!switched.ok) return switched.reason;
  }
  const problem = yield* gate({ role, member, release, partner, ...(patience && { patience }) });
  return problem === undefined ? undefined : `${who}the gate is not passed: ${problem}`;
}

/** The same for one of a group, which may be on its first boot, or about to go: then its last calls are left in peace. */
function* bringGrouped(member: string, args: MembersArgs): Steps<string | undefined> {
  const { role, release, patience } = args;
  const host = yield* booted(role, member, patience?.looks ?? FIRST_BOOT_LOOKS);
  if (typeof host === 'string') return host;
  if (host.leaving) {
    yield { kind: 'tell', text: `${role}: ${member} leaves the group and stays as it is` };
    return undefined;
  }
  const problem = yield* bringOne(member, args, `${member}: `);
  if (problem === undefined) yield { kind: 'tell', text: `${role}: ${member} serves with ${release.slice(0, 12)}` };
  return problem;
}

/** Waits until an instance can be asked and has booted; it may be too young for that. Or why it cannot. */
function* booted(role: ReleaseRole, member: string, looks: number): Steps<HostState | string> {
  let problem = `${member}: it was not looked at`;
  for (let look = 0; look < looks; look++) {
    if (look > 0) yield { kind: 'wait' };
    const seen = yield { kind: 'look', role, member };
    const [host] = seen.ok ? (seen.hosts ?? []) : [];
    if (host !== undefined && !host.booting) return host;
    problem = seen.ok ? `${member}: its first boot has not ended` : seen.reason;
    if (!(yield* isThere(role, member))) return problem;
  }
  return problem;
}

/** Whether an instance is still one of its role; where that cannot be told, it is. */
function* isThere(role: ReleaseRole, member: string): Steps<boolean> {
  const listed = yield { kind: 'members', role };
  return !listed.ok || (listed.members?.ids ?? []).includes(member);
}
