/** Judges a run: what guardians were told, against who led when and the state that is left. Pure. */
import { followCalls, leftovers, registrations, settlement, sums } from './check-calls.ts';
import { confirmsWithoutLead, reigns, unwitnessed } from './check-leadership.ts';
import type { Rule, Run, Verdict } from './run-record.ts';

export function check(run: Run): Verdict {
  const calls = followCalls(run.operations, run.witnessed);
  const violations = [
    ...calls.violations,
    ...leftovers(run.final, calls),
    ...registrations([...run.operations, ...run.settling]),
    ...sums(run.final, calls),
    ...reigns(run),
    ...confirmsWithoutLead(run),
    ...unwitnessed(run),
    ...settlement(run, calls),
  ];
  const count = (...rules: readonly Rule[]): number =>
    new Set(violations.filter(({ rule }) => rules.includes(rule)).map(({ about }) => about)).size;
  return {
    violations,
    callsLost: count('admission-lost', 'call-unknown', 'call-dropped'),
    confirmsLost: count('admission-lost', 'call-unknown', 'bandwidth-lost', 'call-not-ended'),
    checked: {
      operations: run.operations.length + run.settling.length,
      unknown: run.operations.filter(({ outcome }) => outcome === 'unknown').length,
      calls: calls.possible.size,
    },
  };
}
