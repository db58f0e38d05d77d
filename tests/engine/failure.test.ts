import assert from 'node:assert/strict';
import { emptyStack, needToolchain, TEST_PATIENCE, upStack } from './support/base.ts';
import { find } from './support/deployment.ts';
import { upKilledAt } from './support/killed.ts';
import { outages, Serving } from './support/serving.ts';
import type { EngineStack } from './support/stack.ts';
import type { Toolchain } from './toolchain/find.ts';

const INSTANCE = 'aws:ec2/instance:Instance';
const AMI = 'ami-0fedcba9876543210';

interface Case {
  readonly title: string;
  /** Makes the update fail. */
  readonly spoil: (stack: EngineStack) => void;
  /** Names of the resources of which one at least is told of, and what is told. */
  readonly resources: readonly string[];
  readonly says: RegExp;
  /** Does what an operator would, if there is anything to do. */
  readonly mend?: (stack: EngineStack) => void;
  /** Hosts that must be the same machines as before, after the failure. */
  readonly untouched: readonly string[];
}

const CASES: readonly Case[] = [
  {
    title: 'the gate behind the new secondary gatekeeper does not open',
    spoil: ({ health }) => health.set('gatekeeper-secondary', 'refused'),
    resources: ['gatekeeper-secondary-healthy'],
    says: /exit status \d+: running[\s\S]*UnauthorizedOperation/,
    mend: ({ health }) => health.set('gatekeeper-secondary', 'ok'),
    untouched: ['gatekeeper-primary', 'monitoring'],
  },
  {
    title: 'there is no capacity for the new primary gatekeeper',
    spoil: ({ failures }) => failures.next(INSTANCE, 'create', 'InsufficientInstanceCapacity', 1, 'gatekeeper-primary'),
    resources: ['gatekeeper-primary'],
    says: /InsufficientInstanceCapacity/,
    untouched: ['monitoring'],
  },
  {
    title: 'the image is gone',
    spoil: ({ cloud }) => cloud.account.goneImages.add(AMI),
    // These are replaced at once, and the first that fails ends the rest.
    resources: ['gatekeeper-secondary', 'mcu', 'sip-gateway'],
    says: new RegExp(`InvalidAMIID.*${AMI}`),
    mend: ({ cloud }) => cloud.account.goneImages.delete(AMI),
    untouched: ['gatekeeper-primary', 'monitoring'],
  },
  {
    title: 'AWS throttles for longer than its SDK tries',
    spoil: ({ failures }) => failures.next(INSTANCE, 'delete', 'Throttling', 3, 'gatekeeper-secondary'),
    resources: ['gatekeeper-secondary'],
    says: /Throttling|Rate exceeded/,
    untouched: ['gatekeeper-primary', 'monitoring'],
  },
];

