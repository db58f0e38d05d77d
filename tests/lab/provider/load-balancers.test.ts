import assert from 'node:assert/strict';
import type { Values } from '../../../lab/provider/index.ts';
import { type LabProvider, labProvider } from '../support/lab-provider.ts';
import { refusals } from '../support/refusals.ts';
import { GATEWAY, IMAGE, type SmallNetwork, SUBNET, smallNetwork } from '../support/small-account.ts';

const BALANCER = 'aws:lb/loadBalancer:LoadBalancer';
const TARGETS = 'aws:lb/targetGroup:TargetGroup';
const LISTENER = 'aws:lb/listener:Listener';
const TEMPLATE = 'aws:ec2/launchTemplate:LaunchTemplate';
const GROUP = 'aws:autoscaling/group:Group';

describe('network load balancers, their target groups and listeners', () => {
  let lab: LabProvider;
  let network: SmallNetwork;
  beforeEach(async () => {
    lab = await labProvider();
    network = await smallNetwork(lab);
  });
  afterEach(async () => await lab?.close());

  const { refuses, stays } = refusals(() => lab);
  const balancer = (more: Values = {}): Values => ({
    name: 'sip',
    loadBalancerType: 'network',
    subnets: [network.subnetId],
    ...more,
  });
  const targets = (more: Values = {}): Values => ({
    name: 'sip',
    port: 5060,
    protocol: 'TCP_UDP',
    vpcId: network.vpcId,
    ...more,
  });
  const listener = (loadBalancerArn: string, targetGroupArn: string, more: Values = {}): Values => ({
    loadBalancerArn,
    port: 5060,
    protocol: 'TCP_UDP',
    defaultActions: [{ type: 'forward', targetGroupArn }],
    ...more,
  });
  const failures = async (type: string, inputs: Values): Promise<readonly string[]> =>
    (await lab.client.check(type, 'one', inputs)).failures;

  it('are not planned with names, places or numbers that the provider refuses', async () => {
    const nowhere = await failures(BALANCER, { name: 'sip', loadBalancerType: 'network' });
    assert.deepEqual(nowhere, ['subnets: one of subnets, subnetMappings must be given, and none is']);
    const twice = await failures(BALANCER, balancer({ subnetMappings: [{ subnetId: network.subnetId }] }));
    assert.deepEqual(twice, ['subnets: one of subnets, subnetMappings must be given, and both are']);
    for (const name of ['internal-sip', '-sip', 'sip-', 'sip.gateways', 'a'.repeat(33)]) {
      assert.match((await failures(BALANCER, balancer({ name }))).join(), /^name: 'name' has at most 32/, name);
      assert.match((await failures(TARGETS, targets({ name }))).join(), /^name: 'name' has at most 32/, name);
    }
    assert.deepEqual(await failures(TARGETS, { name: 'sip', port: 5060 }), [
      "protocol: 'protocol' is required for targets other than functions",
      "vpcId: 'vpcId' is required for targets other than functions",
    ]);
    assert.deepEqual(await failures(TARGETS, targets({ healthCheck: { interval: 1, healthyThreshold: 11 } })), [
      "healthCheck.interval: expected 'interval' to be in the range (5 - 300), got 1",
      "healthCheck.healthyThreshold: expected 'healthyThreshold' to be in the range (2 - 10), got 11",
    ]);
    assert.deepEqual(await failures(TARGETS, targets({ deregistrationDelay: 3_601 })), [
      "deregistrationDelay: expected 'deregistrationDelay' to be in the range (0 - 3600), got 3601",
    ]);
  });

  it('stand in subnets that are there, one a zone, with a way out, under a name that is free', async () => {
    await refuses(
      BALANCER,
      balancer({ subnets: ['subnet-0'] }),
      "SubnetNotFound: The subnet ID 'subnet-0' does not exist",
    );
    const zone = { availabilityZone: 'eu-central-1a', cidrBlock: '10.0.1.0/24' };
    const { id: beside } = await lab.client.make(SUBNET, 'beside', { vpcId: network.vpcId, ...zone });
    await refuses(
      BALANCER,
      balancer({ subnets: [network.subnetId, beside] }),
      'InvalidConfigurationRequest: A load balancer cannot be attached to multiple subnets in the same Availability Zone',
    );
    lab.cloud.remove(GATEWAY, network.gatewayId);
    await refuses(BALANCER, balancer(), `InvalidSubnet: VPC ${network.vpcId} has no internet gateway`);
    await lab.client.make(BALANCER, 'inside', balancer({ name: 'inside', internal: true }));
    await refuses(
      BALANCER,
      balancer({ name: 'inside', internal: true }),
      "DuplicateLoadBalancerName: A load balancer with the same name 'inside' exists, but with different settings",
    );
    await assert.rejects(
      lab.client.make(BALANCER, 'web', balancer({ loadBalancerType: 'application' })),
      /the stand-in's load balancers are of the type network/,
    );
  });

  it('are found by a name in DNS that stays through changes', async () => {
    const { id, outputs } = await lab.client.make(BALANCER, 'sip', balancer());
    const digits = /^arn:aws:elasticloadbalancing:eu-central-1:123456789012:loadbalancer\/net\/sip\/([0-9a-f]{16})$/;
    const [, suffix = ''] = digits.exec(id) ?? assert.fail(id);
    const { arn, dnsName, zoneId, vpcId, ipAddressType } = outputs;
    assert.deepEqual(
      { arn, dnsName, zoneId, vpcId, ipAddressType },
      {
        arn: id,
        dnsName: `sip-${suffix}.elb.eu-central-1.amazonaws.com`,
        zoneId: 'Z3F0SRJ5LGBH90',
        vpcId: network.vpcId,
        ipAddressType: 'ipv4',
      },
    );
    const changed = await lab.client.update(BALANCER, 'sip', id, balancer(), balancer({ tags: { Name: 'sip' } }));
    assert.equal(changed['dnsName'], dnsName);
  });

  it('keep subnet and gateway from going, and stay themselves while they are protected', async () => {
    const guarded = balancer({ enableDeletionProtection: true });
    const { id } = await lab.client.make(BALANCER, 'sip', guarded);
    const message = `Load balancer '${id}' cannot be deleted because deletion protection is enabled`;
    await stays(BALANCER, id, `OperationNotPermitted: ${message}`);
    await stays(
      SUBNET,
      network.subnetId,
      `DependencyViolation: The subnet '${network.subnetId}' has dependencies and cannot be deleted.`,
    );
    await stays(
      GATEWAY,
      network.gatewayId,
      `DependencyViolation: Network ${network.vpcId} has some mapped public address(es).`,
    );
    await lab.client.update(BALANCER, 'sip', id, guarded, balancer());
    await lab.client.delete(BALANCER, 'sip', id);
    await lab.client.delete(GATEWAY, 'council', network.gatewayId);
    await lab.client.delete(SUBNET, 'council-1', network.subnetId);
  });

  it('pass to targets that are of a network, under a free name, with checks that can end', async () => {
    await refuses(TARGETS, targets({ vpcId: 'vpc-0' }), "ValidationError: The VPC ID 'vpc-0' is not found");
    await refuses(
      TARGETS,
      targets({ stickiness: { enabled: true, type: 'lb_cookie' } }),
      "InvalidConfigurationRequest: Stickiness type 'lb_cookie' is not supported for target groups with the TCP_UDP protocol",
    );
    await refuses(
      TARGETS,
      targets({ healthCheck: { protocol: 'TCP', interval: 5 } }),
      "ValidationError: Health check timeout '10' must be smaller than or equal to the interval '5'",
    );
    const { id, outputs } = await lab.client.make(TARGETS, 'sip', targets({ healthCheck: { interval: 10 } }));
    assert.match(id, /:targetgroup\/sip\/[0-9a-f]{16}$/);
    assert.equal(outputs['arnSuffix'], id.split(':').at(-1));
    assert.deepEqual(outputs['healthCheck'], { enabled: true, interval: 10, timeout: 10, port: 'traffic-port' });
    await refuses(
      TARGETS,
      targets(),
      "DuplicateTargetGroupName: A target group with the same name 'sip' exists, but with different settings",
    );
  });

  it('listen once a port, for targets that are there, speak the same and belong to no other', async () => {
    const { id: arn } = await lab.client.make(BALANCER, 'sip', balancer());
    const { id: target } = await lab.client.make(TARGETS, 'sip', targets());
    const { id: tls } = await lab.client.make(TARGETS, 'sips', targets({ name: 'sips', protocol: 'TCP', port: 5061 }));
    await refuses(LISTENER, listener('arn:none', target), "LoadBalancerNotFound: Load balancer 'arn:none' not found");
    await refuses(LISTENER, listener(arn, 'arn:none'), "TargetGroupNotFound: Target groups 'arn:none' not found");
    await refuses(
      LISTENER,
      listener(arn, target, { protocol: 'HTTP' }),
      "ValidationError: Listener protocol 'HTTP' must be one of 'TCP, TLS, UDP, TCP_UDP, QUIC, TCP_QUIC'",
    );
    await refuses(
      LISTENER,
      listener(arn, tls, { protocol: 'TLS' }),
      'ValidationError: A certificate must be specified for TLS listeners',
    );
    await refuses(
      LISTENER,
      listener(arn, tls),
      `IncompatibleProtocols: The listener and its associated target group '${tls}' have incompatible protocols: 'TCP_UDP' and 'TCP'`,
    );
    const { id, outputs } = await lab.client.make(LISTENER, 'sip', listener(arn, target));
    assert.equal(outputs['arn'], id);
    assert(id.startsWith(`${arn.replace('loadbalancer', 'listener')}/`), id);
    await refuses(
      LISTENER,
      listener(arn, target),
      `DuplicateListener: A listener already exists on this port for this load balancer '${arn}'`,
    );
    const { id: other } = await lab.client.make(BALANCER, 'other', balancer({ name: 'other' }));
    await refuses(
      LISTENER,
      listener(other, target),
      `TargetGroupAssociationLimit: The following target groups cannot be associated with more than one load balancer: ${target}`,
    );
    await stays(TARGETS, target, `ResourceInUse: Target group '${target}' is currently in use by a listener or a rule`);
    await lab.client.delete(LISTENER, 'sip', id);
    await lab.client.delete(TARGETS, 'sip', target);
    await lab.client.make(LISTENER, 'sips', listener(arn, tls, { protocol: 'TCP', port: 5061 }));
    await lab.client.delete(BALANCER, 'sip', arn);
    assert.deepEqual(lab.cloud.all(LISTENER), []);
  });

  it('get more subnets as they are, and are made anew for fewer, for others, and for a first security group', async () => {
    const inputs = { name: 'sip', loadBalancerType: 'network', subnets: ['a', 'b'] };
    const change = async (news: Values): Promise<readonly string[]> =>
      (await lab.client.diff(BALANCER, 'sip', 'id', inputs, { ...inputs, ...news })).replaces;
    assert.deepEqual(await change({ subnets: ['a', 'b', 'c'] }), []);
    assert.deepEqual(await change({ subnets: ['a'] }), ['subnets']);
    assert.deepEqual(await change({ subnets: ['a', 'c'] }), ['subnets']);
    assert.deepEqual(await change({ securityGroups: ['sg-1'] }), ['securityGroups']);
    assert.deepEqual(await change({ enableDeletionProtection: true }), []);
    assert.deepEqual(await change({ internal: true }), ['internal']);
  });

  describe('and groups that auto scaling keeps behind them', () => {
    const group = (id: string, more: Values = {}): Values => ({
      name: 'gateways',
      minSize: 2,
      maxSize: 4,
      launchTemplate: { id, version: '$Latest' },
      ...more,
    });

    it('need a template of which an instance could be started, and targets that are there', async () => {
      const wrong: readonly [name: string, inputs: Values, sentence: string][] = [
        ['no image', { instanceType: 'c7i.large' }, 'The request must contain the parameter ImageId'],
        ['an image that is none', { imageId: 'ami-1' }, 'Invalid id: "ami-1" (expecting "ami-...")'],
        [
          'no such profile',
          { imageId: IMAGE, iamInstanceProfile: { name: 'none' } },
          'Value (none) for parameter iamInstanceProfile.name is invalid. Invalid IAM Instance Profile name',
        ],
        [
          'no such security group',
          { imageId: IMAGE, networkInterfaces: [{ securityGroups: ['sg-0'] }] },
          "The security group 'sg-0' does not exist",
        ],
      ];
      for (const [name, inputs, sentence] of wrong) {
        const { id } = await lab.client.make(TEMPLATE, name, { name, ...inputs });
        const message = `You must use a valid fully-formed launch template. ${sentence}`;
        await refuses(GROUP, group(id), `ValidationError: ${message}`);
      }
      const { id } = await lab.client.make(TEMPLATE, 'gateway', { name: 'gateway', imageId: IMAGE });
      await refuses(
        GROUP,
        group(id, { launchTemplate: { id, version: '2' } }),
        `ValidationError: You must use a valid fully-formed launch template. Could not find the specified version 2 for the launch template with ID ${id}.`,
      );
      await refuses(
        GROUP,
        group(id, { targetGroupArns: ['arn:none'] }),
        'ValidationError: Provided Target Groups may not be valid. Please ensure they exist and try again.',
      );
      const { id: target } = await lab.client.make(TARGETS, 'sip', targets());
      const { outputs } = await lab.client.make(GROUP, 'gateways', group(id, { targetGroupArns: [target] }));
      assert.equal(outputs['desiredCapacity'], 2);
    });

    it('keep their size through an update, within the new bounds', async () => {
      const { id } = await lab.client.make(TEMPLATE, 'gateway', { name: 'gateway', imageId: IMAGE });
      await lab.client.make(GROUP, 'gateways', group(id));
      lab.cloud.change(GROUP, 'gateways', { desiredCapacity: 3 });
      const update = async (more: Values): Promise<unknown> =>
        (await lab.client.update(GROUP, 'gateways', 'gateways', group(id), group(id, more)))['desiredCapacity'];
      assert.equal(await update({ maxSize: 6 }), 3);
      assert.equal(await update({ minSize: 5, maxSize: 6 }), 5);
      assert.equal(await update({ minSize: 1, maxSize: 2 }), 2);
    });

    it('have a new version of their template for what is launched otherwise, not for a tag of the template', async () => {
      const inputs = { name: 'gateway', imageId: IMAGE, updateDefaultVersion: true };
      const { id, outputs } = await lab.client.make(TEMPLATE, 'gateway', inputs);
      assert.deepEqual([outputs['latestVersion'], outputs['defaultVersion']], [1, 1]);
      const update = async (more: Values): Promise<unknown[]> => {
        const updated = await lab.client.update(TEMPLATE, 'gateway', id, inputs, { ...inputs, ...more });
        return [updated['latestVersion'], updated['defaultVersion']];
      };
      assert.deepEqual(await update({ tags: { Name: 'gateway' } }), [1, 1]);
      assert.deepEqual(await update({ userData: 'YQ==' }), [2, 2]);
    });
  });
});
