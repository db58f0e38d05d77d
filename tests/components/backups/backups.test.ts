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

  it('are made of the volumes of all voters and of what monitoring keeps on its own, and of nothing else', async () => {
    const { resources } = await planOfProgram('prod');
    const tagged = resources.flatMap(({ name, inputs }) => {
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
    assert.deepEqual(backupTags({ stack: 'rollback-7', environment: 'rollback' }), {});
  });
});
