import * as aws from '@pulumi/aws';
import * as pulumi from '@pulumi/pulumi';
import { policyDocument } from '../iam.ts';

export interface FlowLogsArgs {
  /** Names the log group: `/guardian-council/<stack>/flows`. */
  readonly stack: string;
  readonly vpcId: pulumi.Input<string>;
  /** The AWS account that the stack is in, twelve digits. */
  readonly accountId: pulumi.Input<string>;
  /** Such as `eu-central-1`. */
  readonly region: string;
  /** KMS key that CloudWatch Logs may use for this group: flows tell who spoke with whom. */
  readonly keyArn: pulumi.Input<string>;
  /** How long flows are kept; CloudWatch Logs takes certain numbers of days only. */
  readonly retentionDays: number;
}

/** Seconds over which packets are summed up: the shortest that there is, since calls and scans are short. */
const AGGREGATION = 60;

/**
 * Who spoke with whom in a VPC, accepted or refused, in CloudWatch Logs: it can be asked at once in an incident, and a
 * council's flows are few, so that it costs little more than files in S3.
 */
export class FlowLogs extends pulumi.ComponentResource {
  readonly logGroupName: pulumi.Output<string>;

  constructor(name: string, args: FlowLogsArgs, opts?: pulumi.ComponentResourceOptions) {
    super('guardian-council:network:FlowLogs', name, {}, opts);
    const { stack, vpcId, accountId, region, keyArn, retentionDays } = args;
    const inside = { parent: this };
    const tags = { Name: name };
    const logGroupName = `/guardian-council/${stack}/flows`;
    const group = new aws.cloudwatch.LogGroup(
      name,
      { name: logGroupName, retentionInDays: retentionDays, kmsKeyId: keyArn, tags },
      inside,
    );
    const role = new aws.iam.Role(
      name,
      {
        description: `Flow logs of ${stack}`,
        assumeRolePolicy: policyDocument([
          {
            Sid: 'FlowLogs',
            Effect: 'Allow',
            Principal: { Service: 'vpc-flow-logs.amazonaws.com' },
            Action: ['sts:AssumeRole'],
            // No flow log of another account or region can have the service write here.
            Condition: {
              StringEquals: { 'aws:SourceAccount': accountId },
              ArnLike: { 'aws:SourceArn': pulumi.interpolate`arn:aws:ec2:${region}:${accountId}:vpc-flow-log/*` },
            },
          },
        ]),
        tags,
      },
      inside,
    );
    // Not the ARN that AWS makes up: it is the same, and known before the group is there.
    const groupArn = pulumi.interpolate`arn:aws:logs:${region}:${accountId}:log-group:${logGroupName}`;
    const policy = new aws.iam.RolePolicy(
      name,
      {
        role: role.name,
        policy: policyDocument([
          {
            Sid: 'WriteFlows',
            Effect: 'Allow',
            Action: ['logs:CreateLogStream', 'logs:DescribeLogStreams', 'logs:PutLogEvents'],
            Resource: [groupArn, pulumi.interpolate`${groupArn}:*`],
          },
          // It knows no resource to narrow it to.
          { Sid: 'FindGroup', Effect: 'Allow', Action: ['logs:DescribeLogGroups'], Resource: ['*'] },
        ]),
      },
      inside,
    );
    new aws.ec2.FlowLog(
      name,
      {
        vpcId,
        trafficType: 'ALL',
        logDestinationType: 'cloud-watch-logs',
        logDestination: group.arn,
        iamRoleArn: role.arn,
        maxAggregationInterval: AGGREGATION,
        tags,
      },
      { ...inside, dependsOn: [policy] },
    );
    this.logGroupName = group.name;
    this.registerOutputs({ logGroupName: this.logGroupName });
  }
}
