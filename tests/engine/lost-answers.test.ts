/** What AWS did and nobody heard of: answers that are lost, a provider that dies, a Pulumi that is killed; and the repair. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import type { Resource } from '../../lab/provider/index.ts';
import { skipLoudly } from '../support/skip.ts';
import { emptyStack, needToolchain, TEST_PATIENCE, upStack } from './support/base.ts';
import { upKilledAt } from './support/killed.ts';
import { procedure } from './support/procedure.ts';
import { GATEKEEPERS, outages, Serving } from './support/serving.ts';
import type { EngineStack, Run } from './support/stack.ts';
import type { Toolchain } from './toolchain/find.ts';

const INSTANCE = 'aws:ec2/instance:Instance';
const ALARM = 'aws:cloudwatch/metricAlarm:MetricAlarm';
const LOST = /request send failed, read: connection reset by peer/;

/** Creates whose answers are lost, and what the next `up` says of each. */
const LOUD: readonly (readonly [type: string, name: string, says: string])[] = [
  ['aws:ec2/eip:Eip', 'mcu', 'AddressLimitExceeded'],
  ['aws:ec2/subnet:Subnet', 'council-3', 'InvalidSubnet.Conflict'],
  ['aws:ec2/route:Route', 'council-world', 'RouteAlreadyExists'],
  ['aws:cloudwatch/logGroup:LogGroup', 'flows', 'ResourceAlreadyExistsException'],
  ['aws:budgets/budget:Budget', 'budget', 'DuplicateRecordException'],
  ['aws:kms/alias:Alias', 'stack', 'AlreadyExistsException'],
  ['aws:ssm/parameter:Parameter', 'release-bucket', 'ParameterAlreadyExists'],
  ['aws:route53/record:Record', 'dns-naptr', 'already exists'],
];

/** Those of which it makes another one, and says nothing. */
const SILENT: readonly (readonly [type: string, name: string])[] = [
  ['aws:ec2/securityGroup:SecurityGroup', 'mcu'],
  ['aws:ebs/volume:Volume', 'monitoring-data'],
  ['aws:s3/bucket:Bucket', 'release'],
  ['aws:sns/topic:Topic', 'alarms'],
];

/** What the account has of the stack and the state does not know. */
async function strays(stack: EngineStack): Promise<Resource[]> {
  const { resources } = await stack.state();
  const known = new Set(resources.map(({ type, id }) => `${type} ${id}`));
  return stack.cloud.everything().filter(({ type, id }) => !known.has(`${type} ${id}`));
}

const titles = (resources: readonly Resource[]): string[] =>
  resources.map(({ type, name }) => `${type} ${name}`).sort();

const errorsOf = ({ diagnostics }: Run) => diagnostics.filter(({ severity }) => severity === 'error');

/** What is said of one resource, which may have a name that others have. */
const saidOf = (run: Run, name: string): string =>
  errorsOf(run)
    .filter((one) => one.name === name)
    .map(({ message }) => message)
    .join('\n');

