import { MANAGED_POLICIES, ON_EVERYTHING } from '../allowed-wildcards.ts';
import { labelOf, type Resource, type ResourcePolicy } from '../policy.ts';
import { type Allowance, allowances, publicGrants, textsOf, UNREADABLE } from '../policy-documents.ts';
import { mapsOf, UNKNOWN, type Value } from '../values.ts';

const ROLE = 'aws:iam/role:Role';
const ATTACHMENT = 'aws:iam/rolePolicyAttachment:RolePolicyAttachment';

/** Policies of those who act: who has one may do what it says. */
const IDENTITY_POLICIES: readonly string[] = ['aws:iam/policy:Policy', 'aws:iam/rolePolicy:RolePolicy'];

/** Policies of what is acted on: they say who may. A bucket's is another policy's business. */
const RESOURCE_POLICIES: readonly string[] = ['aws:kms/key:Key', 'aws:sns/topicPolicy:TopicPolicy'];

/** Whether an ARN, or a pattern of one, leaves open which resource it is. */
function isEverything(resource: string): boolean {
  if (!resource.startsWith('arn:')) return resource.startsWith('*');
  const [, , , , , ...rest] = resource.split(':');
  return rest.join(':').startsWith('*');
}

const quoted = (texts: readonly string[]): string => [...texts].join(', ');

function statementProblems({ sid, statement }: Allowance): string[] {
  const where = `its statement ${sid}`;
  if (statement['NotAction'] !== undefined)
    return [`${where} allows everything but a list (NotAction): list what it allows`];
  if (statement['NotResource'] !== undefined)
    return [`${where} allows it on everything but a list (NotResource): list what it is allowed on`];
  const actions = textsOf(statement['Action']);
  const wild = actions.filter((action) => action.includes('*') || action.includes('?'));
  const everything = textsOf(statement['Resource']).filter(isEverything);
  const unnarrowed =
    everything.length === 0 ? [] : actions.filter((action) => !ON_EVERYTHING.has(action) && !wild.includes(action));
  return [
    ...(wild.length > 0 ? [`${where} allows ${quoted(wild)}: name each action`] : []),
    ...(unnarrowed.length > 0
      ? [
          `${where} allows ${quoted(unnarrowed)} on ${quoted(everything)}: name the resources, or add the action to policy/allowed-wildcards.ts with a reason`,
        ]
      : []),
  ];
}

function identityProblems(document: Value | undefined): string[] {
  const allowed = allowances(document);
  return allowed === UNREADABLE
    ? ['its policy is no policy document in JSON: mend it']
    : allowed.flatMap(statementProblems);
}

const publicProblems = (document: Value | undefined, key: string): string[] =>
  publicGrants(document).map((sid) => `statement ${sid} of its ${key} lets everybody in: name whom`);

function managedProblems(arns: readonly string[]): string[] {
  return arns
    .filter((arn) => arn.startsWith('arn:aws:iam::aws:') && !MANAGED_POLICIES.has(arn))
    .map(
      (arn) => `it has AWS's policy ${arn.split('/').at(-1)}, which allows more than is needed: write one of its own`,
    );
}

function problemsOf({ type, props }: Resource): string[] {
  if (IDENTITY_POLICIES.includes(type)) return identityProblems(props['policy']);
  if (RESOURCE_POLICIES.includes(type)) return publicProblems(props['policy'], 'policy');
  if (type === ATTACHMENT) return managedProblems(textsOf(props['policyArn']));
  const inline = mapsOf(props['inlinePolicies']).flatMap(({ policy }) => identityProblems(policy));
  const arns = props['managedPolicyArns'] === UNKNOWN ? [] : textsOf(props['managedPolicyArns']);
  return [...publicProblems(props['assumeRolePolicy'], 'trust policy'), ...inline, ...managedProblems(arns)];
}

/** Whoever takes over a host gets what its role may do, and no more than that. */
export const leastPrivilege: ResourcePolicy = {
  name: 'least-privilege',
  description:
    'Policies name their actions and resources, and whom they trust; what may be a wildcard is listed with its reason.',
  level: 'mandatory',
  types: [ROLE, ATTACHMENT, ...IDENTITY_POLICIES, ...RESOURCE_POLICIES],
  check: (resource) => problemsOf(resource).map((problem) => `${labelOf(resource)}: ${problem}`),
};
