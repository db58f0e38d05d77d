import * as pulumi from '@pulumi/pulumi';
import type { PolicyStatement } from '../iam.ts';
import { keyAdministration } from '../key-administration.ts';
import type { Environment } from '../stack-config.ts';

export interface StackKeyPolicyArgs {
  readonly environment: Environment;
  /** The account's twelve digits. */
  readonly accountId: pulumi.Input<string>;
  /** Such as `eu-central-1`. */
  readonly region: string;
}

/** Below this are the log groups of all stacks: a stack that stands in for this one logs under the same key. */
const LOG_GROUPS = 'log-group:/guardian-council/*';

/** What AWS's services do with data keys. */
const USE = ['kms:Decrypt', 'kms:DescribeKey', 'kms:Encrypt', 'kms:GenerateDataKey'];

/**
 * The policy of a stack's key. Volumes: whoever of the account may use EBS, and only by way of EC2, as with AWS's own
 * key for EBS; the service-linked role of auto scaling has no policy that could say so. Log groups: by their names. The
 * alarm topic: CloudWatch, for this account.
 */
export function stackKeyPolicy({ environment, accountId, region }: StackKeyPolicyArgs): PolicyStatement[] {
  const use = (
    Sid: string,
    Principal: NonNullable<PolicyStatement['Principal']>,
    Action: readonly string[],
    Condition: NonNullable<PolicyStatement['Condition']>,
  ): PolicyStatement => ({ Sid, Effect: 'Allow', Principal, Action, Resource: ['*'], Condition });
  const byEc2 = { 'kms:CallerAccount': accountId, 'kms:ViaService': `ec2.${region}.amazonaws.com` };
  const logs = pulumi.interpolate`arn:aws:logs:${region}:${accountId}:${LOG_GROUPS}`;
  return [
    keyAdministration(accountId, environment),
    use(
      'Volumes',
      { AWS: '*' },
      [...USE, 'kms:GenerateDataKeyWithoutPlaintext', 'kms:ReEncryptFrom', 'kms:ReEncryptTo'],
      {
        StringEquals: byEc2,
      },
    ),
    // EBS hands the key on to the machine that a volume is attached to, and to nobody else.
    use('VolumeGrants', { AWS: '*' }, ['kms:CreateGrant'], {
      StringEquals: byEc2,
      Bool: { 'kms:GrantIsForAWSResource': 'true' },
    }),
    use('Logs', { Service: `logs.${region}.amazonaws.com` }, USE, {
      ArnLike: { 'kms:EncryptionContext:aws:logs:arn': logs },
    }),
    use('Alarms', { Service: 'cloudwatch.amazonaws.com' }, ['kms:Decrypt', 'kms:GenerateDataKey'], {
      StringEquals: { 'aws:SourceAccount': accountId },
    }),
  ];
}
