import * as aws from '@pulumi/aws';
import * as pulumi from '@pulumi/pulumi';
import { type PolicyStatement, policyDocument } from '../iam.ts';
import { BACKUP_TAG } from './tags.ts';

export interface BackupsArgs {
  readonly stack: string;
  /** The AWS account that the stack is in, twelve digits. */
  readonly accountId: pulumi.Input<string>;
  /** Such as `eu-central-1`. */
  readonly region: string;
  /** The value that volumes to be backed up have as their `Backup` tag. */
  readonly target: string;
  /** How many volumes have that tag. */
  readonly volumes: number;
  /** SNS topic that is told of snapshots that fail or do not come. */
  readonly topicArn: pulumi.Input<string>;
}

/** A snapshot a day, each kept for so long: what Grafana's backups are to be kept, and more than Prometheus's four weeks. */
const DAYS_KEPT = 30;
/** UTC. AWS begins within the hour after it. */
const AT = '02:00';

/** As Data Lifecycle Manager does once an hour at most; CloudWatch looks back over seven days of such periods at most. */
const HOUR = 3600;
/** Of twice a snapshot's interval. */
const HOURS_OF_TWO_DAYS = 48;

/**
 * What CloudWatch is told of each run (namespace AWS/EBS), and when that is an alarm. No metric says how old a volume's
 * newest snapshot is: a run that leaves one out, fails for one, or does not come, is what can be seen.
 */
const alarmsOf = (volumes: number) =>
  [
    {
      name: 'old',
      what: 'no snapshot of any volume has been completed for two days',
      metricName: 'SnapshotsCreateCompleted',
      threshold: 1,
      comparisonOperator: 'LessThanThreshold',
      periods: HOURS_OF_TWO_DAYS,
      treatMissingData: 'breaching',
    },
    {
      name: 'failed',
      what: 'a snapshot failed, and so did trying it again for an hour',
      metricName: 'SnapshotsCreateFailed',
      threshold: 1,
      comparisonOperator: 'GreaterThanOrEqualToThreshold',
      periods: 1,
      treatMissingData: 'notBreaching',
    },
    {
      name: 'untagged',
      what: `a run found fewer than ${volumes} volumes with the tag ${BACKUP_TAG}`,
      metricName: 'ResourcesTargeted',
      threshold: volumes,
      comparisonOperator: 'LessThanThreshold',
      periods: 1,
      treatMissingData: 'notBreaching',
    },
  ] as const;

/** What snapshots need; deletion is for those alone that Data Lifecycle Manager has made itself. */
const statements = (region: string): PolicyStatement[] => [
  {
    Sid: 'Snapshot',
    Effect: 'Allow',
    Action: ['ec2:CreateSnapshot'],
    Resource: [`arn:aws:ec2:${region}:*:volume/*`, `arn:aws:ec2:${region}::snapshot/*`],
  },
  {
    Sid: 'Tag',
    Effect: 'Allow',
    Action: ['ec2:CreateTags'],
    Resource: [`arn:aws:ec2:${region}::snapshot/*`],
  },
  {
    Sid: 'Expire',
    Effect: 'Allow',
    Action: ['ec2:DeleteSnapshot'],
    Resource: [`arn:aws:ec2:${region}::snapshot/*`],
    Condition: { StringLike: { 'aws:ResourceTag/aws:dlm:lifecycle-policy-id': '*' } },
  },
  // These know no resource to narrow them to.
  {
    Sid: 'Look',
    Effect: 'Allow',
    Action: ['ec2:DescribeSnapshots', 'ec2:DescribeTags', 'ec2:DescribeVolumes'],
    Resource: ['*'],
  },
];

/**
 * A snapshot a day of each volume that has the stack's `Backup` tag, by Amazon Data Lifecycle Manager. Snapshots are under
 * the key of their volume, and stay when the stack is destroyed. Alarms tell of those that fail or do not come.
 * docs/operations/backups.md says what is in them, and how they are restored.
 */
export class Backups extends pulumi.ComponentResource {
  /** The lifecycle policy, by which its snapshots are found: their tag `aws:dlm:lifecycle-policy-id`. */
  readonly policyId: pulumi.Output<string>;

  constructor(name: string, args: BackupsArgs, opts?: pulumi.ComponentResourceOptions) {
    super('guardian-council:backups:Backups', name, {}, opts);
    const { stack, accountId, region, target, volumes, topicArn } = args;
    const inside = { parent: this };
    const tags = { Name: name };
    const role = new aws.iam.Role(
      name,
      {
        description: `Snapshots of ${stack}`,
        assumeRolePolicy: policyDocument([
          {
            Sid: 'DataLifecycleManager',
            Effect: 'Allow',
            Principal: { Service: 'dlm.amazonaws.com' },
            Action: ['sts:AssumeRole'],
            Condition: {
              StringEquals: { 'aws:SourceAccount': accountId },
              ArnLike: { 'aws:SourceArn': pulumi.interpolate`arn:aws:dlm:${region}:${accountId}:policy/*` },
            },
          },
        ]),
        tags,
      },
      inside,
    );
    const rights = new aws.iam.RolePolicy(
      name,
      { role: role.name, policy: policyDocument(statements(region)) },
      inside,
    );
    const policy = new aws.dlm.LifecyclePolicy(
      name,
      {
        // Of letters, digits, spaces, hyphens and underscores.
        description: `Daily snapshots of ${stack.replaceAll('.', '-')}`,
        executionRoleArn: role.arn,
        state: 'ENABLED',
        policyDetails: {
          policyType: 'EBS_SNAPSHOT_MANAGEMENT',
          resourceTypes: ['VOLUME'],
          targetTags: { [BACKUP_TAG]: target },
          schedules: [
            {
              name: 'daily',
              copyTags: true,
              createRule: { interval: 24, intervalUnit: 'HOURS', times: AT },
              retainRule: { interval: DAYS_KEPT, intervalUnit: 'DAYS' },
            },
          ],
        },
        tags,
      },
      { ...inside, dependsOn: [rights] },
    );
    for (const { name: suffix, what, periods, ...alarm } of alarmsOf(volumes))
      new aws.cloudwatch.MetricAlarm(
        `${name}-${suffix}`,
        {
          ...alarm,
          alarmDescription: `backups of ${stack}: ${what}`,
          namespace: 'AWS/EBS',
          dimensions: { DLMPolicyId: policy.id },
          statistic: 'Sum',
          period: HOUR,
          evaluationPeriods: periods,
          datapointsToAlarm: periods,
          alarmActions: [topicArn],
        },
        inside,
      );
    this.policyId = policy.id;
    this.registerOutputs({ policyId: this.policyId });
  }
}
