/** Production, changed under the real engine: what goes in place, what is refused, and the written procedure for that. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { skipLoudly } from '../support/skip.ts';
import { needToolchain, TEST_PATIENCE, upStack } from './support/base.ts';
import { find } from './support/deployment.ts';
import { procedure } from './support/procedure.ts';
import { GATEKEEPERS, outages, Serving, secondVoters, Voters } from './support/serving.ts';
import type { EngineStack, Run } from './support/stack.ts';

const INSTANCE = 'aws:ec2/instance:Instance';
const RULE = 'aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule';
const ASSOCIATION = 'aws:ec2/eipAssociation:EipAssociation';
const AMI = 'ami-0fedcba9876543210';

describe('pulumi up of prod with another configuration, by the real engine', function () {
  this.timeout(TEST_PATIENCE);
  let stack: EngineStack;
  let serving: Serving;
  let voters: Voters;
  /** What is protected and no machine, by URN; and what leads to each address. */
  let kept: Map<string, unknown>;

  before(async function () {
    const toolchain = needToolchain(this);
    if (spawnSync('jq', ['--version']).status !== 0) skipLoudly(this, 'jq is not installed (apt-get install jq)');
    stack = await upStack(toolchain, 'prod');
    [serving, voters] = [new Serving(stack.cloud), new Voters()];
    kept = await stateful();
    assert.ok(kept.size > 20, [...kept.keys()].join('\n'));
  });

  after(async () => stack?.close());

  async function stateful(): Promise<Map<string, unknown>> {
    const { resources } = await stack.state();
    const held = resources.filter(({ protect, custom, type }) => protect && custom && type !== INSTANCE);
    const links = stack.cloud.all(ASSOCIATION).map(({ id, outputs }) => [id, outputs['allocationId']] as const);
    return new Map([...held.map(({ urn, id }) => [urn, id] as const), ...links]);
  }

  const machines = (): Map<string, string> => new Map(stack.cloud.all(INSTANCE).map(({ name, id }) => [name, id]));

  const isProtected = async (): Promise<boolean> =>
    (await stack.state()).resources.filter(({ type }) => type === INSTANCE).every(({ protect }) => protect === true);

  /** Changes of voters and the gates between them, in their order: begins of deletes and updates, ends of what comes. */
  const course = (from: number): string[] =>
    stack.cloud.calls
      .slice(from)
      .filter(({ type, action, name, phase }) =>
        type === INSTANCE
          ? /^(gatekeeper|monitoring)/.test(name) && phase === (action === 'create' ? 'end' : 'begin')
          : type === 'command:local:Command' && name.endsWith('-healthy') && action === 'create' && phase === 'end',
      )
      .map(({ action, name }) => `${action} ${name}`);

  /** One `up`. At every call a gatekeeper must serve and no second voter go, and what is protected must be what it was. */
  async function up(): Promise<Run> {
    const from = stack.cloud.calls.length;
    const run = await stack.run('up');
    const calls = stack.cloud.calls.slice(from);
    assert.deepEqual(outages(calls, serving), []);
    assert.deepEqual(secondVoters(calls, voters), []);
    assert.deepEqual(await stateful(), kept);
    assert.equal(stack.failures.left, 0, 'what was to fail has failed');
    return run;
  }

  async function succeeds(): Promise<void> {
    const run = await up();
    assert.equal(run.status, 0, run.stdout + run.stderr);
    assert.deepEqual(serving.now, GATEKEEPERS);
    assert.deepEqual(voters.out, []);
    const { resources, pending } = await stack.state();
    assert.deepEqual(pending, []);
    assert.ok(!resources.some((one) => one.delete));
    assert.ok(await isProtected());
    assert.equal(stack.cloud.all(INSTANCE).length, 5);
    for (const { name, outputs } of stack.cloud.all(INSTANCE))
      assert.equal(outputs['disableApiTermination'], true, name);
  }

  async function fails(says: RegExp): Promise<void> {
    const run = await up();
    assert.notEqual(run.status, 0);
    assert.match(run.stdout + run.stderr, says);
    assert.ok(serving.now.length > 0);
  }

  it('stops in the middle of other sizes, when one gatekeeper does not start again; the other one serves', async () => {
    const [before, from] = [machines(), stack.cloud.calls.length];
    await stack.configure('gatekeeperInstanceType', 'c7i.xlarge');
    await stack.configure('monitoringInstanceType', 'c7i.2xlarge');
    await stack.configure('gatekeeperDataGb', '40');
    await stack.configure('flowLogDays', '365');
    stack.failures.next(INSTANCE, 'update', 'InsufficientInstanceCapacity', 1, 'gatekeeper-primary');
    await fails(/InsufficientInstanceCapacity/);
    assert.deepEqual(course(from), [
      'update gatekeeper-secondary',
      'create gatekeeper-secondary-healthy',
      'update gatekeeper-primary',
    ]);
    assert.deepEqual(machines(), before);
    assert.equal(stack.cloud.named(INSTANCE, 'monitoring').outputs['instanceType'], 'c7i.xlarge');
  });

  it('goes on with the next up: sizes, room and retention change in place, no machine is another one', async () => {
    const [before, from] = [machines(), stack.cloud.calls.length];
    await succeeds();
    assert.deepEqual(course(from), [
      'update gatekeeper-primary',
      'create gatekeeper-primary-healthy',
      'update monitoring',
    ]);
    assert.deepEqual(machines(), before);
    for (const role of GATEKEEPERS) {
      assert.equal(stack.cloud.named(INSTANCE, role).outputs['instanceType'], 'c7i.xlarge');
      assert.equal(stack.cloud.named('aws:ebs/volume:Volume', `${role}-data`).outputs['size'], 40);
    }
    const logs = stack.cloud.all('aws:cloudwatch/logGroup:LogGroup').map(({ outputs }) => outputs['retentionInDays']);
    assert.deepEqual(logs, [365]);
  });

  it('refuses another image and other ports while machines are protected, and closes no port', async () => {
    const [before, from] = [machines(), stack.cloud.calls.length];
    await stack.configure('amiId', AMI);
    await stack.configure('adminCidrs', '["192.0.2.0/24"]');
    await fails(/unable to replace resource [\s\S]*marked for protection/);
    assert.deepEqual(course(from), []);
    assert.deepEqual(machines(), before);
    assert.deepEqual(serving.now, GATEKEEPERS);
    const sources = stack.cloud.all(RULE).map(({ outputs }) => outputs['cidrIpv4']);
    assert.ok(sources.includes('198.51.100.0/24'));
  });

  it('replaces by the written procedure, and stops where there is no capacity for a gatekeeper', async () => {
    const [before, from] = [machines(), stack.cloud.calls.length];
    const [unprotect = '', bringUp, ...more] = procedure('change-production');
    assert.deepEqual([bringUp?.trim(), more], ['pulumi up --stack prod', []]);
    await stack.shell(unprotect);
    assert.equal(stack.cloud.calls.length, from);
    stack.failures.next(INSTANCE, 'create', 'InsufficientInstanceCapacity', 1, 'gatekeeper-primary');
    await fails(/InsufficientInstanceCapacity/);
    assert.deepEqual(course(from), [
      'delete gatekeeper-secondary',
      'create gatekeeper-secondary',
      'create gatekeeper-secondary-healthy',
      'delete gatekeeper-primary',
    ]);
    assert.deepEqual(serving.now, ['gatekeeper-secondary']);
    assert.equal(machines().get('monitoring'), before.get('monitoring'));
    assert.equal(find(await stack.state(), 'Instance', 'gatekeeper-secondary').protect, true);
  });

  it('goes on with the next up, which puts the protection back', async () => {
    const from = stack.cloud.calls.length;
    await succeeds();
    assert.deepEqual(course(from), [
      'create gatekeeper-primary',
      'create gatekeeper-primary-healthy',
      'delete monitoring',
      'create monitoring',
    ]);
    for (const { name, outputs } of stack.cloud.all(INSTANCE)) assert.equal(outputs['ami'], AMI, name);
    const sources = stack.cloud.all(RULE).map(({ outputs }) => outputs['cidrIpv4']);
    assert.ok(sources.includes('192.0.2.0/24') && !sources.includes('198.51.100.0/24'));
  });

  it('finds nothing to do afterwards, and no drift', async () => {
    for (const operation of ['up', 'refresh'] as const) {
      const run = await stack.run(operation);
      assert.equal(run.status, 0, run.stdout + run.stderr);
      assert.deepEqual(Object.keys(run.changes), ['same'], operation);
    }
  });
});
