import assert from 'node:assert/strict';
import type { Call, Values } from '../../lab/provider/index.ts';
import { emptyStack, needToolchain, TEST_PATIENCE, upStack } from './support/base.ts';
import type { EngineStack, Operation, Run } from './support/stack.ts';
import type { Toolchain } from './toolchain/find.ts';

const INSTANCE = 'aws:ec2/instance:Instance';
const ASSOCIATION = 'aws:ec2/eipAssociation:EipAssociation';
const GROUP = 'aws:autoscaling/group:Group';
const TEMPLATE = 'aws:ec2/launchTemplate:LaunchTemplate';
const BALANCER = 'aws:lb/loadBalancer:LoadBalancer';
const TARGETS = 'aws:lb/targetGroup:TargetGroup';
const LISTENER = 'aws:lb/listener:Listener';

const RECORD = 'aws:route53/record:Record';

const ROLE = 'sip-gateway';
const NAME = 'guardian-council-staging-sip-gateway';

/** Changes of the account since a call, as `action type name`, in the order of their ends. */
const changes = (calls: readonly Call[], from = 0): string[] =>
  calls
    .slice(from)
    .filter(({ action, phase, type }) => action !== 'read' && phase === 'end' && type.startsWith('aws:'))
    .map(({ action, type, name }) => `${action} ${type.split(':').at(-1)} ${name}`);

