import assert from 'node:assert/strict';
import { firewallOf, type Values } from '../../../lab/provider/index.ts';
import { type LabProvider, labProvider } from '../support/lab-provider.ts';
import {
  ASSOCIATION,
  CARD,
  EIP,
  GATEWAY,
  GROUP,
  hostInputs,
  INSTANCE,
  RULE,
  type SmallHost,
  SUBNET,
  smallHost,
  VPC,
} from '../support/small-account.ts';

describe("EC2's own rules for networks", () => {
  let lab: LabProvider;
  let host: SmallHost;
  beforeEach(async () => {
    lab = await labProvider();
    host = await smallHost(lab);
  });
  afterEach(async () => await lab?.close());

  /** Nothing may be there that was refused. */
  const refuses = async (type: string, inputs: Values, code: string, sentence: string): Promise<void> => {
    const there = lab.cloud.everything().length;
    await assert.rejects(lab.client.make(type, 'refused', inputs), (error: Error) => {
      assert(error.message.includes(`api error ${code}: ${sentence}`), error.message);
      return true;
    });
    assert.equal(lab.cloud.everything().length, there);
  };
  const stays = async (type: string, id: string, code: string, sentence: string): Promise<void> => {
    await assert.rejects(lab.client.delete(type, 'refused', id), (error: Error) => {
      assert(error.message.includes(`api error ${code}: ${sentence}`), error.message);
      return true;
    });
    assert(lab.cloud.find(type, id));
  };

  it('words an error as the provider does, with what it did, the operation and the code', async () => {
    await assert.rejects(lab.client.make(SUBNET, 'two', { vpcId: host.vpcId, cidrBlock: '10.0.0.128/25' }), {
      details:
        "1 error occurred:\n\t* creating EC2 Subnet: operation error EC2: CreateSubnet, https response error StatusCode: 400, api error InvalidSubnet.Conflict: The CIDR '10.0.0.128/25' conflicts with another subnet\n\n",
    });
  });

  it('refuses a VPC or a subnet of a size it has not, and a subnet outside, overlapping, or in no zone', async () => {
    await refuses(VPC, { cidrBlock: '10.0.0.0/8' }, 'InvalidVpc.Range', "The CIDR '10.0.0.0/8' is invalid.");
    const { vpcId } = host;
    await refuses(
      SUBNET,
      { vpcId, cidrBlock: '10.1.0.0/24' },
      'InvalidSubnet.Range',
      "The CIDR '10.1.0.0/24' is invalid.",
    );
    await refuses(
      SUBNET,
      { vpcId, cidrBlock: '10.0.0.0/29' },
      'InvalidSubnet.Range',
      "The CIDR '10.0.0.0/29' is invalid.",
    );
    await refuses(
      SUBNET,
      { vpcId, cidrBlock: '10.0.0.0/16' },
      'InvalidSubnet.Conflict',
      "The CIDR '10.0.0.0/16' conflicts with another subnet",
    );
    await refuses(
      SUBNET,
      { vpcId, cidrBlock: '10.0.1.0/24', availabilityZone: 'eu-central-1d' },
      'InvalidParameterValue',
      'Value (eu-central-1d) for parameter availabilityZone is invalid. Subnets can currently only be created in the following availability zones: eu-central-1a, eu-central-1b, eu-central-1c.',
    );
    await refuses(
      SUBNET,
      { vpcId: 'vpc-0', cidrBlock: '10.0.1.0/24' },
      'InvalidVpcID.NotFound',
      "The vpc ID 'vpc-0' does not exist",
    );
  });

  it('refuses more than the quota, and takes more when it is raised', async () => {
    for (let count = 2; count <= 5; count++) await lab.client.make(EIP, `eip-${count}`, {});
    await refuses(EIP, {}, 'AddressLimitExceeded', 'The maximum number of addresses has been reached.');
    lab.cloud.account.quotas.elasticIps = 6;
    await lab.client.make(EIP, 'eip-6', {});
    lab.cloud.account.quotas.vpcs = 1;
    await refuses(
      VPC,
      { cidrBlock: '10.1.0.0/16' },
      'VpcLimitExceeded',
      'The maximum number of VPCs has been reached.',
    );
  });

  const tcp = (from: number, to: number): Values => ({
    securityGroupId: host.groupId,
    ipProtocol: 'tcp',
    fromPort: from,
    toPort: to,
    cidrIpv4: '10.0.0.0/8',
  });

  it('refuses a rule twice, one with its ports turned round, of an unknown protocol or group', async () => {
    await lab.client.make(RULE, 'one', tcp(22, 22));
    await refuses(
      RULE,
      tcp(22, 22),
      'InvalidPermission.Duplicate',
      'the specified rule "peer: 10.0.0.0/8, TCP, from port: 22, to port: 22, ALLOW" already exists',
    );
    await refuses(RULE, tcp(20, 10), 'InvalidParameterValue', 'Invalid TCP/UDP port range (20:10)');
    await refuses(
      RULE,
      { ...tcp(1, 2), ipProtocol: 'sctpx' },
      'InvalidParameterValue',
      "Invalid value 'sctpx' for IP protocol. Unknown protocol.",
    );
    await refuses(
      RULE,
      { ...tcp(1, 2), securityGroupId: 'sg-0' },
      'InvalidGroup.NotFound',
      "The security group 'sg-0' does not exist",
    );
    await refuses(RULE, { ...tcp(1, 2), description: 'a < b' }, 'InvalidParameterValue', 'Invalid rule description.');
    lab.cloud.account.quotas.rulesPerSecurityGroup = 1;
    await refuses(
      RULE,
      tcp(23, 23),
      'RulesPerSecurityGroupLimitExceeded',
      'The maximum number of rules per security group has been reached.',
    );
  });

  it('lets a rule be changed in place, but not into another that is there', async () => {
    const { id } = await lab.client.make(RULE, 'one', tcp(22, 22));
    await lab.client.make(RULE, 'two', tcp(80, 80));
    await assert.rejects(lab.client.update(RULE, 'one', id, tcp(22, 22), tcp(80, 80)), /InvalidPermission\.Duplicate/);
    assert.equal((await lab.client.update(RULE, 'one', id, tcp(22, 22), tcp(22, 23)))['toPort'], 23);
  });

  it('tells what the groups of an interface let through', async () => {
    await lab.client.make(RULE, 'one', tcp(22, 23));
    await lab.client.make(RULE, 'two', {
      securityGroupId: host.groupId,
      ipProtocol: 'icmp',
      fromPort: -1,
      toPort: -1,
      referencedSecurityGroupId: host.groupId,
    });
    assert.deepEqual(firewallOf(lab.cloud, host.cardId), [
      { direction: 'in', protocol: 'tcp', ports: { from: 22, to: 23 }, peer: { cidr: '10.0.0.0/8' } },
      { direction: 'in', protocol: 'icmp', ports: undefined, peer: { groupId: host.groupId } },
    ]);
    assert.deepEqual(firewallOf(lab.cloud, 'eni-0'), []);
  });

  it('refuses an address that is taken, reserved or elsewhere', async () => {
    const card = (address: string): Values => ({ subnetId: host.subnetId, privateIps: [address] });
    await refuses(CARD, card('10.0.0.10'), 'InvalidIPAddress.InUse', 'Address 10.0.0.10 is in use.');
    await refuses(
      CARD,
      card('10.0.0.3'),
      'InvalidParameterValue',
      "Address 10.0.0.3 is in subnet's reserved address range",
    );
    await refuses(
      CARD,
      card('10.0.0.255'),
      'InvalidParameterValue',
      "Address 10.0.0.255 is in subnet's reserved address range",
    );
    await refuses(
      CARD,
      card('10.0.1.10'),
      'InvalidParameterValue',
      "Address does not fall within the subnet's address range: 10.0.1.10",
    );
    assert.equal((await lab.client.make(CARD, 'any', { subnetId: host.subnetId })).outputs['privateIp'], '10.0.0.4');
  });

  it('gives Elastic IPs from a network for documentation, and the subnet its address to the interface', async () => {
    const { outputs } = lab.cloud.named(ASSOCIATION, 'host');
    assert.equal(outputs['publicIp'], '203.0.113.10');
    assert.equal(outputs['privateIpAddress'], '10.0.0.10');
    assert.equal(lab.cloud.named(INSTANCE, 'host').outputs['publicIp'], '203.0.113.10');
    assert.match(String(lab.cloud.named(CARD, 'host').outputs['macAddress']), /^02(:[0-9a-f]{2}){5}$/);
  });

  it('associates an address with what it is associated with already, whoever did that', async () => {
    const inputs = { allocationId: host.eipId, networkInterfaceId: host.cardId };
    await lab.client.make(ASSOCIATION, 'again', inputs);
    assert.deepEqual(
      lab.cloud.all(ASSOCIATION).map(({ outputs }) => outputs['networkInterfaceId']),
      [host.cardId],
    );
  });

  it('makes an interface for an instance that was given none; it takes addresses, and goes with the instance', async () => {
    const { outputs: other } = lab.cloud.named(INSTANCE, 'host');
    const inputs = {
      ami: other['ami'] ?? '',
      instanceType: 't3.small',
      subnetId: host.subnetId,
      privateIp: '10.0.0.77',
    };
    const { id } = await lab.client.make(INSTANCE, 'bare', inputs);
    await lab.client.make(ASSOCIATION, 'bare', { allocationId: host.eipId, instanceId: id, allowReassociation: true });
    const [association] = lab.cloud.all(ASSOCIATION);
    assert.equal(association?.outputs['privateIpAddress'], '10.0.0.77');
    const cards = lab.cloud.all(CARD).length;
    await lab.client.delete(INSTANCE, 'bare', id);
    assert.equal(lab.cloud.all(CARD).length, cards - 1);
    assert.deepEqual(lab.cloud.all(ASSOCIATION), []);
  });

  it('takes an address from another interface only where reassociation is allowed; the old association ends', async () => {
    const { id: second } = await lab.client.make(CARD, 'second', { subnetId: host.subnetId });
    const inputs = { allocationId: host.eipId, networkInterfaceId: second };
    await refuses(
      ASSOCIATION,
      inputs,
      'Resource.AlreadyAssociated',
      `resource ${host.eipId} is already associated with associate-id ${host.associationId}`,
    );
    const { id } = await lab.client.make(ASSOCIATION, 'taken', { ...inputs, allowReassociation: true });
    assert.deepEqual(
      lab.cloud.all(ASSOCIATION).map((one) => one.id),
      [id],
    );
    assert.equal(await lab.client.read(ASSOCIATION, 'host', host.associationId), undefined);
    await lab.client.delete(ASSOCIATION, 'host', host.associationId);
    assert.deepEqual(
      lab.cloud.all(ASSOCIATION).map((one) => one.id),
      [id],
    );
  });

  it('needs a gateway before it associates an address', async () => {
    await lab.client.delete(INSTANCE, 'host', host.instanceId);
    await lab.client.delete(ASSOCIATION, 'host', host.associationId);
    await lab.client.delete(GATEWAY, 'council', host.gatewayId);
    await refuses(
      ASSOCIATION,
      { allocationId: host.eipId, networkInterfaceId: host.cardId },
      'Gateway.NotAttached',
      `Network ${host.vpcId} is not attached to any internet gateway`,
    );
  });

  it('keeps what something else stands on', async () => {
    await stays(
      VPC,
      host.vpcId,
      'DependencyViolation',
      `The vpc '${host.vpcId}' has dependencies and cannot be deleted.`,
    );
    await stays(
      SUBNET,
      host.subnetId,
      'DependencyViolation',
      `The subnet '${host.subnetId}' has dependencies and cannot be deleted.`,
    );
    await stays(GROUP, host.groupId, 'DependencyViolation', `resource ${host.groupId} has a dependent object`);
    await stays(
      GATEWAY,
      host.gatewayId,
      'DependencyViolation',
      `Network ${host.vpcId} has some mapped public address(es).`,
    );
    await stays(CARD, host.cardId, 'InvalidParameterValue', `Network interface '${host.cardId}' is currently in use.`);
    await stays(EIP, host.eipId, 'InvalidIPAddress.InUse', 'Address 203.0.113.10 is in use.');
  });

  it('takes the rules of a group with it, and counts what is gone as deleted', async () => {
    const { id: groupId } = await lab.client.make(GROUP, 'brief', { vpcId: host.vpcId });
    const { id } = await lab.client.make(RULE, 'brief', { ...tcp(1, 2), securityGroupId: groupId });
    await lab.client.delete(GROUP, 'brief', groupId);
    assert.equal(lab.cloud.find(RULE, id), undefined);
    await lab.client.delete(RULE, 'brief', id);
  });

  it('shows what was changed and taken away by hand', async () => {
    lab.cloud.change(CARD, host.cardId, { description: 'by hand' });
    const read = await lab.client.read(CARD, 'host', host.cardId);
    assert.equal(read?.inputs['description'], 'by hand');
    assert.equal(read?.outputs['description'], 'by hand');
    lab.cloud.remove(INSTANCE, host.instanceId);
    assert.equal(await lab.client.read(INSTANCE, 'host', host.instanceId), undefined);
    await lab.client.make(INSTANCE, 'host', hostInputs(host.cardId));
  });
});
