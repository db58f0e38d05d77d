import assert from 'node:assert/strict';
import {
  DescribeAddressesCommand,
  DescribeInstancesCommand,
  DescribeSecurityGroupRulesCommand,
} from '@aws-sdk/client-ec2';
import { GetObjectLockConfigurationCommand, GetPublicAccessBlockCommand, ListBucketsCommand } from '@aws-sdk/client-s3';
import type { Plan } from '../../../components/plan/index.ts';
import type { Values } from '../../../lab/provider/index.ts';
import { type LabProvider, labProvider } from '../../lab/support/lab-provider.ts';
import { inOrder, resolve, shortType } from '../../lab/support/plan-order.ts';
import { planOfProgram } from '../../support/program-plan.ts';
import { type MotoAccount, motoAccount } from './account.ts';
import { type MotoServer, startMoto } from './server.ts';

/** Types of the plan that moto is not asked about. */
const NOT_ASKED = [
  'aws:budgets/budget:Budget',
  'aws:cloudwatch/logGroup:LogGroup',
  'aws:cloudwatch/metricAlarm:MetricAlarm',
  'aws:dlm/lifecyclePolicy:LifecyclePolicy',
  'aws:ebs/volume:Volume',
  'aws:ec2/defaultSecurityGroup:DefaultSecurityGroup',
  'aws:ec2/flowLog:FlowLog',
  'aws:ec2/volumeAttachment:VolumeAttachment',
  'aws:ec2/vpcEndpoint:VpcEndpoint',
  'aws:kms/alias:Alias',
  'aws:kms/key:Key',
  'aws:route53/record:Record',
  'aws:sns/topic:Topic',
  'aws:sns/topicPolicy:TopicPolicy',
  'aws:sns/topicSubscription:TopicSubscription',
];

/** What hangs on a network or an instance of moto's cannot be made by the stand-in, which has none. */
const SKIPPED: ReadonlySet<string> = new Set([
  'aws:ec2/defaultSecurityGroup:DefaultSecurityGroup',
  'aws:ec2/flowLog:FlowLog',
  'aws:ec2/volumeAttachment:VolumeAttachment',
  'aws:ec2/vpcEndpoint:VpcEndpoint',
]);

