import type { Finding, Policy, StackResource } from './policy.ts';

/** What a policy says of a stack. */
export interface Judgement {
  readonly policy: Policy;
  /** How many resources it looked at. */
  readonly looked: number;
  readonly findings: readonly Finding[];
}

/** What a policy finds in one resource, or, of a stack, in all of them. */
export const findings = (policy: Policy, resources: readonly StackResource[]): readonly Finding[] =>
  'check' in policy
    ? resources
        .filter(({ type }) => policy.types.includes(type))
        .flatMap((resource) => policy.check(resource).map((message) => ({ urn: resource.urn, message })))
    : policy.checkStack(resources);

/** Every policy on a whole stack. */
export const judged = (policies: readonly Policy[], resources: readonly StackResource[]): readonly Judgement[] =>
  policies.map((policy) => ({
    policy,
    looked: resources.filter(({ type }) => policy.types.includes(type)).length,
    findings: findings(policy, resources),
  }));
