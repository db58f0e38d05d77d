import assert from 'node:assert/strict';
import { type Plan, planOf } from '../../../components/plan/index.ts';
import type { Environment } from '../../../components/stack-config.ts';
import { StackKey } from '../../../components/stack-key/index.ts';
import { find } from '../../support/program-plan.ts';

const ACCOUNT = '111122223333';

const planned = (environment: Environment): Promise<Plan> =>
  planOf('test', { config: {}, secretKeys: [] }, async () => {
    new StackKey('stack', { stack: 'test', environment, accountId: ACCOUNT, region: 'eu-central-1' });
  });

interface Statement {
  readonly Sid: string;
  readonly Principal: unknown;
  readonly Action: readonly string[];
  readonly Condition?: unknown;
}

function statementsOf(plan: Plan): Readonly<Record<string, Statement>> {
  const { Statement: all }: { Statement: Statement[] } = JSON.parse(
    String(find(plan, 'Key', 'stack').inputs['policy']),
  );
  return Object.fromEntries(all.map((one) => [one.Sid, one]));
}

describe('the key of a stack', () => {
  for (const environment of ['prod', 'staging'] as const) {
    const prod = environment === 'prod';

    it(`in ${environment} turns over each year, and is ${prod ? 'protected and deleted by nobody' : 'gone a week after its stack'}`, async () => {
      const plan = await planned(environment);
      const { inputs, protect } = find(plan, 'Key', 'stack');
      const { policy: _, ...rest } = inputs;
      assert.deepEqual(rest, {
        description: 'Volumes, logs and alarms of test',
        enableKeyRotation: true,
        deletionWindowInDays: prod ? 30 : 7,
        tags: { Name: 'stack' },
      });
      assert.equal(protect, prod);
      assert.equal(statementsOf(plan)['Administer']?.Action.includes('kms:ScheduleKeyDeletion'), !prod);
      assert.deepEqual(find(plan, 'Alias', 'stack').inputs, {
        name: 'alias/guardian-council/test/stack',
        targetKeyId: '<Key stack.keyId>',
      });
    });
  }

  it('is used by EBS for this account, by its log groups and by its alarms, and by nobody else', async () => {
    const { Administer, ...uses } = statementsOf(await planned('prod'));
    assert.deepEqual(Administer?.Principal, { AWS: `arn:aws:iam::${ACCOUNT}:root` });
    assert(!Administer?.Action.some((action) => /Decrypt|Encrypt|GenerateDataKey|CreateGrant/.test(action)));
    const byEc2 = { 'kms:CallerAccount': ACCOUNT, 'kms:ViaService': 'ec2.eu-central-1.amazonaws.com' };
    assert.deepEqual(
      Object.entries(uses).map(([sid, { Principal, Condition }]) => [sid, Principal, Condition]),
      [
        ['Volumes', { AWS: '*' }, { StringEquals: byEc2 }],
        ['VolumeGrants', { AWS: '*' }, { StringEquals: byEc2, Bool: { 'kms:GrantIsForAWSResource': 'true' } }],
        [
          'Logs',
          { Service: 'logs.eu-central-1.amazonaws.com' },
          {
            ArnLike: {
              'kms:EncryptionContext:aws:logs:arn': `arn:aws:logs:eu-central-1:${ACCOUNT}:log-group:/guardian-council/*`,
            },
          },
        ],
        ['Alarms', { Service: 'cloudwatch.amazonaws.com' }, { StringEquals: { 'aws:SourceAccount': ACCOUNT } }],
      ],
    );
    assert.deepEqual(uses['VolumeGrants']?.Action, ['kms:CreateGrant']);
    for (const { Sid, Action } of Object.values(uses))
      assert(!Action.some((action) => action.includes('*') || /Put|Delete|Disable/.test(action)), Sid);
  });
});
