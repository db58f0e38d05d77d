/** After an update that failed half-way, another one takes away neither the only gatekeeper nor etcd's majority. */
import assert from 'node:assert/strict';
import { PretendedAws } from '../support/pretended-aws.ts';
import { emptyStack, needToolchain, TEST_PATIENCE } from './support/base.ts';
import { find } from './support/deployment.ts';
import { GATEKEEPERS, outages, Serving, secondVoters, Voters } from './support/serving.ts';
import type { EngineStack } from './support/stack.ts';

const INSTANCE = 'aws:ec2/instance:Instance';
const RELEASE = 'ab'.repeat(32);

/** EC2 and Systems Manager for a stack's gatekeepers, which serve with the release, and vote, as long as they are there. */
function serve(aws: PretendedAws, { name, cloud }: EngineStack): void {
  const list = (): void => {
    aws.instances.clear();
    for (const machine of cloud.all(INSTANCE)) aws.instances.set(machine.name, machine.id);
  };
  list();
  cloud.onCall(list);
  for (const role of GATEKEEPERS) aws.parameters.set(`/guardian-council/${name}/release/${role}`, RELEASE);
  aws.execute = () => {
    const voters = [...GATEKEEPERS, 'monitoring'].map((one) => ({ name: one, healthy: aws.instances.has(one) }));
    const probe = { serves: true, role: 'standby', release: RELEASE, voters, problems: [] };
    const state = { current: RELEASE, ours: true, state: 'active', pid: 1, probe };
    return { status: 'Success', stdout: JSON.stringify(state) };
  };
}

describe('an update after one that failed half-way, by the real engine', function () {
  this.timeout(TEST_PATIENCE);
  const aws = new PretendedAws();
  const voters = new Voters();
  let stack: EngineStack;
  let serving: Serving;
  let from = 0;

  before(async function () {
    stack = await emptyStack(needToolchain(this), 'staging', { endpoint: await aws.start() });
    await up();
    serve(aws, stack);
    serving = new Serving(stack.cloud);
    from = stack.cloud.calls.length;
  });
  after(async () => {
    await stack?.close();
    await aws.stop();
  });

  async function up(...args: readonly string[]): Promise<void> {
    const { status, stdout, stderr } = await stack.run('up', args);
    assert.equal(status, 0, stdout + stderr);
  }

  async function fails(says: RegExp): Promise<void> {
    const { status, stdout, stderr } = await stack.run('up');
    assert.notEqual(status, 0);
    assert.match(stdout + stderr, says);
  }

  /** Judges all calls since it was last called. */
  function judge(who: readonly string[]): void {
    const calls = stack.cloud.calls.slice(from);
    from = stack.cloud.calls.length;
    assert.deepEqual(outages(calls, serving), []);
    assert.deepEqual(secondVoters(calls, voters), []);
    assert.deepEqual(serving.now, who);
  }

  const secondary = (): string => stack.cloud.named(INSTANCE, 'gatekeeper-secondary').id;

  /** Brings up what is out, and then the rest, as docs/operations/change-production.md says. */
  async function mend(out: string): Promise<void> {
    const only = secondary();
    const { urn } = find(await stack.state(), 'Instance', out);
    await up('--target', urn, '--target-dependents');
    judge(GATEKEEPERS);
    assert.equal(secondary(), only);
    await up();
    judge(GATEKEEPERS);
    const images = stack.cloud.all(INSTANCE).map(({ outputs }) => outputs['ami']);
    assert.equal(new Set(images).size, 1);
  }

  it('is refused the only gatekeeper that serves, says what is out, and goes on when that is back', async () => {
    await stack.configure('amiId', 'ami-00000000000000001');
    stack.failures.next(INSTANCE, 'create', 'InsufficientInstanceCapacity', 1, 'gatekeeper-primary');
    await fails(/InsufficientInstanceCapacity/);
    judge(['gatekeeper-secondary']);
    const only = secondary();

    await stack.configure('amiId', 'ami-00000000000000002');
    await fails(
      /gatekeeper-secondary cannot be spared: gatekeeper-secondary serves, and no instance of gatekeeper-primary is running\. Bring up what is out first/,
    );
    judge(['gatekeeper-secondary']);
    assert.equal(secondary(), only);
    await mend('gatekeeper-primary');
  });

  it('is refused a second voter of etcd, says which is out, and goes on when that is back', async () => {
    await stack.configure('amiId', 'ami-00000000000000003');
    stack.failures.next(INSTANCE, 'create', 'InsufficientInstanceCapacity', 1, 'monitoring');
    await fails(/InsufficientInstanceCapacity/);
    judge(GATEKEEPERS);

    await stack.configure('amiId', 'ami-00000000000000004');
    await fails(
      /cannot be spared: without gatekeeper-secondary etcd decides nothing: of its 3 voters monitoring is out/,
    );
    judge(GATEKEEPERS);
    await mend('monitoring');
  });
});
