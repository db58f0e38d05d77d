import { type HostState, problemOf, quorumProblem, serves } from './host-state.ts';
import type { ReleaseRole, Voter } from './hosts.ts';
import type { Steps } from './orders.ts';

/** How patient a gate is. */
export interface GatePatience {
  /** Looks at most, with a wait between two. */
  readonly looks: number;
  /** Looks in a row that must find all well, and the same process: a service that keeps crashing looks well at times. */
  readonly inARow: number;
}

export const GATE_PATIENCE: GatePatience = { looks: 30, inARow: 2 };

export interface GateArgs {
  readonly role: ReleaseRole;
  /** The one instance that it is about; all of the role unless given. */
  readonly member?: string | undefined;
  readonly release: string;
  /** Who must serve as well, with whatever release. */
  readonly partner?: ReleaseRole | undefined;
  /** Whose machine may be taken out behind this gate: etcd must decide without it. */
  readonly next?: Voter | undefined;
  readonly patience?: GatePatience;
}

/** Waits until the hosts of a role serve with a release. Ends with why they do not, or `undefined`. */
export function* gate(args: GateArgs): Steps<string | undefined> {
  const { role, member, release, partner, next, patience = GATE_PATIENCE } = args;
  let problem = 'it was not looked at';
  let passed = 0;
  let processes = '';
  for (let look = 0; look < patience.looks; look++) {
    if (look > 0) yield { kind: 'wait' };
    const seen = yield { kind: 'look', role, member };
    const hosts = seen.ok ? (seen.hosts ?? []) : [];
    const found = seen.ok ? problemIn(role, release, hosts) : seen.reason;
    const wrong =
      found ?? quorumIn(next, hosts) ?? (partner === undefined ? undefined : yield* partnerProblem(partner));
    const now = hosts.map(({ pid }) => pid).join(' ');
    if (wrong !== undefined) {
      problem = wrong;
      passed = 0;
    } else if (passed > 0 && now !== processes) {
      problem = 'its service was started anew between two looks: it keeps ending';
      passed = 1;
    } else if (++passed >= patience.inARow) return undefined;
    processes = now;
  }
  return problem;
}

function problemIn(role: ReleaseRole, release: string, hosts: readonly HostState[]): string | undefined {
  if (hosts.length === 0) return 'no instance of it is running';
  return hosts.map((host) => problemOf(role, release, host)).find((problem) => problem !== undefined);
}

const quorumIn = (next: Voter | undefined, hosts: readonly HostState[]): string | undefined =>
  next === undefined ? undefined : hosts.map((host) => quorumProblem(next, host)).find((found) => found !== undefined);

function* partnerProblem(partner: ReleaseRole): Steps<string | undefined> {
  return (yield* isServing(partner)) ? undefined : `${partner} does not serve beside it`;
}

/** Whether all hosts of a role serve, with whatever release; one that cannot be asked does not. */
export function* isServing(role: ReleaseRole): Steps<boolean> {
  const seen = yield { kind: 'look', role };
  const hosts = seen.ok ? (seen.hosts ?? []) : [];
  return hosts.length > 0 && hosts.every((host) => serves(role, host));
}
