import type { GatePatience } from './gate.ts';
import { serves } from './host-state.ts';
import { partnerOf, type ReleaseRole } from './hosts.ts';
import type { Steps } from './orders.ts';

/** A partner that has just been started anew serves within half a minute. */
const SPARE_PATIENCE: Pick<GatePatience, 'looks'> = { looks: 6 };

/**
 * Whether a gatekeeper can be taken away: its partner serves, or it does not serve itself. Ends with why not, or
 * `undefined`. One that is there and cannot be asked may serve.
 */
export function* spare(role: ReleaseRole, { looks } = SPARE_PATIENCE): Steps<string | undefined> {
  const partner = partnerOf(role);
  if (partner === undefined) return undefined;
  let problem = 'it was not looked at';
  for (let look = 0; look < looks; look++) {
    if (look > 0) yield { kind: 'wait' };
    const beside = yield* watch(partner);
    if (beside.state === 'serves') return undefined;
    const itself = yield* watch(role);
    if (itself.state === 'gone' || itself.state === 'idle') return undefined;
    problem = `${itself.said}, and ${beside.said}`;
    // Nothing to wait for: somebody must bring it up.
    if (beside.state === 'gone') break;
  }
  return problem;
}

interface Watched {
  readonly state: 'serves' | 'idle' | 'gone' | 'silent';
  /** The same for people. */
  readonly said: string;
}

function* watch(role: ReleaseRole): Steps<Watched> {
  const look = yield { kind: 'look', role };
  if (!look.ok) return { state: 'silent', said: `${role} cannot be asked (${look.reason})` };
  const { hosts = [] } = look;
  if (hosts.length === 0) return { state: 'gone', said: `no instance of ${role} is running` };
  return hosts.some((host) => serves(role, host))
    ? { state: 'serves', said: `${role} serves` }
    : { state: 'idle', said: `${role} does not serve` };
}
