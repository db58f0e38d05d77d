import assert from 'node:assert/strict';
import type { Values } from '../../../lab/provider/index.ts';
import { type LabProvider, labProvider } from '../support/lab-provider.ts';

const INSTANCE = 'aws:ec2/instance:Instance';
const SUBNET = 'aws:ec2/subnet:Subnet';
const RULE = 'aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule';
const UNKNOWN = '04da6b54-80e4-46f7-96ec-b56ff0331ba9';

describe('inputs that the AWS provider refuses before it asks AWS', () => {
  let lab: LabProvider;
  before(async () => {
    lab = await labProvider();
  });
  after(async () => await lab?.close());

  const refused = async (type: string, inputs: Values): Promise<string[]> =>
    (await lab.client.check(type, 'one', inputs)).failures.map((failure) => failure.replace(/; known here: .*/, ''));

  it('names a property that the schema has not, at any depth, and says which it has', async () => {
    assert.deepEqual(
      await refused(INSTANCE, { ami: 'ami-1', amiId: 'ami-2', rootBlockDevice: { volumeSize: 8, sizeGb: 8 } }),
      ["amiId: unknown property 'amiId'", "rootBlockDevice.sizeGb: unknown property 'rootBlockDevice.sizeGb'"],
    );
    const { failures } = await lab.client.check(SUBNET, 'one', { vpcId: 'vpc-1', cidr: '10.0.0.0/24' });
    assert.match(failures[0] ?? '', /known here: assignIpv6AddressOnCreation, availabilityZone, /);
  });

  it('names what is missing and what has the wrong type', async () => {
    assert.deepEqual(await refused(SUBNET, { cidrBlock: '10.0.0.0/24' }), ["vpcId: missing required property 'vpcId'"]);
    assert.deepEqual(await refused(SUBNET, { vpcId: 'vpc-1', mapPublicIpOnLaunch: 'perhaps', tags: ['a'] }), [
      'mapPublicIpOnLaunch: \'mapPublicIpOnLaunch\' must be a boolean, and is "perhaps"',
      'tags: \'tags\' must be an object, and is ["a"]',
    ]);
    assert.deepEqual(
      await refused('aws:ec2/networkInterface:NetworkInterface', { subnetId: 'subnet-1', privateIps: [{ ip: 'a' }] }),
      ['privateIps[0]: \'privateIps[0]\' must be a string, and is {"ip":"a"}'],
    );
  });

  it('takes texts for numbers and booleans where they read as such, like the bridge to Terraform', async () => {
    assert.deepEqual(await refused(SUBNET, { vpcId: 'vpc-1', mapPublicIpOnLaunch: 'true' }), []);
    assert.deepEqual(
      await refused(RULE, {
        securityGroupId: 'sg-1',
        cidrIpv4: '10.0.0.0/8',
        ipProtocol: 'tcp',
        fromPort: '22',
        toPort: 22,
      }),
      [],
    );
  });

  it('lets pass what is not known yet', async () => {
    assert.deepEqual(await refused(SUBNET, { vpcId: UNKNOWN, cidrBlock: UNKNOWN, mapPublicIpOnLaunch: UNKNOWN }), []);
    assert.deepEqual(await refused('aws:ssm/parameter:Parameter', { type: UNKNOWN, value: UNKNOWN }), []);
  });

  const table: [what: string, type: string, inputs: Values, failures: string[]][] = [
    [
      'a network with bits behind its prefix',
      SUBNET,
      { vpcId: 'vpc-1', cidrBlock: '10.0.0.1/24' },
      ['cidrBlock: \'cidrBlock\' must be an IPv4 network in CIDR notation, and is "10.0.0.1/24"'],
    ],
    [
      'a network that is none',
      'aws:ec2/vpc:Vpc',
      { cidrBlock: '10.0.0.0' },
      ['cidrBlock: \'cidrBlock\' must be an IPv4 network in CIDR notation, and is "10.0.0.0"'],
    ],
    [
      'a rule open to nobody',
      RULE,
      { securityGroupId: 'sg-1', ipProtocol: '-1' },
      [
        'cidrIpv4: exactly one of cidrIpv4, cidrIpv6, prefixListId, referencedSecurityGroupId must be given, and none is',
      ],
    ],
    [
      'a rule open to two',
      RULE,
      { securityGroupId: 'sg-1', ipProtocol: '-1', cidrIpv4: '0.0.0.0/0', referencedSecurityGroupId: 'sg-2' },
      [
        'cidrIpv4: exactly one of cidrIpv4, cidrIpv6, prefixListId, referencedSecurityGroupId must be given, and cidrIpv4 and referencedSecurityGroupId are',
      ],
    ],
    [
      'a port above all',
      RULE,
      { securityGroupId: 'sg-1', ipProtocol: 'tcp', cidrIpv4: '0.0.0.0/0', fromPort: 1, toPort: 65_536 },
      ["toPort: expected 'toPort' to be in the range (-1 - 65535), got 65536"],
    ],
    [
      'an instance without an image',
      INSTANCE,
      { instanceType: 'c7i.large' },
      ['ami: one of ami, launchTemplate must be given'],
    ],
    [
      'an instance with two places',
      INSTANCE,
      { ami: 'ami-1', subnetId: 'subnet-1', primaryNetworkInterface: { networkInterfaceId: 'eni-1' } },
      ['subnetId: subnetId and a network interface exclude each other'],
    ],
    [
      'user data beyond 16384 octets',
      INSTANCE,
      { ami: 'ami-1', userData: 'é'.repeat(8_193) },
      ['userData: expected length of userData to be in the range (0 - 16384), got 16386'],
    ],
    [
      'a key that waits too short',
      'aws:kms/key:Key',
      { deletionWindowInDays: 6 },
      ["deletionWindowInDays: expected 'deletionWindowInDays' to be in the range (7 - 30), got 6"],
    ],
    [
      'a policy that is no JSON',
      'aws:iam/rolePolicy:RolePolicy',
      { role: 'a', policy: '{' },
      ["policy: 'policy' contains an invalid JSON policy"],
    ],
    [
      'a parameter with two values',
      'aws:ssm/parameter:Parameter',
      { type: 'String', value: 'a', insecureValue: 'b' },
      ['value: exactly one of value, insecureValue, valueWo must be given, and value, insecureValue is'],
    ],
    [
      'a secret in the open',
      'aws:ssm/parameter:Parameter',
      { type: 'SecureString', insecureValue: 'b' },
      ['insecureValue: invalid configuration, cannot set type = SecureString and insecureValue'],
    ],
    [
      "a tag with AWS's prefix",
      'aws:ec2/vpc:Vpc',
      { cidrBlock: '10.0.0.0/16', tags: { 'aws:name': 'a' } },
      ["tags.aws:name: 'tags.aws:name': keys with the prefix aws: are reserved"],
    ],
    [
      'logs kept for a number of days that CloudWatch has not',
      'aws:cloudwatch/logGroup:LogGroup',
      { retentionInDays: 91 },
      [
        'retentionInDays: expected retentionInDays to be one of [0 1 3 5 7 14 30 60 90 120 150 180 365 400 545 731 1096 1827 2192 2557 2922 3288 3653], got 91',
      ],
    ],
  ];
  for (const [what, type, inputs, failures] of table)
    it(`refuses ${what}`, async () => assert.deepEqual(await refused(type, inputs), failures));

  it('refuses a type and a function that it does not know, and says what to do', async () => {
    await assert.rejects(
      lab.client.check('aws:rds/instance:Instance', 'one', {}),
      /knows no aws:rds\/instance:Instance: add it to lab\/provider\/schema\/types\.ts/,
    );
    await assert.rejects(lab.client.invoke('aws:ec2/getAmi:getAmi', {}), /knows no function aws:ec2\/getAmi:getAmi/);
  });

  it('refuses to be configured without a region, and without credentials', async () => {
    assert.deepEqual(await lab.client.checkConfig({ region: 'eu-central-1' }), []);
    assert.match(
      (await lab.client.checkConfig({}))[0] ?? '',
      /^region: missing required configuration key "aws:region"/,
    );
    const poor = await labProvider({ credentials: 'absent' });
    try {
      assert.deepEqual(await poor.client.checkConfig({ region: 'eu-central-1' }), [
        ': unable to validate AWS credentials. Details: No valid credential sources found.',
      ]);
      await assert.rejects(
        poor.client.create('aws:ec2/vpc:Vpc', 'one', { cidrBlock: '10.0.0.0/16' }),
        /unable to validate AWS credentials/,
      );
      assert.deepEqual(poor.cloud.everything(), []);
    } finally {
      await poor.close();
    }
  });
});