describe('a second opinion of the requests: moto, asked through the AWS SDK', function () {
  this.timeout(300_000);
  let server: MotoServer;
  let moto: MotoAccount;
  let lab: LabProvider;
  let plan: Plan;
  const made = new Map<string, Values>();
  before(async function () {
    server = await startMoto(this);
    moto = motoAccount(server.endpoint);
    lab = await labProvider();
    plan = await planOfProgram('prod');
  });
  after(async () => {
    await lab?.close();
    await server?.close();
  });

  /** Checked by the stand-in, which gives names, and then made by moto; what moto is not asked, the stand-in makes. */
  const make = async (type: string, name: string, planned: object): Promise<Values> => {
    const inputs = resolve(planned, (short, of, property) => {
      const value = made.get(`${short} ${of}`)?.[property];
      assert(value !== undefined, `<${short} ${of}.${property}> is not there`);
      return String(value);
    });
    const checked = await lab.client.check(type, name, inputs);
    assert.deepEqual(checked.failures, [], `${type} ${name}`);
    const request = moto.requests[type];
    const { id, outputs } = await (request ? request(checked.inputs) : lab.client.create(type, name, checked.inputs));
    return { ...checked.inputs, ...outputs, id };
  };

  it('takes every main resource of prod', async () => {
    const unasked = new Set<string>();
    for (const { type, name, inputs } of inOrder(plan)) {
      if (!moto.requests[type]) unasked.add(type);
      if (SKIPPED.has(type)) continue;
      made.set(`${shortType(type)} ${name}`, await make(type, name, inputs));
    }
    assert.deepEqual([...unasked].toSorted(), NOT_ASKED);
  });

  it('has five instances running on the interfaces and at the addresses that the plan gives them', async () => {
    const { Reservations = [] } = await moto.ec2.send(new DescribeInstancesCommand({}));
    const running = Reservations.flatMap(({ Instances = [] }) => Instances);
    const planned = plan.resources.filter(({ type }) => type === 'aws:ec2/networkInterface:NetworkInterface');
    const addresses = planned.flatMap(({ inputs }) => inputs['privateIps']).toSorted();
    assert.deepEqual(
      running.map(({ State }) => State?.Name),
      Array.from({ length: 5 }, () => 'running'),
    );
    assert.deepEqual(
      running.map(({ NetworkInterfaces = [] }) => NetworkInterfaces[0]?.PrivateIpAddress).toSorted(),
      addresses,
    );
    const { Addresses = [] } = await moto.ec2.send(new DescribeAddressesCommand({}));
    assert.deepEqual(
      Addresses.map(({ NetworkInterfaceId }) => NetworkInterfaceId).toSorted(),
      [...made]
        .filter(([key]) => key.startsWith('NetworkInterface '))
        .map(([, { id }]) => id)
        .toSorted(),
    );
  });

  it('has each rule of the port plan once', async () => {
    const groups = [...made].filter(([key]) => key.startsWith('SecurityGroup ')).map(([, { id }]) => String(id));
    const { SecurityGroupRules = [] } = await moto.ec2.send(
      new DescribeSecurityGroupRulesCommand({ Filters: [{ Name: 'group-id', Values: groups }] }),
    );
    const planned = (egress: boolean): number =>
      plan.resources.filter(({ type }) =>
        type.endsWith(egress ? ':SecurityGroupEgressRule' : ':SecurityGroupIngressRule'),
      ).length;
    assert.deepEqual(
      [false, true].map((egress) => SecurityGroupRules.filter(({ IsEgress }) => IsEgress === egress).length),
      [planned(false), planned(true)],
    );
  });

  it('locks the witness archive for 90 days and closes both buckets', async () => {
    const { Buckets = [] } = await moto.s3.send(new ListBucketsCommand({}));
    assert.equal(Buckets.length, 2);
    const Bucket = String(made.get('Bucket witness')?.['bucket']);
    const { ObjectLockConfiguration } = await moto.s3.send(new GetObjectLockConfigurationCommand({ Bucket }));
    const { Mode, Days } = ObjectLockConfiguration?.Rule?.DefaultRetention ?? {};
    assert.deepEqual({ Mode, Days }, { Mode: 'COMPLIANCE', Days: 90 });
    for (const { Name } of Buckets) {
      const { PublicAccessBlockConfiguration } = await moto.s3.send(new GetPublicAccessBlockCommand({ Bucket: Name }));
      assert.deepEqual(PublicAccessBlockConfiguration, {
        BlockPublicAcls: true,
        BlockPublicPolicy: true,
        IgnorePublicAcls: true,
        RestrictPublicBuckets: true,
      });
    }
  });

  describe('refuses what the stand-in refuses, with the same code', () => {
    const trust = JSON.stringify({
      Version: '2012-10-17',
      Statement: [{ Effect: 'Allow', Principal: { Service: 'ec2.amazonaws.com' }, Action: 'sts:AssumeRole' }],
    });
    const world = { moto: new Map<string, string>(), lab: new Map<string, string>() };
    const [VPC, SUBNET, GROUP, RULE, CARD] = [
      'aws:ec2/vpc:Vpc',
      'aws:ec2/subnet:Subnet',
      'aws:ec2/securityGroup:SecurityGroup',
      'aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule',
      'aws:ec2/networkInterface:NetworkInterface',
    ];
    const things: [key: string, type: string, inputs: Values][] = [
      ['vpc', VPC, { cidrBlock: '10.99.0.0/16' }],
      ['gateway', 'aws:ec2/internetGateway:InternetGateway', { vpcId: '{vpc}' }],
      ['subnet', SUBNET, { vpcId: '{vpc}', cidrBlock: '10.99.0.0/24', availabilityZone: 'eu-central-1a' }],
      ['group', GROUP, { vpcId: '{vpc}', name: 'twice', description: 'twice' }],
      [
        'rule',
        RULE,
        { securityGroupId: '{group}', ipProtocol: 'tcp', fromPort: 22, toPort: 22, cidrIpv4: '10.0.0.0/8' },
      ],
      ['card', CARD, { subnetId: '{subnet}', privateIps: ['10.99.0.10'] }],
      ['other', CARD, { subnetId: '{subnet}', privateIps: ['10.99.0.11'] }],
      ['eip', 'aws:ec2/eip:Eip', { domain: 'vpc' }],
      ['association', 'aws:ec2/eipAssociation:EipAssociation', { allocationId: '{eip}', networkInterfaceId: '{card}' }],
      ['role', 'aws:iam/role:Role', { name: 'twice', assumeRolePolicy: trust }],
      ['bucket', 'aws:s3/bucket:Bucket', { bucket: 'council-twice' }],
      ['parameter', 'aws:ssm/parameter:Parameter', { name: '/council/twice', type: 'String', insecureValue: 'a' }],
    ];
    const put = (inputs: Values, ids: Map<string, string>): Values =>
      JSON.parse(JSON.stringify(inputs).replaceAll(/\{(\w+)\}/g, (all, key) => ids.get(key) ?? all));
    before(async () => {
      for (const [key, type, inputs] of things) {
        const request = moto.requests[type];
        assert(request);
        world.moto.set(key, (await request(put(inputs, world.moto))).id);
        world.lab.set(key, (await lab.client.make(type, key, put(inputs, world.lab))).id);
      }
    });

    const table: [what: string, code: string, type: string, inputs: Values][] = [
      [
        'a subnet that overlaps another',
        'InvalidSubnet.Conflict',
        SUBNET,
        { vpcId: '{vpc}', cidrBlock: '10.99.0.0/25' },
      ],
      ['a subnet outside its VPC', 'InvalidSubnet.Range', SUBNET, { vpcId: '{vpc}', cidrBlock: '10.98.0.0/24' }],
      [
        'a subnet in no VPC',
        'InvalidVpcID.NotFound',
        SUBNET,
        { vpcId: 'vpc-00000000000000000', cidrBlock: '10.98.0.0/24' },
      ],
      [
        'a subnet in no zone',
        'InvalidParameterValue',
        SUBNET,
        { vpcId: '{vpc}', cidrBlock: '10.99.1.0/24', availabilityZone: 'eu-central-1x' },
      ],
      ['a VPC that is too large', 'InvalidVpc.Range', VPC, { cidrBlock: '10.0.0.0/8' }],
      [
        'a security group twice',
        'InvalidGroup.Duplicate',
        GROUP,
        { vpcId: '{vpc}', name: 'twice', description: 'twice' },
      ],
      [
        'a rule twice',
        'InvalidPermission.Duplicate',
        RULE,
        { securityGroupId: '{group}', ipProtocol: 'tcp', fromPort: 22, toPort: 22, cidrIpv4: '10.0.0.0/8' },
      ],
      [
        'a rule of no group',
        'InvalidGroup.NotFound',
        RULE,
        {
          securityGroupId: 'sg-00000000000000000',
          ipProtocol: 'tcp',
          fromPort: 22,
          toPort: 22,
          cidrIpv4: '10.0.0.0/8',
        },
      ],
      ['an interface in no subnet', 'InvalidSubnetID.NotFound', CARD, { subnetId: 'subnet-00000000000000000' }],
      [
        'an address that leads elsewhere',
        'Resource.AlreadyAssociated',
        'aws:ec2/eipAssociation:EipAssociation',
        { allocationId: '{eip}', networkInterfaceId: '{other}' },
      ],
      ['a role twice', 'EntityAlreadyExists', 'aws:iam/role:Role', { name: 'twice', assumeRolePolicy: trust }],
      [
        'a policy of no role',
        'NoSuchEntity',
        'aws:iam/rolePolicy:RolePolicy',
        {
          role: 'nobody',
          name: 'a',
          policy: JSON.stringify({
            Version: '2012-10-17',
            Statement: [{ Effect: 'Allow', Action: 's3:GetObject', Resource: '*' }],
          }),
        },
      ],
      [
        'a policy that is half',
        'MalformedPolicyDocument',
        'aws:iam/rolePolicy:RolePolicy',
        {
          role: 'twice',
          name: 'a',
          policy: JSON.stringify({ Version: '2012-10-17', Statement: [{ Effect: 'Allow' }] }),
        },
      ],
      ['a bucket twice', 'BucketAlreadyOwnedByYou', 'aws:s3/bucket:Bucket', { bucket: 'council-twice' }],
      ['a bucket with a bad name', 'InvalidBucketName', 'aws:s3/bucket:Bucket', { bucket: 'ab' }],
      [
        'a setting of no bucket',
        'NoSuchBucket',
        'aws:s3/bucketVersioning:BucketVersioning',
        { bucket: 'council-none', versioningConfiguration: { status: 'Enabled' } },
      ],
      [
        'a parameter twice',
        'ParameterAlreadyExists',
        'aws:ssm/parameter:Parameter',
        { name: '/council/twice', type: 'String', insecureValue: 'b' },
      ],
    ];
    for (const [what, code, type, inputs] of table)
      it(`${what}: ${code}`, async () => {
        await assert.rejects(
          lab.client.make(type, 'refused', put(inputs, world.lab)),
          (error: Error) => error.message.includes(`api error ${code}:`) || assert.fail(error.message),
        );
        // The SDK's classes of IAM have a longer name than the code that AWS sends.
        const refusal = async (): Promise<unknown> => await moto.requests[type]?.(put(inputs, world.moto));
        await assert.rejects(refusal, (error: Error) => {
          assert.equal(error.name.replace(/Exception$/, ''), code);
          return true;
        });
      });
  });
});
