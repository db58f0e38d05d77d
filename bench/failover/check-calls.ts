/** What guardians were told of their calls and registrations, against what is left. */
import type { FinalState, Operation, Run, Violation, Witnessed } from './run-record.ts';

/** What a call may be, after all that its guardian was told: not there, or there with some bandwidth. */
const GONE = 'gone';
/** There, but with what is not known: the request's fate is, and what it asked for. */
const ANY = 'any';
type State = number | typeof GONE | typeof ANY;
export type Possible = ReadonlySet<State>;

export interface Followed {
  readonly possible: ReadonlyMap<string, Possible>;
  /** Admissions without an answer, and without a name for the call that they may have made. */
  readonly nameless: number;
  readonly violations: readonly Violation[];
}

/** Refusals that say that there is no such call, or nobody who could have one. */
const NO_SUCH_CALL: ReadonlySet<string> = new Set(['invalidConferenceID', 'notBound', 'notRegistered']);

export function followCalls(operations: readonly Operation[], witnessed: readonly Witnessed[] = []): Followed {
  const possible = new Map<string, Possible>();
  const violations: Violation[] = [];
  const ends = witnessed.filter(({ type, again }) => type === 'DCF' && !again);
  const ended = new Set(ends.filter(({ isOfNoCall }) => !isOfNoCall).map(({ call }) => call));
  const unknown = new Set(
    ends.filter(({ call, isOfNoCall }) => isOfNoCall && !ended.has(call)).map(({ call }) => call),
  );
  let nameless = 0;
  for (const operation of operations.toSorted((a, b) => a.sentAt - b.sentAt)) {
    const { call, kind, outcome, guardian, sentAt, reason } = operation;
    if (call === undefined) {
      if (kind === 'admit' && outcome === 'unknown') nameless++;
      continue;
    }
    const before = possible.get(call) ?? new Set<State>([GONE]);
    possible.set(call, step(before, operation));
    const found = (rule: Violation['rule'], detail: string): void => {
      violations.push({ rule, about: call, detail: `${guardian}, ${kind} sent at ${sentAt.toFixed(0)} ms: ${detail}` });
    };
    if (kind === 'dropped') found('call-dropped', reason ?? 'no reason given');
    else if (!before.has(GONE)) {
      if (saysGone(operation)) found('call-unknown', `refused with ${reason}, but the call was live`);
      else if (kind === 'disengage' && outcome === 'confirmed' && unknown.has(call))
        found('call-unknown', 'confirmed, but no gatekeeper knew the call');
    } else if (before.size === 1 && kind === 'bandwidth' && outcome === 'confirmed')
      found('call-not-ended', 'changed after its end');
  }
  return { possible, nameless, violations };
}

const saysGone = ({ kind, outcome, reason = '' }: Operation): boolean =>
  outcome === 'refused' && (kind === 'bandwidth' || kind === 'disengage') && NO_SUCH_CALL.has(reason);

function step(before: Possible, { kind, outcome, bandwidth }: Operation): Possible {
  if (outcome === 'refused') return before;
  const then: State = kind === 'disengage' || kind === 'dropped' ? GONE : (bandwidth ?? ANY);
  if (outcome === 'confirmed') return new Set([then]);
  // An unanswered admission may have been granted less than it asked for.
  return new Set([...before, kind === 'admit' ? ANY : then]);
}

export function leftovers({ calls }: FinalState, { possible, nameless }: Followed): readonly Violation[] {
  if (calls === undefined) return [];
  const violations: Violation[] = [];
  for (const [call, states] of possible) {
    const left: State = calls.get(call) ?? GONE;
    if (states.has(left) || (left !== GONE && states.has(ANY))) continue;
    const expected = [...states].join(' or ');
    if (left === GONE)
      violations.push({ rule: 'admission-lost', about: call, detail: `expected ${expected}, is gone` });
    else if (states.size === 1 && states.has(GONE))
      violations.push({ rule: 'call-not-ended', about: call, detail: `its end was confirmed, and it has ${left}` });
    else violations.push({ rule: 'bandwidth-lost', about: call, detail: `expected ${expected}, has ${left}` });
  }
  const invented = [...calls.keys()].filter((call) => !possible.has(call));
  for (const call of invented.slice(nameless))
    violations.push({ rule: 'call-invented', about: call, detail: 'nobody asked for it' });
  return violations;
}

