/** The one gatekeeper that serves is not taken away by an update of other things than the one that failed. */
import assert from 'node:assert/strict';
import { PretendedAws } from '../support/pretended-aws.ts';
import { emptyStack, needToolchain, TEST_PATIENCE } from './support/base.ts';
import { find } from './support/deployment.ts';
import { GATEKEEPERS, outages, Serving } from './support/serving.ts';
import type { EngineStack } from './support/stack.ts';

const INSTANCE = 'aws:ec2/instance:Instance';
const RELEASE = 'ab'.repeat(32);

/** EC2 and Systems Manager for a stack's gatekeepers, which all serve with the release as long as they are there. */
function serve(aws: PretendedAws, { name, cloud }: EngineStack): void {
  const list = (): void => {
    aws.instances.clear();
    for (const machine of cloud.all(INSTANCE)) aws.instances.set(machine.name, machine.id);
  };
  list();
  cloud.onCall(list);
  for (const role of GATEKEEPERS) aws.parameters.set(`/guardian-council/${name}/release/${role}`, RELEASE);
  const probe = { serves: true, role: 'standby', release: RELEASE, problems: [] };
  aws.execute = () => ({
    status: 'Success',
    stdout: JSON.stringify({ current: RELEASE, ours: true, state: 'active', pid: 1, probe }),
  });
}

describe('an update after one that failed half-way, by the real engine', function () {
  this.timeout(TEST_PATIENCE);

  it('is refused the only gatekeeper that serves, says whom to bring up first, and goes on when that is done', async function () {
    const aws = new PretendedAws();
    const stack = await emptyStack(needToolchain(this), 'staging', { endpoint: await aws.start() });
    const secondary = () => stack.cloud.named(INSTANCE, 'gatekeeper-secondary').id;
    try {
      const first = await stack.run('up');
      assert.equal(first.status, 0, first.stdout + first.stderr);
      serve(aws, stack);
      const serving = new Serving(stack.cloud);
      let from = stack.cloud.calls.length;
      const judge = (who: readonly string[]): void => {
        assert.deepEqual(outages(stack.cloud.calls.slice(from), serving), []);
        assert.deepEqual(serving.now, who);
        from = stack.cloud.calls.length;
      };

      await stack.configure('amiId', 'ami-00000000000000001');
      stack.failures.next(INSTANCE, 'create', 'InsufficientInstanceCapacity', 1, 'gatekeeper-primary');
      assert.notEqual((await stack.run('up')).status, 0);
      judge(['gatekeeper-secondary']);
      const only = secondary();

      await stack.configure('amiId', 'ami-00000000000000002');
      const refused = await stack.run('up');
      assert.notEqual(refused.status, 0);
      assert.match(
        refused.stdout + refused.stderr,
        /gatekeeper-secondary cannot be spared: gatekeeper-secondary serves, and no instance of gatekeeper-primary is running\. Bring up gatekeeper-primary first/,
      );
      judge(['gatekeeper-secondary']);
      assert.equal(secondary(), only);

      const { urn } = find(await stack.state(), 'Instance', 'gatekeeper-primary');
      const mended = await stack.run('up', ['--target', urn, '--target-dependents']);
      assert.equal(mended.status, 0, mended.stdout + mended.stderr);
      judge(GATEKEEPERS);
      assert.equal(secondary(), only);

      const rest = await stack.run('up');
      assert.equal(rest.status, 0, rest.stdout + rest.stderr);
      judge(GATEKEEPERS);
      for (const { name, outputs } of stack.cloud.all(INSTANCE))
        assert.equal(outputs['ami'], 'ami-00000000000000002', name);
    } finally {
      await stack.close();
      await aws.stop();
    }
  });
});
