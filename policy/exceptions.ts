import type { Resource } from './policy.ts';

/** A resource that a policy is not for, with the reason. */
export interface Exception {
  readonly policy: string;
  readonly type: string;
  readonly name: string;
  readonly why: string;
}

export const EXCEPTIONS: readonly Exception[] = [
  {
    policy: 'encryption',
    type: 'aws:sns/topic:Topic',
    name: 'alarms',
    why: "CloudWatch cannot publish under AWS's own key for SNS, and a message says no more than which alarm of which host",
  },
];

/** Why a policy does not hold for a resource, if it does not. */
export const exceptionFor = (policy: string, { type, name }: Pick<Resource, 'type' | 'name'>): string | undefined =>
  EXCEPTIONS.find((one) => one.policy === policy && one.type === type && one.name === name)?.why;
