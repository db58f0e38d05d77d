import { type GatePatience, isServing } from './gate.ts';
import { partnerOf, RELEASE_ROLES, type ReleaseRole } from './hosts.ts';
import { bringMembers } from './members.ts';
import type { Steps } from './orders.ts';

export interface RolloutArgs {
  /** SHA-256 of the release that all hosts are to run. */
  readonly release: string;
  /** The release of the last rollout that succeeded; `undefined` before the first. */
  readonly proven: string | undefined;
  readonly patience?: GatePatience;
}

/** What became of the hosts of a role. */
export type RolloutState =
  /** They serve with the new release. */
  | { readonly kind: 'released' }
  /** They were not touched. */
  | { readonly kind: 'untouched' }
  /** They serve with the release that was proven, after a failure. */
  | { readonly kind: 'returned' }
  /** They are on the new release, or on the way to it, and hands are needed. */
  | { readonly kind: 'stuck'; readonly reason: string };

export interface RolloutReport {
  readonly release: string;
  readonly ok: boolean;
  /** Why it stopped. */
  readonly reason: string | undefined;
  readonly hosts: Readonly<Record<ReleaseRole, RolloutState>>;
}

/**
 * Brings a release to all hosts, those of a group too, one after the other, and waits after each until it serves. It
 * stops at the first that does not, and takes that one and those before it back to the release that was proven, one
 * after the other too, the broken one first. A gatekeeper that serves is touched only while the other one serves.
 *
 * It can be begun again after whatever interrupted it: nothing counts as proven before the whole rollout has succeeded.
 */
export function* rollout(args: RolloutArgs): Steps<RolloutReport> {
  const { release, proven } = args;
  const states = new Map<ReleaseRole, RolloutState>();
  const report = (reason: string | undefined): RolloutReport => ({
    release,
    ok: reason === undefined,
    reason,
    hosts: {
      'gatekeeper-secondary': states.get('gatekeeper-secondary') ?? UNTOUCHED,
      'gatekeeper-primary': states.get('gatekeeper-primary') ?? UNTOUCHED,
      mcu: states.get('mcu') ?? UNTOUCHED,
      'sip-gateway': states.get('sip-gateway') ?? UNTOUCHED,
    },
  });
  const touched: ReleaseRole[] = [];
  for (const role of yield* inOrder()) {
    const result = yield* bring(role, release, args);
    if (result.kind === 'done') {
      touched.unshift(role);
      states.set(role, { kind: 'released' });
      continue;
    }
    const reason = `${role}: ${result.reason}`;
    yield { kind: 'tell', text: `stopped at ${reason}` };
    if (result.kind === 'failed') {
      touched.unshift(role);
      states.set(role, { kind: 'stuck', reason: result.reason });
    }
    for (const [which, state] of yield* takeBack(touched, args)) states.set(which, state);
    return report(reason);
  }
  const noted = yield { kind: 'prove', release };
  if (noted.ok && proven !== release) yield { kind: 'tell', text: `all hosts run ${release}` };
  return report(noted.ok ? undefined : `all hosts run it, but that could not be noted: ${noted.reason}`);
}

const UNTOUCHED: RolloutState = { kind: 'untouched' };

/** A gatekeeper that does not serve comes first: nothing can be lost there, and the other one may need it. */
function* inOrder(): Steps<readonly ReleaseRole[]> {
  const [secondary, primary, ...others] = RELEASE_ROLES;
  const isBehind = !(yield* isServing(primary)) && (yield* isServing(secondary));
  return isBehind ? [primary, secondary, ...others] : [secondary, primary, ...others];
}

type Brought =
  | { readonly kind: 'done' }
  /** Not begun: nothing on the hosts has changed. */
  | { readonly kind: 'refused'; readonly reason: string }
  | { readonly kind: 'failed'; readonly reason: string };

/** Brings a release to the hosts of one role, and waits until they serve. */
function* bring(role: ReleaseRole, release: string, { patience }: RolloutArgs): Steps<Brought> {
  const partner = partnerOf(role);
  const partnerServes = partner !== undefined && (yield* isServing(partner));
  if (partner !== undefined && !partnerServes && (yield* isServing(role)))
    return { kind: 'refused', reason: `${partner} does not serve, so the only gatekeeper that does is not touched` };
  yield { kind: 'tell', text: `${role}: ${release}` };
  const wanted = yield { kind: 'want', role, release };
  if (!wanted.ok) return { kind: 'failed', reason: wanted.reason };
  const problem = yield* bringMembers({ role, release, partner: partnerServes ? partner : undefined, patience });
  if (problem !== undefined) return { kind: 'failed', reason: problem };
  yield { kind: 'tell', text: `${role}: serves` };
  return { kind: 'done' };
}

/** @param touched the broken one first, then those that were done, the last one first */
function* takeBack(touched: readonly ReleaseRole[], args: RolloutArgs): Steps<ReadonlyMap<ReleaseRole, RolloutState>> {
  const { proven, release } = args;
  const states = new Map<ReleaseRole, RolloutState>();
  if (proven === undefined || proven === release) {
    const none = proven === undefined ? 'there is none before it' : 'it is the one that was proven';
    if (touched.length > 0) yield { kind: 'tell', text: `no release to return to: ${none}` };
    return states;
  }
  for (const role of touched) {
    const result = yield* bring(role, proven, args);
    if (result.kind === 'done') states.set(role, { kind: 'returned' });
    else {
      states.set(role, { kind: 'stuck', reason: `not taken back: ${result.reason}` });
      yield { kind: 'tell', text: `${role} could not be taken back: ${result.reason}` };
    }
  }
  return states;
}
