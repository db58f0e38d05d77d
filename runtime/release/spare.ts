import type { GatePatience } from './gate.ts';
import { type HostState, quorumProblem, serves } from './host-state.ts';
import { type GatekeeperRole, otherGatekeeper } from './hosts.ts';
import type { Steps } from './orders.ts';

/** A partner that has just been started anew serves within half a minute. */
const SPARE_PATIENCE: Pick<GatePatience, 'looks'> = { looks: 6 };

/**
 * Whether a gatekeeper's machine can be taken away: its partner serves, and etcd decides without this voter; or it does
 * not serve itself. Ends with why not, or `undefined`. One that is there and cannot be asked may serve.
 */
export function* spare(role: GatekeeperRole, { looks } = SPARE_PATIENCE): Steps<string | undefined> {
  let problem: string | undefined = 'it was not looked at';
  for (let look = 0; look < looks; look++) {
    if (look > 0) yield { kind: 'wait' };
    const beside = yield* watch(otherGatekeeper(role));
    if (beside.state === 'serves') problem = beside.hosts.map((host) => quorumProblem(role, host)).find(Boolean);
    else {
      const itself = yield* watch(role);
      const isNeeded = itself.state === 'serves' || itself.state === 'silent';
      problem = isNeeded ? `${itself.said}, and ${beside.said}` : undefined;
    }
    // Where nobody is there, there is nothing to wait for: somebody must bring it up.
    if (problem === undefined || beside.state === 'gone') return problem;
  }
  return problem;
}

interface Watched {
  readonly state: 'serves' | 'idle' | 'gone' | 'silent';
  /** The same for people. */
  readonly said: string;
  readonly hosts: readonly HostState[];
}

function* watch(role: GatekeeperRole): Steps<Watched> {
  const look = yield { kind: 'look', role };
  if (!look.ok) return { state: 'silent', said: `${role} cannot be asked (${look.reason})`, hosts: [] };
  const { hosts = [] } = look;
  if (hosts.length === 0) return { state: 'gone', said: `no instance of ${role} is running`, hosts };
  return hosts.some((host) => serves(role, host))
    ? { state: 'serves', said: `${role} serves`, hosts }
    : { state: 'idle', said: `${role} does not serve`, hosts };
}
