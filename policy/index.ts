export { findings, type Judgement, judged } from './judge.ts';
export { POLICIES } from './policies/index.ts';
export type { Finding, Policy, Resource, ResourcePolicy, StackPolicy, StackResource } from './policy.ts';
