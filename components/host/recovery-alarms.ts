import * as aws from '@pulumi/aws';
import type { Input, ResourceOptions } from '@pulumi/pulumi';
import type { HostRole } from '../hosts.ts';

interface RecoveryArgs {
  readonly region: string;
  readonly instanceId: Input<string>;
  /** SNS topic to tell. */
  readonly topicArn: Input<string>;
}

/** Which status check fails, what EC2 does about it, and after how many minutes. */
const RECOVERIES = [
  { metric: 'StatusCheckFailed_System', action: 'recover', minutes: 2, what: 'the machine below it fails: moved' },
  { metric: 'StatusCheckFailed_Instance', action: 'reboot', minutes: 3, what: 'it does not answer: restarted' },
] as const;

/** Alarms by which EC2 moves or restarts a host on its own; the topic is told of each. */
export function recoveryAlarms(
  role: HostRole,
  { region, instanceId, topicArn }: RecoveryArgs,
  options: ResourceOptions,
): void {
  for (const { metric, action, minutes, what } of RECOVERIES)
    new aws.cloudwatch.MetricAlarm(
      `${role}-${action}`,
      {
        alarmDescription: `${role}: ${what}`,
        namespace: 'AWS/EC2',
        metricName: metric,
        dimensions: { InstanceId: instanceId },
        statistic: 'Maximum',
        comparisonOperator: 'GreaterThanOrEqualToThreshold',
        threshold: 1,
        period: 60,
        evaluationPeriods: minutes,
        datapointsToAlarm: minutes,
        treatMissingData: 'missing',
        alarmActions: [`arn:aws:automate:${region}:ec2:${action}`, topicArn],
        okActions: [topicArn],
      },
      options,
    );
}
