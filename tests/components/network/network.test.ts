import assert from 'node:assert/strict';
import { HOST_ROLES } from '../../../components/hosts.ts';
import {
  FlowLogs,
  groupRules,
  Network,
  portPlan,
  privateAddresses,
  SecurityGroups,
  StaticAddresses,
  zoneOf,
} from '../../../components/network/index.ts';
import { type PlannedResource, planOf } from '../../../components/plan/index.ts';

const planned = async (program: () => Promise<unknown>): Promise<readonly PlannedResource[]> =>
  (await planOf('test', { config: {}, secretKeys: [] }, program)).resources;

const inputsOf = (resources: readonly PlannedResource[], type: string) =>
  Object.fromEntries(resources.filter((one) => one.type === type).map(({ name, inputs }) => [name, inputs]));

describe('network', () => {
  const args = {
    region: 'eu-central-1',
    vpcCidr: '10.20.0.0/16',
    subnetCidrs: ['10.20.0.0/24', '10.20.1.0/24', '10.20.2.0/24'],
    availabilityZones: ['eu-central-1a', 'eu-central-1b', 'eu-central-1c'],
  } as const;

  it('is a VPC with a subnet a zone, a way out, and a default group that lets nothing through', async () => {
    const resources = await planned(async () => void new Network('net', args));
    assert.deepEqual(inputsOf(resources, 'aws:ec2/vpc:Vpc'), {
      net: { cidrBlock: '10.20.0.0/16', enableDnsHostnames: true, enableDnsSupport: true, tags: { Name: 'net' } },
    });
    assert.deepEqual(
      inputsOf(resources, 'aws:ec2/subnet:Subnet'),
      Object.fromEntries(
        [0, 1, 2].map((zone) => [
          `net-${zone + 1}`,
          {
            vpcId: '<Vpc net.id>',
            cidrBlock: args.subnetCidrs[zone],
            availabilityZone: args.availabilityZones[zone],
            mapPublicIpOnLaunch: false,
            tags: { Name: `net-${zone + 1}` },
          },
        ]),
      ),
    );
    assert.deepEqual(inputsOf(resources, 'aws:ec2/vpcEndpoint:VpcEndpoint'), {
      'net-s3': {
        vpcId: '<Vpc net.id>',
        serviceName: 'com.amazonaws.eu-central-1.s3',
        vpcEndpointType: 'Gateway',
        routeTableIds: ['<RouteTable net.id>'],
        tags: { Name: 'net-s3' },
      },
    });
    assert.deepEqual(inputsOf(resources, 'aws:ec2/route:Route'), {
      'net-world': {
        routeTableId: '<RouteTable net.id>',
        destinationCidrBlock: '0.0.0.0/0',
        gatewayId: '<InternetGateway net.id>',
      },
    });
    assert.equal(resources.filter(({ type }) => type.endsWith(':RouteTableAssociation')).length, 3);
    assert.deepEqual(inputsOf(resources, 'aws:ec2/defaultSecurityGroup:DefaultSecurityGroup'), {
      'net-default': { vpcId: '<Vpc net.id>', ingress: [], egress: [], tags: { Name: 'net' } },
    });
  });
});

describe('placement', () => {
  it('gives every host an address of its own, in the subnet of its zone', () => {
    const addresses = privateAddresses(['10.20.0.0/24', '10.20.1.16/28', '172.16.255.240/28']);
    assert.deepEqual(addresses, {
      'gatekeeper-primary': '10.20.0.10',
      'gatekeeper-secondary': '10.20.1.26',
      mcu: '172.16.255.250',
      'sip-gateway': '10.20.0.11',
      monitoring: '172.16.255.251',
    });
  });

  it('has the voters in three zones, and the MCU in neither gatekeeper’s', () => {
    const zones = new Set(['gatekeeper-primary', 'gatekeeper-secondary', 'monitoring'] as const);
    assert.equal(new Set([...zones].map(zoneOf)).size, 3);
    assert(zoneOf('mcu') !== zoneOf('gatekeeper-primary') && zoneOf('mcu') !== zoneOf('gatekeeper-secondary'));
  });
});

