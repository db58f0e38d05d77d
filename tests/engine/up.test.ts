import assert from 'node:assert/strict';
import type { Call } from '../../lab/provider/index.ts';
import { planOfProgram } from '../support/program-plan.ts';
import { baseOf, emptyStack, needToolchain, TEST_PATIENCE, upStack } from './support/base.ts';
import { nameOf } from './support/events.ts';
import type { Toolchain } from './toolchain/find.ts';

const INSTANCE = 'aws:ec2/instance:Instance';
const GATE = 'command:local:Command';
const RULE = 'aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule';
const ALARM = 'aws:cloudwatch/metricAlarm:MetricAlarm';

/** Calls that change something, as `action phase name`, in their order. */
const told = (calls: readonly Call[], type: string): string[] =>
  calls
    .filter((call) => call.type === type && call.action !== 'read')
    .map(({ action, phase, name }) => `${action} ${phase} ${name}`);

/** Where each of these calls stands in the log; -1 for one that was never made. */
const places = (calls: readonly Call[], wanted: readonly [string, string, string, string][]): number[] =>
  wanted.map(([type, ...rest]) =>
    calls.findIndex((call) => call.type === type && `${call.action} ${call.phase} ${call.name}` === rest.join(' ')),
  );

/** The engine's own resources, which a plan does not list. */
const isOwn = (urn: string): boolean => urn.includes('pulumi:pulumi:Stack::') || nameOf(urn).startsWith('default');

describe('pulumi up, by the real engine', function () {
  this.timeout(TEST_PATIENCE);
  let toolchain: Toolchain;

  before(function () {
    toolchain = needToolchain(this);
  });

  for (const name of ['staging', 'prod'])
    describe(`of ${name}`, () => {
      it('makes what the plan lists and nothing else', async () => {
        const { stack, up } = await baseOf(toolchain, name);
        const plan = await planOfProgram(name);
        const { resources, pending } = await stack.state();
        const made = resources.map(({ urn }) => urn).filter((urn) => !isOwn(urn));
        const planned = plan.resources.map(({ urn }) => urn).filter((urn) => !isOwn(urn));
        assert.deepEqual(made.toSorted(), planned.toSorted());
        assert.deepEqual(Object.keys(up.changes), ['create']);
        assert.deepEqual(pending, []);
      });

      it('makes the hosts in order: gate, secondary, gate, primary, gate, monitoring', async () => {
        const { stack } = await baseOf(toolchain, name);
        const order = places(stack.cloud.calls, [
          [GATE, 'create', 'end', 'gatekeeper-secondary-spare'],
          [INSTANCE, 'create', 'begin', 'gatekeeper-secondary'],
          [INSTANCE, 'create', 'end', 'gatekeeper-secondary'],
          [GATE, 'create', 'begin', 'gatekeeper-secondary-healthy'],
          [GATE, 'create', 'end', 'gatekeeper-secondary-healthy'],
          [INSTANCE, 'create', 'begin', 'gatekeeper-primary'],
          [INSTANCE, 'create', 'end', 'gatekeeper-primary'],
          [GATE, 'create', 'begin', 'gatekeeper-primary-healthy'],
          [GATE, 'create', 'end', 'gatekeeper-primary-healthy'],
          [INSTANCE, 'create', 'begin', 'monitoring'],
        ]);
        assert.ok(!order.includes(-1), order.join(' '));
        assert.deepEqual(
          order,
          order.toSorted((a, b) => a - b),
        );
      });

      it('asks of each gate whether the machine before it is healthy', async () => {
        const { stack } = await baseOf(toolchain, name);
        const ids = ['gatekeeper-secondary', 'gatekeeper-primary'].map((role) => stack.cloud.named(INSTANCE, role).id);
        assert.deepEqual(stack.health.asked, ids);
      });

      it('gives the addresses and the machines that are there as outputs', async () => {
        const { stack } = await baseOf(toolchain, name);
        const { instances, addresses } = await stack.outputs();
        for (const instance of stack.cloud.all(INSTANCE)) {
          assert.equal(instances[instance.name], instance.id);
          const card = stack.cloud.named('aws:ec2/networkInterface:NetworkInterface', instance.name);
          assert.deepEqual(card.outputs['privateIps'], [addresses.private[instance.name]]);
          const address = stack.cloud.named('aws:ec2/eip:Eip', instance.name);
          assert.equal(address.outputs['publicIp'], addresses.public[instance.name]);
        }
        assert.equal(Object.keys(instances).length, 5);
      });

      it('finds nothing to do when nothing has changed, and no drift', async () => {
        const stack = await upStack(toolchain, name);
        try {
          for (const operation of ['up', 'refresh'] as const) {
            const run = await stack.run(operation);
            assert.equal(run.status, 0, run.stdout + run.stderr);
            assert.deepEqual(Object.keys(run.changes), ['same'], operation);
          }
          assert.deepEqual(
            stack.cloud.calls.filter(({ action }) => action !== 'read'),
            [],
          );
        } finally {
          await stack.close();
        }
      });
    });

  it('shows in a preview all that an up would make, and makes nothing', async () => {
    const stack = await emptyStack(toolchain, 'staging');
    try {
      const run = await stack.run('preview');
      assert.equal(run.status, 0, run.stdout + run.stderr);
      assert.deepEqual(run.changes, (await baseOf(toolchain, 'staging')).up.changes);
      assert.deepEqual(stack.cloud.everything(), []);
      assert.deepEqual(stack.health.asked, []);
    } finally {
      await stack.close();
    }
  });

  it('finds what hands have changed and taken away, and puts it back', async () => {
    const stack = await upStack(toolchain, 'staging');
    try {
      const rule = stack.cloud.all(RULE).find(({ outputs }) => outputs['cidrIpv4'] === '198.51.100.0/24');
      assert.ok(rule, 'a rule for administrators');
      const [alarm] = stack.cloud.all(ALARM);
      assert.ok(alarm);
      stack.cloud.change(RULE, rule.id, { cidrIpv4: '0.0.0.0/0' });
      stack.cloud.remove(ALARM, alarm.id);

      const drift = await stack.run('refresh');
      assert.equal(drift.status, 0, drift.stdout + drift.stderr);
      assert.deepEqual([drift.changes['update'], drift.changes['delete']], [1, 1]);

      const repair = await stack.run('up');
      assert.equal(repair.status, 0, repair.stdout + repair.stderr);
      assert.equal(stack.cloud.named(RULE, rule.name).outputs['cidrIpv4'], '198.51.100.0/24');
      assert.deepEqual(told(stack.cloud.calls, ALARM), [`create begin ${alarm.name}`, `create end ${alarm.name}`]);
      assert.deepEqual(told(stack.cloud.calls, INSTANCE), []);
    } finally {
      await stack.close();
    }
  });
});
