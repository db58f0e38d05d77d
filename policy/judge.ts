import { exceptionFor } from './exceptions.ts';
import type { Finding, Policy, Resource, StackResource } from './policy.ts';

/** What a policy says of a stack. */
export interface Judgement {
  readonly policy: Policy;
  /** How many resources it looked at. */
  readonly looked: number;
  readonly findings: readonly Finding[];
  /** Resources that it is not for, and why. */
  readonly excepted: readonly { readonly urn: string; readonly why: string }[];
}

/** What a policy finds in one resource, or, of a stack, in all of them; exceptions taken out. */
export function findings(policy: Policy, resources: readonly StackResource[]): readonly Finding[] {
  const excepted = new Set(exceptedBy(policy, resources).map(({ urn }) => urn));
  const found =
    'check' in policy
      ? resources
          .filter(({ type }) => policy.types.includes(type))
          .flatMap((resource) => policy.check(resource).map((message) => ({ urn: resource.urn, message })))
      : policy.checkStack(resources);
  return found.filter(({ urn }) => !excepted.has(urn));
}

const exceptedBy = ({ name }: Policy, resources: readonly Resource[]): Judgement['excepted'] =>
  resources.flatMap((resource) => {
    const why = exceptionFor(name, resource);
    return why === undefined ? [] : [{ urn: resource.urn, why }];
  });

/** Every policy on a whole stack. */
export const judged = (policies: readonly Policy[], resources: readonly StackResource[]): readonly Judgement[] =>
  policies.map((policy) => ({
    policy,
    looked: resources.filter(({ type }) => policy.types.includes(type)).length,
    findings: findings(policy, resources),
    excepted: exceptedBy(policy, resources),
  }));
