import * as pulumi from '@pulumi/pulumi';
import type { PolicyStatement } from './iam.ts';
import type { Environment } from './stack-config.ts';

/** No use of the key, no grants. */
const KEY_ADMINISTRATION: readonly string[] = [
  'kms:CancelKeyDeletion',
  'kms:CreateAlias',
  'kms:DeleteAlias',
  'kms:DescribeKey',
  'kms:DisableKey',
  'kms:DisableKeyRotation',
  'kms:EnableKey',
  'kms:EnableKeyRotation',
  'kms:GetKeyPolicy',
  'kms:GetKeyRotationStatus',
  'kms:ListGrants',
  'kms:ListKeyPolicies',
  'kms:ListKeyRotations',
  'kms:ListResourceTags',
  'kms:PutKeyPolicy',
  'kms:RevokeGrant',
  'kms:RotateKeyOnDemand',
  'kms:TagResource',
  'kms:UntagResource',
  'kms:UpdateAlias',
  'kms:UpdateKeyDescription',
];

/** The account's root user, which stands for whomever its IAM policies allow. */
export const accountPrincipal = (accountId: pulumi.Input<string>): { readonly AWS: pulumi.Output<string> } => ({
  AWS: pulumi.interpolate`arn:aws:iam::${accountId}:root`,
});

/**
 * For a key's policy: its account administers it, as IAM allows there. In prod nobody may delete it, since all that is
 * encrypted under it would be lost: who wants to has to change the key's policy first.
 * @param accountId twelve digits
 */
export const keyAdministration = (accountId: pulumi.Input<string>, environment: Environment): PolicyStatement => ({
  Sid: 'Administer',
  Effect: 'Allow',
  Principal: accountPrincipal(accountId),
  Action: environment === 'prod' ? KEY_ADMINISTRATION : [...KEY_ADMINISTRATION, 'kms:ScheduleKeyDeletion'],
  Resource: ['*'],
});
