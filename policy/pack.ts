/** The policy pack's process: Pulumi's engine asks it about every resource, and about each stack as a whole. */
import { type Policies, PolicyPack } from '@pulumi/policy';
import { fromResource, fromStack } from './from-engine.ts';
import { findings } from './judge.ts';
import { POLICIES } from './policies/index.ts';
import type { Policy } from './policy.ts';

/** A policy as Pulumi takes it. */
function served(policy: Policy): Policies[number] {
  const { name, description, level: enforcementLevel } = policy;
  const about = { name, description, enforcementLevel };
  if ('check' in policy)
    return {
      ...about,
      validateResource: (args, report) => {
        if (!policy.types.includes(args.type)) return;
        for (const message of policy.check(fromResource(args))) report(message);
      },
    };
  return {
    ...about,
    validateStack: ({ resources }, report) => {
      for (const { urn, message } of findings(policy, resources.map(fromStack))) report(message, urn);
    },
  };
}

new PolicyPack('guardian-council', { enforcementLevel: 'mandatory', policies: POLICIES.map(served) });
