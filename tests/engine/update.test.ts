import assert from 'node:assert/strict';
import { needToolchain, TEST_PATIENCE, upStack } from './support/base.ts';
import { outages, Serving } from './support/serving.ts';
import type { EngineStack } from './support/stack.ts';
import type { Toolchain } from './toolchain/find.ts';

const INSTANCE = 'aws:ec2/instance:Instance';
const EIP = 'aws:ec2/eip:Eip';
const RULE = 'aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule';
const PARAMETER = 'aws:ssm/parameter:Parameter';

/** What was done to the voters and their gates, in order: begins of deletes, ends of everything else. */
const course = (stack: EngineStack): string[] =>
  stack.cloud.calls
    .filter(({ type, action, phase }) =>
      type === INSTANCE
        ? phase === (action === 'delete' ? 'begin' : 'end')
        : type.startsWith('command:') && phase === 'end',
    )
    .filter(({ name }) => /^(gatekeeper|monitoring)/.test(name))
    .map(({ action, name }) => `${action} ${name}`)
    // When a gate that was passed before is forgotten does not matter.
    .filter((line) => !/^delete .*-(spare|healthy)$/.test(line));

describe('pulumi up with another configuration, by the real engine', function () {
  this.timeout(TEST_PATIENCE);
  let toolchain: Toolchain;
  let stack: EngineStack;

  before(function () {
    toolchain = needToolchain(this);
  });

  beforeEach(async () => {
    stack = await upStack(toolchain, 'staging');
  });

  afterEach(async () => stack?.close());

  async function up(): Promise<void> {
    const serving = new Serving(stack.cloud);
    const run = await stack.run('up');
    assert.equal(run.status, 0, run.stdout + run.stderr);
    assert.deepEqual(outages(stack.cloud.calls, serving), []);
    assert.deepEqual(serving.now, ['gatekeeper-primary', 'gatekeeper-secondary']);
  }

  it('replaces host by host for another image; a gatekeeper serves at every step, and addresses stay', async () => {
    const addresses = stack.cloud.all(EIP);
    const before = new Map(stack.cloud.all(INSTANCE).map(({ name, id }) => [name, id]));
    await stack.configure('amiId', 'ami-0fedcba9876543210');
    await up();
    assert.deepEqual(course(stack), [
      'create gatekeeper-secondary-spare',
      'delete gatekeeper-secondary',
      'create gatekeeper-secondary',
      'create gatekeeper-secondary-healthy',
      'delete gatekeeper-primary',
      'create gatekeeper-primary',
      'create gatekeeper-primary-healthy',
      'delete monitoring',
      'create monitoring',
    ]);
    for (const { name, id, outputs } of stack.cloud.all(INSTANCE)) {
      assert.notEqual(id, before.get(name));
      assert.equal(outputs['ami'], 'ami-0fedcba9876543210', name);
    }
    assert.deepEqual(stack.cloud.all(EIP), addresses);
  });

  it('asks after both gatekeepers where only their size changes, which leaves them the same machines', async () => {
    const ids = () => new Map(stack.cloud.all(INSTANCE).map(({ name, id }) => [name, id]));
    const before = ids();
    await stack.configure('gatekeeperInstanceType', 'c7i.xlarge');
    await up();
    assert.deepEqual(course(stack), [
      'create gatekeeper-secondary-spare',
      'update gatekeeper-secondary',
      'create gatekeeper-secondary-healthy',
      'update gatekeeper-primary',
      'create gatekeeper-primary-healthy',
    ]);
    assert.deepEqual(ids(), before);
  });

  it('opens ports to other administrators', async () => {
    await stack.configure('adminCidrs', '["192.0.2.0/24"]');
    await up();
    const sources = stack.cloud.all(RULE).map(({ outputs }) => outputs['cidrIpv4']);
    assert.ok(sources.includes('192.0.2.0/24'));
    assert.ok(!sources.includes('198.51.100.0/24'));
  });

  it('stops at a release that no bucket has: it says which, and replaces no host', async () => {
    const before = stack.cloud.all(INSTANCE).map(({ id }) => id);
    const release = 'ab'.repeat(32);
    await stack.configure('release', release);
    const run = await stack.run('up');
    assert.notEqual(run.status, 0);
    assert.match(run.stdout + run.stderr, new RegExp(`release ${release} is not in s3://release-`));
    const wanted = stack.cloud.all(PARAMETER).filter(({ outputs }) => outputs['value'] === release);
    assert.equal(wanted.length, 1);
    assert.deepEqual(
      stack.cloud.all(INSTANCE).map(({ id }) => id),
      before,
    );
  });
});