describe('pulumi up that fails, by the real engine', function () {
  this.timeout(TEST_PATIENCE);
  let toolchain: Toolchain;

  before(function () {
    toolchain = needToolchain(this);
  });

  const ids = ({ cloud }: EngineStack) => new Map(cloud.all(INSTANCE).map(({ name, id }) => [name, id]));

  /** The next `up` must mend everything, and a gatekeeper must have served from the first call of all on. */
  async function repaired(stack: EngineStack, serving: Serving, before: number): Promise<void> {
    const repair = await stack.run('up');
    assert.equal(repair.status, 0, repair.stdout + repair.stderr);
    assert.deepEqual(outages(stack.cloud.calls.slice(before), serving), []);
    assert.deepEqual(serving.now, ['gatekeeper-primary', 'gatekeeper-secondary']);
    const { resources, pending } = await stack.state();
    assert.deepEqual(pending, []);
    assert.deepEqual(
      resources.filter((one) => one.delete).map(({ urn }) => urn),
      [],
    );
    for (const { name, outputs } of stack.cloud.all(INSTANCE)) assert.equal(outputs['ami'], AMI, name);
    assert.equal(stack.cloud.all(INSTANCE).length, 5);
  }

  for (const { title, spoil, resources, says, mend, untouched } of CASES)
    it(`says what is wrong and keeps a gatekeeper serving when ${title}; the next up repairs it`, async () => {
      const stack = await upStack(toolchain, 'staging');
      try {
        const serving = new Serving(stack.cloud);
        const before = ids(stack);
        await stack.configure('amiId', AMI);
        spoil(stack);

        const run = await stack.run('up');
        assert.notEqual(run.status, 0);
        const all = run.diagnostics.filter(({ severity }) => severity === 'error');
        const errors = all.filter(({ name }) => resources.includes(name));
        assert.ok(
          errors.some(({ message }) => says.test(message)),
          JSON.stringify(all),
        );
        assert.match(run.stdout + run.stderr, says, 'the operator sees it');
        assert.deepEqual(outages(stack.cloud.calls, serving), []);
        assert.ok(serving.now.length > 0);
        const after = ids(stack);
        for (const host of untouched) assert.equal(after.get(host), before.get(host), host);
        assert.equal(stack.failures.left, 0, 'what was to fail has failed');

        mend?.(stack);
        await repaired(stack, serving, stack.cloud.calls.length);
      } finally {
        await stack.close();
      }
    });

  it('is killed while a gatekeeper is away: the next one is held off until the lock is lifted, then repairs it', async () => {
    const stack = await upStack(toolchain, 'staging');
    try {
      const serving = new Serving(stack.cloud);
      await stack.configure('amiId', AMI);
      await upKilledAt(
        stack,
        ({ type, action, phase, name }) =>
          type === INSTANCE && name === 'gatekeeper-secondary' && action === 'delete' && phase === 'end',
      );

      await stack.pulumi(['cancel', '--yes', '--stack', stack.name]);
      const seen = stack.cloud.calls.length;
      assert.deepEqual(outages(stack.cloud.calls.slice(0, seen), serving), []);
      await repaired(stack, serving, seen);
    } finally {
      await stack.close();
    }
  });

  it('is given another image while the primary is out: by the written way, the one that serves is not touched', async () => {
    const stack = await upStack(toolchain, 'staging');
    try {
      const serving = new Serving(stack.cloud);
      await stack.configure('amiId', 'ami-00000000000000001');
      stack.failures.next(INSTANCE, 'create', 'InsufficientInstanceCapacity', 1, 'gatekeeper-primary');
      assert.notEqual((await stack.run('up')).status, 0);
      assert.deepEqual(outages(stack.cloud.calls, serving), []);
      assert.deepEqual(serving.now, ['gatekeeper-secondary']);

      await stack.configure('amiId', AMI);
      const { urn } = find(await stack.state(), 'Instance', 'gatekeeper-primary');
      const seen = stack.cloud.calls.length;
      const mend = await stack.run('up', ['--target', urn, '--target-dependents']);
      assert.equal(mend.status, 0, mend.stdout + mend.stderr);
      const between = stack.cloud.calls.length;
      assert.deepEqual(outages(stack.cloud.calls.slice(seen, between), serving), []);
      assert.deepEqual(serving.now, ['gatekeeper-primary', 'gatekeeper-secondary']);
      assert.equal(stack.cloud.named(INSTANCE, 'gatekeeper-secondary').outputs['ami'], 'ami-00000000000000001');
      await repaired(stack, serving, between);
    } finally {
      await stack.close();
    }
  });

  it('is refused more addresses than the account may have, and goes on when it may have more', async () => {
    const stack = await emptyStack(toolchain, 'staging', { quotas: { elasticIps: 4 } });
    try {
      const run = await stack.run('up');
      assert.notEqual(run.status, 0);
      const [error] = run.diagnostics.filter(({ severity, name }) => severity === 'error' && name !== '');
      assert.match(error?.message ?? '', /AddressLimitExceeded/);
      const role = error?.name ?? '';
      assert.ok(
        stack.cloud.all('aws:ec2/eip:Eip').every(({ name }) => name !== role),
        role,
      );

      stack.cloud.account.quotas.elasticIps = 5;
      const repair = await stack.run('up');
      assert.equal(repair.status, 0, repair.stdout + repair.stderr);
      assert.equal(stack.cloud.all(INSTANCE).length, 5);
      assert.equal(stack.cloud.all('aws:ec2/eip:Eip').length, 5);
    } finally {
      await stack.close();
    }
  });
});
