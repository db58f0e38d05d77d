import type { Resource } from '../cloud/cloud.ts';
import { text, type Values } from '../values.ts';
import {
  arn,
  type Context,
  checkJson,
  checkRange,
  hex,
  type Kind,
  listed,
  need,
  needPolicy,
  other,
  refuse,
} from './kind.ts';

export const ROLE = 'aws:iam/role:Role';
export const ROLE_POLICY = 'aws:iam/rolePolicy:RolePolicy';
const ATTACHMENT = 'aws:iam/rolePolicyAttachment:RolePolicyAttachment';
const PROFILE = 'aws:iam/instanceProfile:InstanceProfile';
/** Characters of all inline policies of a role together, white space not counted (IAM quotas). */
const INLINE_POLICY_LIMIT = 10_240;

const uniqueId = (prefix: string, number: number): string => `${prefix}${hex(number, 17).toUpperCase()}`;
const pathOf = (inputs: Values): string => text(inputs, 'path') || '/';

export function needRole(name: string, context: Context): Resource {
  return need(context, ROLE, name, 'NoSuchEntity', `The role with name ${name} cannot be found.`, 404);
}

function admitName(name: string, longest: number, what: string): void {
  if (!/^[\w+=,.@-]+$/.test(name) || name.length > longest)
    refuse(
      'ValidationError',
      `The specified value for ${what} is invalid. It must contain only alphanumeric characters and/or the following: +=,.@_- and be at most ${longest} long`,
    );
}

const role: Kind = {
  title: 'IAM Role',
  api: { service: 'IAM', create: 'CreateRole', update: 'UpdateAssumeRolePolicy', delete: 'DeleteRole' },
  check: (inputs) => [
    ...checkJson(inputs, 'assumeRolePolicy'),
    ...checkRange(inputs, 'maxSessionDuration', 3_600, 43_200),
  ],
  id: (inputs) => text(inputs, 'name'),
  admit(inputs, context, current) {
    const name = text(inputs, 'name');
    admitName(name, 64, 'roleName');
    if (other(context, ROLE, current, (one) => one.id === name))
      refuse('EntityAlreadyExists', `Role with name ${name} already exists.`, 409);
    const statements = needPolicy(
      text(inputs, 'assumeRolePolicy'),
      'MalformedPolicyDocument',
      'Syntax errors in policy.',
    );
    if (statements.some((one) => one['Resource'] !== undefined))
      refuse('MalformedPolicyDocument', 'Has prohibited field Resource');
    if (statements.some((one) => one['Principal'] === undefined))
      refuse('MalformedPolicyDocument', 'AssumeRole policy must contain a Principal.');
  },
  outputs: (inputs, id, context, current) => ({
    arn: arn('iam', `role${pathOf(inputs)}${id}`, context, true),
    path: pathOf(inputs),
    maxSessionDuration: inputs['maxSessionDuration'] ?? 3_600,
    createDate: current ? text(current.outputs, 'createDate') : '2026-01-01T00:00:00Z',
    uniqueId: current ? text(current.outputs, 'uniqueId') : uniqueId('AROA', context.cloud.nextNumber()),
    managedPolicyArns: inputs['managedPolicyArns'] ?? [],
    inlinePolicies: inputs['inlinePolicies'] ?? [],
  }),
  dismiss({ id }, context) {
    const uses = (type: string): boolean =>
      other(context, type, undefined, ({ outputs }) => outputs['role'] === id) !== undefined;
    if (uses(ROLE_POLICY)) refuse('DeleteConflict', 'Cannot delete entity, must delete policies first.', 409);
    if (uses(ATTACHMENT)) refuse('DeleteConflict', 'Cannot delete entity, must detach all policies first.', 409);
    if (uses(PROFILE))
      refuse('DeleteConflict', 'Cannot delete entity, must remove roles from instance profile first.', 409);
  },
};

const rolePolicy: Kind = {
  title: 'IAM Role Policy',
  api: { service: 'IAM', create: 'PutRolePolicy', update: 'PutRolePolicy', delete: 'DeleteRolePolicy' },
  check: (inputs) => checkJson(inputs, 'policy'),
  id: (inputs) => `${text(inputs, 'role')}:${text(inputs, 'name')}`,
  admit(inputs, context, current) {
    const [roleName, policy] = [text(inputs, 'role'), text(inputs, 'policy')];
    needRole(roleName, context);
    admitName(text(inputs, 'name'), 128, 'policyName');
    const statements = needPolicy(policy, 'MalformedPolicyDocument', 'Syntax errors in policy.');
    if (statements.some((one) => one['Principal'] !== undefined))
      refuse('MalformedPolicyDocument', 'Policy document should not specify a principal.');
    for (const statement of statements)
      for (const resource of listed(statement['Resource']))
        if (resource !== '*' && !/^arn:[^:]*:[^:]+:[^:]*:[^:]*:.+/.test(resource))
          refuse('MalformedPolicyDocument', `Resource ${resource} must be in ARN format or "*".`);
    const size = (document: string): number => document.replace(/\s/g, '').length;
    const others = context.cloud
      .all(ROLE_POLICY)
      .filter((one) => one.id !== current?.id && one.outputs['role'] === roleName);
    const total = others.reduce((sum, { outputs }) => sum + size(text(outputs, 'policy')), size(policy));
    if (total > INLINE_POLICY_LIMIT)
      refuse('LimitExceeded', `Maximum policy size of ${INLINE_POLICY_LIMIT} bytes exceeded for role ${roleName}`, 409);
  },
};

const rolePolicyAttachment: Kind = {
  title: 'IAM Role Policy Attachment',
  api: { service: 'IAM', create: 'AttachRolePolicy', update: 'AttachRolePolicy', delete: 'DetachRolePolicy' },
  id: (inputs, { cloud }) => `${text(inputs, 'role')}-${hex(cloud.nextNumber(), 26)}`,
  admit(inputs, context) {
    const policy = text(inputs, 'policyArn');
    needRole(text(inputs, 'role'), context);
    // AWS's own managed policies; policies of the account are no resource that the stand-in knows.
    if (!/^arn:aws:iam::aws:policy\/[\w/-]+$/.test(policy))
      refuse('NoSuchEntity', `Policy ${policy} does not exist or is not attachable.`, 404);
  },
};

const instanceProfile: Kind = {
  title: 'IAM Instance Profile',
  api: {
    service: 'IAM',
    create: 'CreateInstanceProfile',
    update: 'AddRoleToInstanceProfile',
    delete: 'DeleteInstanceProfile',
  },
  id: (inputs) => text(inputs, 'name'),
  admit(inputs, context, current) {
    const name = text(inputs, 'name');
    admitName(name, 128, 'instanceProfileName');
    if (other(context, PROFILE, current, (one) => one.id === name))
      refuse('EntityAlreadyExists', `Instance Profile ${name} already exists.`, 409);
    if (text(inputs, 'role')) needRole(text(inputs, 'role'), context);
  },
  outputs: (inputs, id, context, current) => ({
    arn: arn('iam', `instance-profile${pathOf(inputs)}${id}`, context, true),
    path: pathOf(inputs),
    createDate: current ? text(current.outputs, 'createDate') : '2026-01-01T00:00:00Z',
    uniqueId: current ? text(current.outputs, 'uniqueId') : uniqueId('AIPA', context.cloud.nextNumber()),
  }),
};

export const iamKinds: Readonly<Record<string, Kind>> = {
  [ROLE]: role,
  [ROLE_POLICY]: rolePolicy,
  [ATTACHMENT]: rolePolicyAttachment,
  [PROFILE]: instanceProfile,
};
