import { antiSybil } from './anti-sybil.ts';
import { authenticity } from './authenticity.ts';
import { capacity } from './capacity.ts';
import type { AdmissionFacts, Gate, Refusal } from './facts.ts';
import { fairness } from './fairness.ts';
import { pii } from './pii.ts';

export type { AdmissionFacts, Gate, Refusal } from './facts.ts';
export { grantable } from './fairness.ts';
export { findPersonalData, personalDataIn } from './pii.ts';
export { antiSybil, authenticity, capacity, fairness, pii };

/** The gates in their order: the first no counts. */
export const GATES: readonly Gate[] = [authenticity, antiSybil, pii, fairness, capacity];

export function judge(facts: AdmissionFacts): Refusal | undefined {
  for (const gate of GATES) {
    const refusal = gate(facts);
    if (refusal !== undefined) return refusal;
  }
  return undefined;
}