export function registrations(operations: readonly Operation[]): readonly Violation[] {
  const registered = new Set<string>();
  return operations.flatMap(({ guardian, kind, outcome, endedAt, reason }): readonly Violation[] => {
    const found = (detail: string): readonly Violation[] => [
      { rule: 'registered-anew', about: guardian, detail: `at ${endedAt.toFixed(0)} ms: ${detail}` },
    ];
    if (kind === 'ejected') return found(`was ejected (${reason ?? 'no reason given'})`);
    if (kind !== 'register' || outcome !== 'confirmed') return [];
    if (registered.has(guardian)) return found('registered once more');
    registered.add(guardian);
    return [];
  });
}

const total = (values: Iterable<number>): number => [...values].reduce((sum, value) => sum + value, 0);

/** Units of 100 bit/s count both directions of a call. */
const oneWay = (units: number): number => (units * 100) / 2;

export function sums(final: FinalState, { possible, nameless }: Followed): readonly Violation[] {
  const differ = (detail: string): Violation => ({ rule: 'sums-differ', about: 'the leader', detail });
  const violations: Violation[] = [];
  if (final.calls !== undefined) {
    if (final.sessions !== final.calls.size)
      violations.push(differ(`counts ${final.sessions} calls, the store has ${final.calls.size}`));
    const [leader, store] = [total(final.bandwidth.values()), total([...final.calls.values()].map(oneWay))];
    if (leader !== store) violations.push(differ(`grants ${leader} bit/s, the calls in the store ${store}`));
  }
  const all = [...possible.values()];
  const least = all.filter((states) => !states.has(GONE)).length;
  const most = nameless + all.filter((states) => states.size > 1 || !states.has(GONE)).length;
  if (final.sessions < least || final.sessions > most)
    violations.push(differ(`counts ${final.sessions} calls, guardians were told of ${least} to ${most}`));
  // Where nothing is unknown, the sum is.
  if (nameless === 0 && all.every((states) => states.size === 1 && !states.has(ANY))) {
    const told = total(
      all.flatMap((states) => [...states].flatMap((state) => (typeof state === 'number' ? [oneWay(state)] : []))),
    );
    const granted = total(final.bandwidth.values());
    if (told !== granted) violations.push(differ(`grants ${granted} bit/s, guardians were told ${told}`));
  }
  return violations;
}

/** Each call that was surely live must have been changed and ended, and nothing may be left then. */
export function settlement(
  { operations, settling, settlingSince, settled }: Run,
  { possible }: Followed,
): readonly Violation[] {
  const violations: Violation[] = [];
  const confirmed = new Set(
    [...operations, ...settling]
      .filter(({ outcome, sentAt }) => outcome === 'confirmed' && sentAt >= settlingSince)
      .map(({ kind, call }) => `${kind} ${call}`),
  );
  for (const [call, states] of possible) {
    if (states.has(GONE)) continue;
    for (const kind of ['bandwidth', 'disengage'])
      if (!confirmed.has(`${kind} ${call}`))
        violations.push({
          rule: 'not-settled',
          about: call,
          detail: `its ${kind} was not confirmed by the new leader`,
        });
  }
  const bandwidth = total(settled.bandwidth.values());
  if (settled.sessions !== 0 || bandwidth !== 0 || (settled.calls?.size ?? 0) !== 0)
    violations.push({
      rule: 'not-settled',
      about: 'the leader',
      detail: `${settled.sessions} calls, ${bandwidth} bit/s and ${settled.calls?.size ?? 'unread'} in the store are left`,
    });
  return violations;
}