describe('flow logs', () => {
  it('go to a group of their own, under a key, by a role that no other account can have and that writes there alone', async () => {
    const resources = await planned(
      async () =>
        void new FlowLogs('flows', {
          stack: 'prod',
          vpcId: 'vpc-1',
          accountId: '111122223333',
          region: 'eu-central-1',
          keyArn: 'arn:key',
          retentionDays: 90,
        }),
    );
    const tags = { Name: 'flows' };
    assert.deepEqual(inputsOf(resources, 'aws:cloudwatch/logGroup:LogGroup'), {
      flows: { name: '/guardian-council/prod/flows', retentionInDays: 90, kmsKeyId: 'arn:key', tags },
    });
    assert.deepEqual(inputsOf(resources, 'aws:ec2/flowLog:FlowLog'), {
      flows: {
        vpcId: 'vpc-1',
        trafficType: 'ALL',
        logDestinationType: 'cloud-watch-logs',
        logDestination: '<LogGroup flows.arn>',
        iamRoleArn: '<Role flows.arn>',
        maxAggregationInterval: 60,
        tags,
      },
    });
    const document = (type: string, key: string): unknown =>
      JSON.parse(String(inputsOf(resources, type)['flows']?.[key]));
    assert.deepEqual(document('aws:iam/role:Role', 'assumeRolePolicy'), {
      Version: '2012-10-17',
      Statement: [
        {
          Sid: 'FlowLogs',
          Effect: 'Allow',
          Principal: { Service: 'vpc-flow-logs.amazonaws.com' },
          Action: ['sts:AssumeRole'],
          Condition: {
            StringEquals: { 'aws:SourceAccount': '111122223333' },
            ArnLike: { 'aws:SourceArn': 'arn:aws:ec2:eu-central-1:111122223333:vpc-flow-log/*' },
          },
        },
      ],
    });
    const group = 'arn:aws:logs:eu-central-1:111122223333:log-group:/guardian-council/prod/flows';
    assert.deepEqual(document('aws:iam/rolePolicy:RolePolicy', 'policy'), {
      Version: '2012-10-17',
      Statement: [
        {
          Sid: 'WriteFlows',
          Effect: 'Allow',
          Action: ['logs:CreateLogStream', 'logs:DescribeLogStreams', 'logs:PutLogEvents'],
          Resource: [group, `${group}:*`],
        },
        { Sid: 'FindGroup', Effect: 'Allow', Action: ['logs:DescribeLogGroups'], Resource: ['*'] },
      ],
    });
  });
});

describe('static addresses', () => {
  for (const protect of [true, false])
    it(`are one a host, apart from the hosts, ${protect ? '' : 'not '}protected`, async () => {
      const resources = await planned(async () => void new StaticAddresses('addresses', { protect, lent: false }));
      const addresses = resources.filter(({ type }) => type === 'aws:ec2/eip:Eip');
      assert.deepEqual(
        addresses.map(({ name, inputs }) => [name, inputs]),
        HOST_ROLES.map((role) => [role, { domain: 'vpc', tags: { Name: role } }]),
      );
      assert(addresses.every((one) => one.protect === protect && one.dependsOn.length === 0));
    });
});

describe('security groups', () => {
  const ports = portPlan({ primaryRasPort: 1719, secondaryRasPort: 1720 });
  const adminCidrs = ['192.0.2.0/24'];

  it('have a rule resource for each rule of the port plan, with exactly its inputs, and no rule inside of a group', async () => {
    const resources = await planned(
      async () => void new SecurityGroups('ports', { vpcId: 'vpc-1', ports, adminCidrs }),
    );
    assert.deepEqual(
      inputsOf(resources, 'aws:ec2/securityGroup:SecurityGroup'),
      Object.fromEntries(
        HOST_ROLES.map((role) => [role, { vpcId: 'vpc-1', description: `Ports of ${role}`, tags: { Name: role } }]),
      ),
    );
    assert.deepEqual(
      inputsOf(resources, 'aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule'),
      Object.fromEntries(
        groupRules(ports, adminCidrs).map(({ name, host, from, protocol, fromPort, toPort, description }) => [
          name,
          {
            securityGroupId: `<SecurityGroup ${host}.id>`,
            ...('cidr' in from
              ? { cidrIpv4: from.cidr }
              : { referencedSecurityGroupId: `<SecurityGroup ${from.host}.id>` }),
            ipProtocol: protocol,
            fromPort,
            toPort,
            description,
          },
        ]),
      ),
    );
    assert.deepEqual(
      inputsOf(resources, 'aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule'),
      Object.fromEntries(
        HOST_ROLES.map((role) => [
          `${role}-out`,
          {
            securityGroupId: `<SecurityGroup ${role}.id>`,
            cidrIpv4: '0.0.0.0/0',
            ipProtocol: '-1',
            description: 'All that it asks for',
          },
        ]),
      ),
    );
  });

  it('write these of the gatekeepers out in full', async () => {
    const resources = await planned(
      async () => void new SecurityGroups('ports', { vpcId: 'vpc-1', ports, adminCidrs }),
    );
    const rules = inputsOf(resources, 'aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule');
    assert.deepEqual(rules['gatekeeper-primary-udp-1719-from-world'], {
      securityGroupId: '<SecurityGroup gatekeeper-primary.id>',
      cidrIpv4: '0.0.0.0/0',
      ipProtocol: 'udp',
      fromPort: 1719,
      toPort: 1719,
      description:
        'RAS: terminals discover, register and ask for admission; every request that changes anything is signed',
    });
    assert.deepEqual(rules['gatekeeper-secondary-tcp-2380-from-monitoring'], {
      securityGroupId: '<SecurityGroup gatekeeper-secondary.id>',
      referencedSecurityGroupId: '<SecurityGroup monitoring.id>',
      ipProtocol: 'tcp',
      fromPort: 2380,
      toPort: 2380,
      description: 'etcd, members: the quorum, by mutual TLS',
    });
  });
});