describe('answers of AWS that are lost, by the real engine', function () {
  this.timeout(TEST_PATIENCE);
  let toolchain: Toolchain;
  const [cancel = '', refresh = '', list = ''] = procedure('lost-answers');

  before(function () {
    toolchain = needToolchain(this);
    for (const tool of ['jq', 'comm'])
      if (spawnSync(tool, ['--version']).status !== 0) skipLoudly(this, `${tool} is not installed`);
  });

  const operator = (stack: EngineStack, lines: string): Promise<string> =>
    stack.shell(`export STACK=${stack.name} REGION=eu-central-1\n${lines}`);

  /** What the written procedure finds, all or only some; it is deleted then, as the page says. */
  async function cleanUp(stack: EngineStack, only?: readonly string[]): Promise<string[]> {
    const found = (await operator(stack, list)).split('\n').filter((line) => line !== '');
    const known = new Set((await stack.state()).resources.map(({ id }) => id));
    return found.flatMap((arn) => {
      const stray = stack.cloud.everything().find(({ outputs }) => outputs['arn'] === arn);
      assert.ok(stray, arn);
      assert.ok(!known.has(stray.id), `${arn} is in the state`);
      const title = `${stray.type} ${stray.name}`;
      if (only?.includes(title) === false) return [];
      stack.cloud.remove(stray.type, stray.id);
      return title;
    });
  }

  async function whole(stack: EngineStack): Promise<void> {
    assert.deepEqual(titles(await strays(stack)), []);
    const { resources, pending } = await stack.state();
    assert.deepEqual(pending, []);
    assert.ok(!resources.some((one) => one.delete));
    assert.equal(stack.cloud.all(INSTANCE).length, 5);
    const again = await stack.run('refresh');
    assert.deepEqual([again.status, Object.keys(again.changes)], [0, ['same']], again.stdout + again.stderr);
  }

  it('leave things behind at a first up: some in the way of the next one, some not; the page finds them', async () => {
    const stack = await emptyStack(toolchain, 'staging');
    try {
      for (const [type, name] of [...LOUD, ...SILENT]) stack.failures.next(type, 'create', 'AnswerLost', 1, name);
      const tagged: string[] = [];
      const untagged: string[] = [];
      const said = new Set<string>();
      // An operator who looks only at what ups say, and deletes what is in the way of the next one.
      for (let ups = 1; ; ups++) {
        assert.ok(ups <= 3 * LOUD.length, `${stack.failures.left} answers not lost yet; said: ${[...said].join(', ')}`);
        const run = await stack.run('up', ['--continue-on-error']);
        if (run.status === 0) break;
        const errors = errorsOf(run);
        const inTheWay = LOUD.filter(([, name, says]) =>
          errors.some((one) => one.name === name && one.message.includes(says)),
        );
        const names = inTheWay.map(([type, name]) => `${type} ${name}`);
        for (const name of names) said.add(name);
        tagged.push(...(await cleanUp(stack, names)));
        for (const one of await strays(stack)) {
          if (!names.includes(`${one.type} ${one.name}`)) continue;
          untagged.push(`${one.type} ${one.name}`);
          stack.cloud.remove(one.type, one.id);
        }
      }
      assert.equal(stack.failures.left, 0, 'every answer that was to be lost was');
      assert.deepEqual([...said].sort(), LOUD.map(([type, name]) => `${type} ${name}`).sort());
      // Only an up that is refused names these; they have no tags to be listed by.
      assert.deepEqual(untagged.sort(), [
        'aws:ec2/route:Route council-world',
        'aws:kms/alias:Alias stack',
        'aws:route53/record:Record dns-naptr',
      ]);
      assert.deepEqual([...tagged, ...untagged].sort(), [...said].sort());

      // All that nothing was said of is there twice, and the page's list has it.
      const twice = SILENT.map(([type, name]) => `${type} ${name}`).sort();
      assert.deepEqual(titles(await strays(stack)), twice);
      for (const [type, name] of SILENT)
        assert.equal(stack.cloud.all(type).filter((one) => one.name === name).length, 2);
      assert.deepEqual((await cleanUp(stack)).sort(), twice);
      await whole(stack);
    } finally {
      await stack.close();
    }
  });

  describe('while machines are replaced', () => {
    let stack: EngineStack;
    let serving: Serving;
    let from: number;

    before(async () => {
      stack = await upStack(toolchain, 'staging');
      serving = new Serving(stack.cloud);
    });
    beforeEach(() => {
      from = stack.cloud.calls.length;
    });
    afterEach(() => assert.deepEqual(outages(stack.cloud.calls.slice(from), serving), []));
    after(async () => stack?.close());

    /** The machine that nobody knows is in the way; it is found and deleted, and then the next `up` repairs all. */
    async function repaired(): Promise<void> {
      const blocked = await stack.run('up');
      assert.notEqual(blocked.status, 0);
      assert.match(saidOf(blocked, 'gatekeeper-secondary'), /InvalidNetworkInterface\.InUse/);
      assert.deepEqual(await cleanUp(stack), [`${INSTANCE} gatekeeper-secondary`]);
      const run = await stack.run('up');
      assert.equal(run.status, 0, run.stdout + run.stderr);
      await whole(stack);
    }

    it('leave a machine behind that nobody knows', async () => {
      await stack.configure('amiId', 'ami-00000000000000001');
      stack.failures.next(INSTANCE, 'create', 'AnswerLost', 1, 'gatekeeper-secondary');
      const run = await stack.run('up');
      assert.match(saidOf(run, 'gatekeeper-secondary'), LOST);
      assert.deepEqual(titles(await strays(stack)), [`${INSTANCE} gatekeeper-secondary`]);
      await repaired();
    });

    it('need no hands where something was changed or deleted', async () => {
      await stack.configure('amiId', 'ami-00000000000000002');
      stack.failures.next(ALARM, 'update', 'AnswerLost', 1, 'gatekeeper-secondary-reboot');
      stack.failures.next(INSTANCE, 'delete', 'AnswerLost', 1, 'gatekeeper-primary');
      for (let attempt = 1; stack.failures.left > 0; attempt++) {
        assert.ok(attempt <= 2, 'each up loses one answer at least');
        assert.match((await stack.run('up')).stdout, LOST);
        assert.deepEqual(titles(await strays(stack)), []);
      }
      const run = await stack.run('up');
      assert.equal(run.status, 0, run.stdout + run.stderr);
      assert.deepEqual(serving.now, GATEKEEPERS);
      await whole(stack);
    });

    it('are lost all at once with the provider, which AWS does not care about', async () => {
      await stack.configure('amiId', 'ami-00000000000000003');
      const stop = stack.cloud.onCall(({ type, action, phase, name }) => {
        if (type === INSTANCE && name === 'gatekeeper-secondary' && action === 'create' && phase === 'end')
          stack.killAws().catch(() => {});
      });
      const run = await stack.run('up');
      stop();
      assert.notEqual(run.status, 0);
      assert.ok((await strays(stack)).length >= 1);
      await stack.restartAws();
      await repaired();
    });

    it('are lost with Pulumi itself, which asks for the lock to be lifted and for a refresh', async () => {
      await stack.configure('amiId', 'ami-00000000000000004');
      await upKilledAt(
        stack,
        ({ type, action, phase, name }) =>
          type === INSTANCE && name === 'gatekeeper-secondary' && action === 'create' && phase === 'end',
      );
      await operator(stack, cancel);
      assert.ok((await stack.state()).pending.includes('creating gatekeeper-secondary'));
      await operator(stack, refresh);
      assert.deepEqual((await stack.state()).pending, []);
      await repaired();
    });
  });
});
