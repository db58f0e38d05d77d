import assert from 'node:assert/strict';
import { Backups, backupTags } from '../../../components/backups/index.ts';
import { planOf } from '../../../components/plan/index.ts';
import { find, planOfProgram } from '../../support/program-plan.ts';

describe('backups', function () {
  this.timeout(20_000);

  it('are a snapshot a day of what has the tag, each kept for thirty days', async () => {
    const args = {
      stack: 'prod.eu',
      accountId: '111122223333',
      region: 'eu-central-1',
      target: 'guardian-council-prod',
      volumes: 4,
      topicArn: 'arn:aws:sns:eu-central-1:111122223333:alarms',
    };
    const plan = await planOf('test', { config: {}, secretKeys: [] }, async () => void new Backups('backups', args));
    assert.deepEqual(find(plan, 'LifecyclePolicy', 'backups').inputs, {
      description: 'Daily snapshots of prod-eu',
      executionRoleArn: '<Role backups.arn>',
      state: 'ENABLED',
      policyDetails: {
        policyType: 'EBS_SNAPSHOT_MANAGEMENT',
        resourceTypes: ['VOLUME'],
        targetTags: { Backup: 'guardian-council-prod' },
        schedules: [
          {
            name: 'daily',
            copyTags: true,
            createRule: { interval: 24, intervalUnit: 'HOURS', times: '02:00' },
            retainRule: { interval: 30, intervalUnit: 'DAYS' },
          },
        ],
      },
      tags: { Name: 'backups' },
    });
    const { Statement }: { Statement: { Sid: string; Action: string[]; Resource: string[]; Condition?: unknown }[] } =
      JSON.parse(String(find(plan, 'RolePolicy', 'backups').inputs['policy']));
    const bySid = Object.fromEntries(Statement.map((one) => [one.Sid, one]));
    assert.deepEqual(Object.keys(bySid), ['Snapshot', 'Tag', 'Expire', 'Look']);
    assert.deepEqual(bySid['Expire']?.Condition, {
      StringLike: { 'aws:ResourceTag/aws:dlm:lifecycle-policy-id': '*' },
    });
    for (const { Sid, Action, Resource } of Statement)
      assert(Action.every((action) => action.startsWith('ec2:Describe')) || !Resource.includes('*'), Sid);
  });

  it('tell the topic where one fails, a volume is left out, or none has come for twice their interval', async () => {
    const plan = await planOfProgram('prod');
    const alarm = (name: string) => find(plan, 'MetricAlarm', `backups-${name}`).inputs;
    const common = {
      namespace: 'AWS/EBS',
      dimensions: { DLMPolicyId: '<LifecyclePolicy backups.id>' },
      statistic: 'Sum',
      period: 3600,
      alarmActions: ['<Topic alarms.arn>'],
    };
    assert.deepEqual(alarm('old'), {
      ...common,
      alarmDescription: 'backups of prod: no snapshot of any volume has been completed for two days',
      metricName: 'SnapshotsCreateCompleted',
      comparisonOperator: 'LessThanThreshold',
      threshold: 1,
      ...{ evaluationPeriods: 48, datapointsToAlarm: 48, treatMissingData: 'breaching' },
    });
    assert.deepEqual(alarm('failed'), {
      ...common,
      alarmDescription: 'backups of prod: a snapshot failed, and so did trying it again for an hour',
      metricName: 'SnapshotsCreateFailed',
      comparisonOperator: 'GreaterThanOrEqualToThreshold',
      threshold: 1,
      ...{ evaluationPeriods: 1, datapointsToAlarm: 1, treatMissingData: 'notBreaching' },
    });
    assert.deepEqual(alarm('untagged'), {
      ...common,
      alarmDescription: 'backups of prod: a run found fewer than 4 volumes with the tag Backup',
      metricName: 'ResourcesTargeted',
      comparisonOperator: 'LessThanThreshold',
      threshold: 4,
      ...{ evaluationPeriods: 1, datapointsToAlarm: 1, treatMissingData: 'notBreaching' },
    });
  });

  it('are made of the volumes of all voters and of what monitoring keeps on its own, and of nothing else', async () => {
    const plan = await planOfProgram('prod');
    const tagged = plan.resources.flatMap(({ name, inputs }) => {
      const { tags, rootBlockDevice } = inputs;
      return [tags, rootBlockDevice].some((value) =>
        JSON.stringify(value ?? {}).includes('"Backup":"guardian-council-prod"'),
      )
        ? [name]
        : [];
    });
    assert.deepEqual(tagged.sort(), [
      'gatekeeper-primary-data',
      'gatekeeper-secondary-data',
      'monitoring',
      'monitoring-data',
    ]);
    const { threshold } = find(plan, 'MetricAlarm', 'backups-untagged').inputs;
    assert.equal(threshold, tagged.length, 'an alarm tells where one is left out');
    assert.deepEqual(backupTags({ stack: 'rollback-7', environment: 'rollback' }), {});
  });
});