describe('a group of SIP gateways, by the real engine', function () {
  this.timeout(TEST_PATIENCE);
  let toolchain: Toolchain;

  before(function () {
    toolchain = needToolchain(this);
  });

  const well = async (stack: EngineStack, operation: Operation): Promise<Run> => {
    const run = await stack.run(operation);
    assert.equal(run.status, 0, run.stdout + run.stderr);
    return run;
  };
  const size = async (stack: EngineStack, least: number, most: number): Promise<void> => {
    await stack.configure('sipGatewayMin', String(least));
    await stack.configure('sipGatewayMax', String(most));
  };
  /** The one address record of the gateways' name, whoever of the program has it. */
  const record = ({ cloud }: EngineStack): Values => {
    const found = cloud.all(RECORD).filter(({ outputs }) => outputs['name'] === 'sip.staging.council.example.org');
    assert.deepEqual(
      found.map(({ outputs }) => outputs['type']),
      ['A'],
    );
    return found[0]?.outputs ?? {};
  };
  const group = ({ cloud }: EngineStack): Values => cloud.named(GROUP, 'sip-gateways').outputs;

  it('comes up, takes other sizes and another boot data as it stands, and goes without a trace', async () => {
    const stack = await emptyStack(toolchain, 'staging');
    const { cloud } = stack;
    try {
      await size(stack, 2, 4);
      await well(stack, 'up');
      assert.ok(!cloud.all(INSTANCE).some(({ name }) => name === ROLE));
      assert.equal(cloud.all(INSTANCE).length, 4);
      const template = cloud.named(TEMPLATE, ROLE);
      assert.deepEqual([group(stack)['minSize'], group(stack)['maxSize'], group(stack)['desiredCapacity']], [2, 4, 2]);
      assert.deepEqual(group(stack)['launchTemplate'], { id: template.id, version: '1' });
      assert.deepEqual(
        group(stack)['targetGroupArns'],
        ['sip', 'sips', 'wss'].map((one) => cloud.named(TARGETS, `sip-gateways-${one}`).id),
      );
      const passed = cloud.all(LISTENER).map(({ outputs }) => [outputs['port'], outputs['loadBalancerArn']]);
      const { id: balancer } = cloud.named(BALANCER, 'sip-gateways');
      assert.deepEqual(
        passed.toSorted(([a], [b]) => Number(a) - Number(b)),
        [443, 5060, 5061].map((port) => [port, balancer]),
      );
      const { dnsName, zoneId } = cloud.named(BALANCER, 'sip-gateways').outputs;
      assert.deepEqual(record(stack)['aliases'], [{ name: dnsName, zoneId, evaluateTargetHealth: false }]);

      assert.deepEqual(Object.keys((await well(stack, 'up')).changes), ['same']);

      let from = cloud.calls.length;
      await size(stack, 3, 6);
      await well(stack, 'up');
      assert.deepEqual(changes(cloud.calls, from), ['update Group sip-gateways']);
      assert.deepEqual([group(stack)['minSize'], group(stack)['maxSize'], group(stack)['desiredCapacity']], [3, 6, 3]);

      from = cloud.calls.length;
      // More experts: more media sessions, which is in the boot data of a gateway and of no other host of this stack.
      await stack.configure('maxExperts', '5');
      await well(stack, 'up');
      const changed = changes(cloud.calls, from);
      const place = changed.indexOf('update LaunchTemplate sip-gateway');
      assert.ok(place >= 0 && place < changed.indexOf('update Group sip-gateways'), changed.join('\n'));
      assert.equal(cloud.named(TEMPLATE, ROLE).id, template.id);
      assert.notEqual(cloud.named(TEMPLATE, ROLE).outputs['userData'], template.outputs['userData']);
      assert.deepEqual(group(stack)['launchTemplate'], { id: template.id, version: '2' });

      assert.deepEqual(Object.keys((await well(stack, 'refresh')).changes), ['same']);
      await well(stack, 'destroy');
      assert.deepEqual(
        cloud.everything().filter(({ outputs }) => outputs['keyState'] !== 'PendingDeletion'),
        [],
      );
      assert.deepEqual((await stack.state()).resources, []);
    } finally {
      await stack.close();
    }
  });

  it('leaves callers to the one host where the group cannot be made, and goes on with the next up', async () => {
    const stack = await upStack(toolchain, 'staging');
    const { cloud, failures } = stack;
    try {
      failures.next(GROUP, 'create', 'UnauthorizedOperation');
      await size(stack, 2, 4);
      const run = await stack.run('up');
      assert.notEqual(run.status, 0);
      assert.match(run.stdout + run.stderr, /creating Auto Scaling Group[\s\S]*UnauthorizedOperation/);
      assert.deepEqual([cloud.all(GROUP), failures.left], [[], 0]);
      assert.ok(cloud.all(INSTANCE).some(({ name }) => name === ROLE));
      assert.deepEqual(record(stack)['records'], [cloud.named('aws:ec2/eip:Eip', ROLE).outputs['publicIp']]);
      await well(stack, 'up');
      assert.equal(group(stack)['name'], NAME);
      assert.ok(!cloud.all(INSTANCE).some(({ name }) => name === ROLE));
    } finally {
      await stack.close();
    }
  });

  it('takes the place of the one host, whose address stays for the way back; then the host is back', async () => {
    const stack = await upStack(toolchain, 'staging');
    const { cloud } = stack;
    try {
      const address = cloud.named('aws:ec2/eip:Eip', ROLE);
      const others = cloud.all(INSTANCE).filter(({ name }) => name.startsWith('gatekeeper'));
      await size(stack, 1, 3);
      await well(stack, 'up');
      assert.equal(group(stack)['name'], NAME);
      assert.ok(!cloud.all(INSTANCE).some(({ name }) => name === ROLE));
      assert.equal(cloud.named('aws:ec2/eip:Eip', ROLE).id, address.id);
      const alias = { name: cloud.named(BALANCER, 'sip-gateways').outputs['dnsName'], zoneId: 'Z3F0SRJ5LGBH90' };
      assert.deepEqual(record(stack)['aliases'], [{ ...alias, evaluateTargetHealth: false }]);

      await size(stack, 1, 1);
      await well(stack, 'up');
      for (const type of [GROUP, TEMPLATE, BALANCER, TARGETS, LISTENER]) assert.deepEqual(cloud.all(type), [], type);
      assert.ok(cloud.all(INSTANCE).some(({ name }) => name === ROLE));
      assert.deepEqual(record(stack)['records'], [address.outputs['publicIp']]);
      assert.equal(cloud.named(ASSOCIATION, ROLE).outputs['publicIp'], address.outputs['publicIp']);
      const now = cloud.all(INSTANCE).filter(({ name }) => name.startsWith('gatekeeper'));
      assert.equal(now.length, others.length);
    } finally {
      await stack.close();
    }
  });
});
