import assert from 'node:assert/strict';
import { type Plan, planOf } from '../../../components/plan/index.ts';
import { Release, Rollout } from '../../../components/release/index.ts';

const HASH = '5f'.repeat(32);
const COMMAND = 'command:local:Command';

const planned = (release: string | undefined): Promise<Plan> =>
  planOf('prod', { config: {}, secretKeys: [] }, async () => {
    const before = new Release('release', { stack: 'prod', environment: 'prod', release });
    new Rollout('rollout', {
      stack: 'prod',
      region: 'eu-central-1',
      release,
      bucketName: before.bucketName,
      instances: { 'gatekeeper-primary': 'i-1', mcu: 'i-2' },
      after: [before],
    });
    return {};
  });

const commands = ({ resources }: Plan) => resources.filter(({ type }) => type === COMMAND);

describe('the rollout', () => {
  it('is one command, in whose variables a reviewer sees the release', async () => {
    const plan = await planned(HASH);
    const rollout = commands(plan).find(({ name }) => name === 'rollout');
    assert.deepEqual(rollout?.inputs, {
      create:
        'node runtime/cli/council.mjs release rollout --stack "$STACK" --region "$AWS_REGION" --release "$RELEASE" --bucket "$RELEASE_BUCKET" --host $HOSTS',
      environment: {
        STACK: 'prod',
        AWS_REGION: 'eu-central-1',
        RELEASE: HASH,
        RELEASE_BUCKET: '<Bucket release.bucket>',
        HOSTS: 'gatekeeper-primary=i-1 mcu=i-2',
      },
    });
  });

  it('is run again where a variable changes, and never replaced: a replaced one would forget what hosts are to run', async () => {
    for (const { inputs } of commands(await planned(HASH))) assert.ok(!('triggers' in inputs));
  });

  it('comes after all hosts and gates, and after what forgets it when the stack goes', async () => {
    const plan = await planned(HASH);
    const [forget, rollout] = ['rollout-parameters', 'rollout'].map((wanted) =>
      commands(plan).find(({ name }) => name === wanted),
    );
    assert.ok(rollout?.dependsOn.includes(forget?.urn ?? 'missing'));
    const bucket = plan.resources.find(({ type }) => type === 'aws:s3/bucket:Bucket');
    assert.ok(rollout?.dependsOn.includes(bucket?.urn ?? 'missing'));
    assert.deepEqual(forget?.inputs, {
      delete: 'node runtime/cli/council.mjs release forget --stack "$STACK" --region "$AWS_REGION"',
      environment: { STACK: 'prod', AWS_REGION: 'eu-central-1' },
    });
  });

  it('is not there before the first release', async () => {
    assert.deepEqual(
      commands(await planned(undefined)).map(({ name }) => name),
      ['rollout-parameters'],
    );
  });
});
