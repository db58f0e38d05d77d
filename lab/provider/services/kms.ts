import type { Resource } from '../cloud/cloud.ts';
import { isMap, text, type Values } from '../values.ts';
import {
  arn,
  type Context,
  checkJson,
  checkRange,
  type Kind,
  listed,
  needPolicy,
  other,
  refersTo,
  refuse,
  uuid,
} from './kind.ts';

export const KEY = 'aws:kms/key:Key';
const ALIAS = 'aws:kms/alias:Alias';
/** Keys that wait for their end; no Pulumi type, so that the account counts as empty. */
export const PENDING_KEY = 'lab:kms/pendingDeletion:Key';

const check = (inputs: Values) => [
  ...checkRange(inputs, 'deletionWindowInDays', 7, 30),
  ...checkRange(inputs, 'rotationPeriodInDays', 90, 2_560),
  ...checkJson(inputs, 'policy'),
];

/** KMS refuses a key policy that would lock everybody out of changing it. */
function admitKey(inputs: Values, { cloud }: Context): void {
  const policy = text(inputs, 'policy');
  if (!policy) return;
  const statements = needPolicy(
    policy,
    'MalformedPolicyDocumentException',
    'Policy contains a statement that is not valid.',
  );
  const root = `arn:aws:iam::${cloud.account.accountId}:root`;
  const keeps = statements.some((one) => {
    const principal = one['Principal'];
    const whom = isMap(principal) ? listed(principal['AWS']) : listed(principal);
    const what = listed(one['Action']);
    return (
      one['Effect'] === 'Allow' &&
      [root, cloud.account.accountId, '*'].some((who) => whom.includes(who)) &&
      ['kms:*', 'kms:PutKeyPolicy', '*'].some((action) => what.includes(action))
    );
  });
  if (!keeps)
    refuse(
      'MalformedPolicyDocumentException',
      'The new key policy will not allow you to update the key policy in the future.',
    );
}

const key: Kind = {
  title: 'KMS Key',
  api: { service: 'KMS', create: 'CreateKey', update: 'PutKeyPolicy', delete: 'ScheduleKeyDeletion' },
  check,
  id: (_inputs, { cloud }) => uuid(cloud.nextNumber()),
  admit: admitKey,
  outputs: (inputs, id, context) => ({
    arn: arn('kms', `key/${id}`, context),
    keyId: id,
    isEnabled: inputs['isEnabled'] ?? true,
    keyUsage: inputs['keyUsage'] ?? 'ENCRYPT_DECRYPT',
    customerMasterKeySpec: inputs['customerMasterKeySpec'] ?? 'SYMMETRIC_DEFAULT',
    multiRegion: inputs['multiRegion'] ?? false,
  }),
  async gone(resource, { cloud }) {
    const days = resource.outputs['deletionWindowInDays'] ?? 30;
    cloud.put({
      ...resource,
      type: PENDING_KEY,
      outputs: { ...resource.outputs, keyState: 'PendingDeletion', pendingWindowInDays: days },
    });
  },
};

/** The key that an id, an ARN or an alias names, if it is there. */
export function findKey(name: string, { cloud }: Context): Resource | undefined {
  const alias = cloud.all(ALIAS).find(({ id, outputs }) => id === name || outputs['arn'] === name);
  const wanted = alias ? text(alias.outputs, 'targetKeyId') : name;
  return cloud.all(KEY).find(({ id, outputs }) => id === wanted || outputs['arn'] === wanted);
}

const alias: Kind = {
  title: 'KMS Alias',
  api: { service: 'KMS', create: 'CreateAlias', update: 'UpdateAlias', delete: 'DeleteAlias' },
  id: (inputs) => text(inputs, 'name'),
  admit(inputs, context, current) {
    const [name, target] = [text(inputs, 'name'), text(inputs, 'targetKeyId')];
    if (!/^alias\/[\w/-]+$/.test(name) || name.startsWith('alias/aws/'))
      refuse(
        'ValidationException',
        `Alias must start with the prefix "alias/". Please see http://docs.aws.amazon.com/kms/latest/developerguide/programming-aliases.html`,
      );
    if (other(context, ALIAS, current, (one) => one.id === name))
      refuse('AlreadyExistsException', `An alias with the name ${arn('kms', name, context)} already exists`);
    if (!findKey(target, context)) refuse('NotFoundException', `Key '${target}' does not exist`);
  },
  outputs: (inputs, id, context) => ({
    arn: arn('kms', id, context),
    targetKeyArn: findKey(text(inputs, 'targetKeyId'), context)?.outputs['arn'] ?? '',
  }),
};

/** Whether a key's policy lets a service use it, in some statement that allows. */
export function keyServes(resource: Resource, service: string): boolean {
  const policy = text(resource.outputs, 'policy');
  if (!policy) return false;
  return needPolicy(policy, 'MalformedPolicyDocumentException', '').some(
    (one) => one['Effect'] === 'Allow' && isMap(one['Principal']) && refersTo(one['Principal']['Service'], service),
  );
}

export const kmsKinds: Readonly<Record<string, Kind>> = { [KEY]: key, [ALIAS]: alias };
