/** Each policy on resources written by hand: what a council's plan does not have, and what a preview cannot know yet. */
import assert from 'node:assert/strict';
import { gzipSync } from 'node:zlib';
import { findings, POLICIES, type StackResource } from '../../policy/index.ts';
import { UNKNOWN, type Values } from '../../policy/values.ts';

const TAGS = { Project: 'guardian-council', Stack: 'test', Environment: 'prod' };
const STAGING = { defaultTags: { ...TAGS, Environment: 'staging' } };

const urnOf = (key: string): string => `urn:pulumi:test::guardian-council::${key}`;

/** A resource, protected: `TYPE::NAME` says which, `from` which of its inputs come from which others. */
function resource(
  key: string,
  props: Values = {},
  { from = {}, ...options }: { from?: Record<string, string> } & Partial<StackResource> = {},
): StackResource {
  const [type = '', name = ''] = key.split('::');
  const propertyDependencies = Object.fromEntries(
    Object.entries(from).map(([input, other]) => [input, [urnOf(other)]]),
  );
  return {
    ...{ urn: urnOf(key), type, name, props, protect: true, ignoreChanges: [], defaultTags: TAGS },
    ...{ dependsOn: Object.values(propertyDependencies).flat(), propertyDependencies },
    ...options,
  };
}

const base64 = (text: string): string => Buffer.from(text).toString('base64');
const document = (...statements: readonly Values[]): string =>
  JSON.stringify({ Version: '2012-10-17', Statement: statements });

const INSTANCE = 'aws:ec2/instance:Instance::mcu';
const TEMPLATE = 'aws:ec2/launchTemplate:LaunchTemplate::sip-gateway';
const BUCKET = 'aws:s3/bucket:Bucket::attic';
const ACL = 'aws:s3/bucketAcl:BucketAcl::attic';
const POLICY = 'aws:s3/bucketPolicy:BucketPolicy::attic';
const GROUP = 'aws:ec2/securityGroup:SecurityGroup::mcu';
const GATEKEEPER_GROUP = 'aws:ec2/securityGroup:SecurityGroup::gatekeeper-primary';
const RULE = 'aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule::one';
const ROLE = 'aws:iam/role:Role::mcu';
const ROLE_POLICY = 'aws:iam/rolePolicy:RolePolicy::mcu';
const PARAMETER = 'aws:ssm/parameter:Parameter::one';
const VOLUME = 'aws:ebs/volume:Volume::data';
const WORLD = { cidrIpv4: '0.0.0.0/0' };
const HIDE = 'put it into a SecureString parameter, which the host reads by its role';

const open = (props: Values, group = GROUP): StackResource[] => [
  resource(group),
  resource(RULE, props, { from: { securityGroupId: group } }),
];
const tcp = (from: number, to: number): Values => ({ ipProtocol: 'tcp', fromPort: from, toPort: to });
const udp = (from: number, to: number): Values => ({ ipProtocol: 'udp', fromPort: from, toPort: to });

/** What a bucket needs to be private, with some of it changed. */
const bucket = (block: Values, rules: Values | string = { sseAlgorithm: 'AES256' }): StackResource[] => [
  resource(BUCKET),
  resource(
    'aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock::attic',
    { blockPublicAcls: true, blockPublicPolicy: true, ignorePublicAcls: true, restrictPublicBuckets: true, ...block },
    { from: { bucket: BUCKET } },
  ),
  resource(
    'aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration::attic',
    { rules: typeof rules === 'string' ? rules : [{ applyServerSideEncryptionByDefault: rules }] },
    { from: { bucket: BUCKET } },
  ),
];

type Case = readonly [policy: string, what: string, resources: readonly StackResource[], messages: readonly string[]];

const CASES: readonly Case[] = [
  ['encryption', 'a volume that is encrypted', [resource(VOLUME, { encrypted: true })], []],
  ['encryption', 'what only the update will tell', [resource(VOLUME, { encrypted: UNKNOWN })], []],
  [
    'encryption',
    'a volume that is not',
    [resource(VOLUME, {})],
    ['Volume data: it is not encrypted: set encrypted to true'],
  ],
  [
    'encryption',
    'a second volume of an instance',
    [
      resource(INSTANCE, {
        rootBlockDevice: { encrypted: true },
        ebsBlockDevices: [
          { deviceName: '/dev/sdf', encrypted: true },
          { deviceName: '/dev/sdg', encrypted: false },
        ],
      }),
    ],
    ['Instance mcu: its volume /dev/sdg is not encrypted: set encrypted of ebsBlockDevices to true'],
  ],
  [
    'encryption',
    'a launch template, which takes texts for booleans',
    [resource(TEMPLATE, { blockDeviceMappings: [{ deviceName: '/dev/sda1', ebs: { encrypted: 'true' } }] })],
    [],
  ],
  [
    'encryption',
    'a launch template that leaves the volume to the image',
    [resource(TEMPLATE, {})],
    [
      'LaunchTemplate sip-gateway: its root volume is not encrypted: name it in blockDeviceMappings, with ebs.encrypted true',
    ],
  ],
  [
    'encryption',
    'a launch template with a plain volume',
    [resource(TEMPLATE, { blockDeviceMappings: [{ deviceName: '/dev/sda1', ebs: { encrypted: 'false' } }] })],
    ['LaunchTemplate sip-gateway: its volume /dev/sda1 is not encrypted: set ebs.encrypted to true'],
  ],
  [
    'encryption',
    'a log group without a key, one with a key that is to come',
    [
      resource('aws:cloudwatch/logGroup:LogGroup::flow', {}),
      resource('aws:cloudwatch/logGroup:LogGroup::other', { kmsKeyId: UNKNOWN }),
    ],
    ['LogGroup flow: it has no key of ours: set kmsKeyId'],
  ],
  [
    'encryption',
    'a key for signatures, which KMS does not rotate',
    [resource('aws:kms/key:Key::sign', { keyUsage: 'SIGN_VERIFY', customerMasterKeySpec: 'ECC_NIST_P256' })],
    [],
  ],
  [
    'encryption',
    'another topic',
    [resource('aws:sns/topic:Topic::news', {})],
    ['Topic news: it is not encrypted: set kmsMasterKeyId'],
  ],
  [
    'encryption',
    'parameters by their names',
    [
      resource(PARAMETER, { name: '/a/secrets/key', type: 'SecureString' }),
      resource('aws:ssm/parameter:Parameter::two', { name: '/a/smtp-password', type: 'String' }),
      resource('aws:ssm/parameter:Parameter::three', { name: '/a/secretary', type: 'String' }),
    ],
    ['Parameter two: it is named as a secret: set type to SecureString'],
  ],

  ['private-buckets', 'a bucket with everything', bucket({}), []],
  ['private-buckets', 'what only the update will tell', bucket({ ignorePublicAcls: UNKNOWN }, UNKNOWN), []],
  [
    'private-buckets',
    'settings of another bucket',
    [...bucket({}), resource('aws:s3/bucket:Bucket::cellar')],
    [
      'Bucket cellar: no BucketPublicAccessBlock is for it: make one, all four of its settings true',
      'Bucket cellar: no BucketServerSideEncryptionConfiguration is for it: make one, with aws:kms or AES256',
    ],
  ],
  [
    'private-buckets',
    'an unknown algorithm',
    bucket({}, { sseAlgorithm: 'none' }),
    [
      'Bucket attic: BucketServerSideEncryptionConfiguration attic encrypts nothing by default: set sseAlgorithm to ' +
        'aws:kms or AES256',
    ],
  ],
  [
    'private-buckets',
    'an ACL for whoever has an account, and a grant to everybody',
    [
      resource(ACL, { acl: 'authenticated-read' }),
      resource('aws:s3/bucketAcl:BucketAcl::grant', {
        accessControlPolicy: { grants: [{ grantee: { uri: 'http://acs.amazonaws.com/groups/global/AllUsers' } }] },
      }),
      resource('aws:s3/bucketAcl:BucketAcl::private', { acl: 'private' }),
    ],
    [
      'BucketAcl attic has the public ACL authenticated-read: take it off',
      'BucketAcl grant grants rights to everybody: take the grant out',
    ],
  ],
  [
    'private-buckets',
    'everybody but one',
    [resource(POLICY, { policy: document({ Effect: 'Allow', NotPrincipal: { AWS: 'x' }, Action: 's3:GetObject' }) })],
    ['BucketPolicy attic lets everybody in by its statement number 1: name whom'],
  ],
  [
    'private-buckets',
    'one account, and refusals of everybody',
    [
      resource(POLICY, {
        policy: document(
          { Effect: 'Allow', Principal: { AWS: 'arn:aws:iam::123456789012:root' }, Action: 's3:GetObject' },
          { Effect: 'Deny', Principal: '*', Action: 's3:*' },
        ),
      }),
    ],
    [],
  ],

  ['open-ports', 'ports that the plan opens', open({ ...WORLD, ...udp(10_000, 20_000) }), []],
  ['open-ports', 'a part of them', open({ ...WORLD, ...udp(12_000, 13_000) }), []],
  ['open-ports', 'any port to a network of somebody', open({ cidrIpv4: '198.51.100.0/24', ...tcp(9090, 9090) }), []],
  ['open-ports', 'RAS where a stack wants it', open({ ...WORLD, ...udp(2719, 2719) }, GATEKEEPER_GROUP), []],
  [
    'open-ports',
    'more than the plan opens',
    open({ ...WORLD, ...udp(10_000, 20_001) }),
    [
      'SecurityGroupIngressRule one opens ports 10000-20001/udp to the world (0.0.0.0/0), and the port plan does not open ' +
        'it on mcu: take the rule out, or put it into the port plan',
    ],
  ],
  [
    'open-ports',
    'several UDP ports of a gatekeeper at once',
    open({ ...WORLD, ...udp(2719, 2720) }, GATEKEEPER_GROUP),
    [
      'SecurityGroupIngressRule one opens ports 2719-2720/udp to the world (0.0.0.0/0), and the port plan does not open it ' +
        'on gatekeeper-primary: take the rule out, or put it into the port plan',
    ],
  ],
  [
    'open-ports',
    'a range that takes SSH in',
    open({ ...WORLD, ...tcp(20, 25) }),
    [
      'SecurityGroupIngressRule one opens ports 20-25/tcp to the world (0.0.0.0/0), and 22, 23 are never open to it: take ' +
        'the rule out, or name who may',
    ],
  ],
  [
    'open-ports',
    'a rule of no group that is known',
    [resource(RULE, { ...WORLD, ...tcp(443, 443) })],
    [
      'SecurityGroupIngressRule one opens port 443/tcp to the world (0.0.0.0/0), and the port plan does not open it on no ' +
        'host: take the rule out, or put it into the port plan',
    ],
  ],
  [
    'open-ports',
    'a prefix list',
    open({ prefixListId: 'pl-1', ...tcp(443, 443) }),
    [
      'SecurityGroupIngressRule one opens ports to a prefix list, whose networks nobody sees here: name networks instead',
    ],
  ],
  [
    'open-ports',
    'rules of the old kind, inwards and outwards',
    [
      resource('aws:ec2/securityGroupRule:SecurityGroupRule::in', { type: 'ingress' }),
      resource('aws:ec2/securityGroupRule:SecurityGroupRule::out', { type: 'egress' }),
    ],
    ['SecurityGroupRule in is a rule of the old kind: make it a SecurityGroupIngressRule, from the port plan'],
  ],
  [
    'open-ports',
    'a default group that lets something in',
    [resource('aws:ec2/defaultSecurityGroup:DefaultSecurityGroup::all', { ingress: [{ protocol: '-1', self: true }] })],
    ['DefaultSecurityGroup all has ingress rules of its own: make each a SecurityGroupIngressRule, from the port plan'],
  ],

  [
    'instance-metadata',
    'a template that says nothing of it',
    [resource(TEMPLATE, {})],
    [
      'LaunchTemplate sip-gateway: IMDSv1 answers without a token: set metadataOptions.httpTokens to required',
      'LaunchTemplate sip-gateway: containers may reach its credentials: set metadataOptions.httpPutResponseHopLimit to 1',
    ],
  ],
  [
    'instance-metadata',
    'a template that does, and what only the update will tell',
    [
      resource(TEMPLATE, { metadataOptions: { httpTokens: 'required', httpPutResponseHopLimit: 1 } }),
      resource(INSTANCE, { metadataOptions: UNKNOWN }),
    ],
    [],
  ],

  [
    'least-privilege',
    'everything but a list, on everything but a list',
    [
      resource(ROLE_POLICY, {
        policy: document(
          { Sid: 'One', Effect: 'Allow', NotAction: 'iam:*', Resource: 'arn:aws:s3:::a' },
          { Sid: 'Two', Effect: 'Allow', Action: 's3:GetObject', NotResource: 'arn:aws:s3:::a' },
          { Sid: 'Three', Effect: 'Deny', NotAction: 'iam:*', Resource: '*' },
        ),
      }),
    ],
    [
      'RolePolicy mcu: its statement One allows everything but a list (NotAction): list what it allows',
      'RolePolicy mcu: its statement Two allows it on everything but a list (NotResource): list what it is allowed on',
    ],
  ],
  [
    'least-privilege',
    'ARNs that leave the resource open, and ones that do not',
    [
      resource(ROLE_POLICY, {
        policy: document(
          { Sid: 'Any', Effect: 'Allow', Action: ['s3:GetObject', 's3:PutObject'], Resource: ['arn:aws:s3:::*'] },
          { Sid: 'Below', Effect: 'Allow', Action: 's3:GetObject', Resource: 'arn:aws:s3:::bucket/mcu/*' },
        ),
      }),
    ],
    [
      'RolePolicy mcu: its statement Any allows s3:GetObject, s3:PutObject on arn:aws:s3:::*: name the resources, or add ' +
        'the action to policy/allowed-wildcards.ts with a reason',
    ],
  ],
  [
    'least-privilege',
    'everything on everything, said once',
    [resource('aws:iam/policy:Policy::god', { policy: document({ Effect: 'Allow', Action: '*', Resource: '*' }) })],
    ['Policy god: its statement number 1 allows *: name each action'],
  ],
  [
    'least-privilege',
    'a text that is no policy, and one that is to come',
    [resource(ROLE_POLICY, { policy: '{' }), resource('aws:iam/policy:Policy::later', { policy: UNKNOWN })],
    ['RolePolicy mcu: its policy is no policy document in JSON: mend it'],
  ],
  [
    'least-privilege',
    'a key for one account, and one for whatever looks like it',
    [
      resource('aws:kms/key:Key::one', {
        policy: document({
          ...{ Sid: 'Volumes', Effect: 'Allow', Principal: { AWS: '*' }, Action: 'kms:Decrypt', Resource: '*' },
          Condition: { StringEquals: { 'kms:CallerAccount': '123456789012' } },
        }),
      }),
      resource('aws:kms/key:Key::two', {
        policy: document({
          ...{ Sid: 'Volumes', Effect: 'Allow', Principal: { AWS: '*' }, Action: 'kms:Decrypt', Resource: '*' },
          Condition: { StringEquals: { 'aws:SourceArn': '*' } },
        }),
      }),
    ],
    ['Key two: statement Volumes of its policy lets everybody in: name whom'],
  ],
  [
    'least-privilege',
    'managed and inline policies of a role',
    [
      resource(ROLE, {
        managedPolicyArns: [
          'arn:aws:iam::aws:policy/AmazonSSMManagedInstanceCore',
          'arn:aws:iam::123456789012:policy/own',
        ],
        inlinePolicies: [{ policy: document({ Sid: 'All', Effect: 'Allow', Action: 'ec2:*', Resource: '*' }) }],
      }),
      resource('aws:iam/rolePolicyAttachment:RolePolicyAttachment::mcu', {
        policyArn: 'arn:aws:iam::aws:policy/AdministratorAccess',
      }),
    ],
    [
      'Role mcu: its statement All allows ec2:*: name each action',
      "Role mcu: it has AWS's policy AmazonSSMManagedInstanceCore, which allows more than is needed: write one of its own",
      "RolePolicyAttachment mcu: it has AWS's policy AdministratorAccess, which allows more than is needed: write one of " +
        'its own',
    ],
  ],

  [
    'no-plain-secrets',
    'a private key in user data',
    [resource(INSTANCE, { userData: '#cloud-config\nkey: |\n  -----BEGIN EC PRIVATE KEY-----\n' })],
    [`Instance mcu: a private key stands in userData: ${HIDE}`],
  ],
  [
    'no-plain-secrets',
    'one in base64, and one below gzip',
    [
      resource(TEMPLATE, { userData: base64('AWS_ACCESS_KEY_ID=AKIAIOSFODNN7EXAMPLE') }),
      resource(INSTANCE, { userDataBase64: gzipSync('password: correct-horse\n').toString('base64') }),
    ],
    [
      `LaunchTemplate sip-gateway: an AWS access key stands in userData: ${HIDE}`,
      `Instance mcu: a password stands in userDataBase64: ${HIDE}`,
    ],
  ],
  [
    'no-plain-secrets',
    'what cannot be read, and what is to come',
    [
      resource(INSTANCE, { userData: UNKNOWN, userDataBase64: Buffer.from([0x1f, 0x8b, 1, 2]).toString('base64') }),
      resource(TEMPLATE, { userData: UNKNOWN }),
    ],
    [],
  ],

  [
    'required-tags',
    'no provider with tags',
    [resource('aws:ec2/vpc:Vpc::one', { tags: { Name: 'one' } }, { defaultTags: {} })],
    ['Vpc one has no tag Project, Stack, Environment: make it by the provider whose defaultTags have them'],
  ],
  [
    'required-tags',
    'tags of its own',
    [resource('aws:ec2/vpc:Vpc::one', { tags: { ...TAGS, Name: 'one' } }, { defaultTags: {} })],
    [],
  ],
  ['required-tags', 'a rule, which needs no Name', [resource(RULE, {})], []],
  ['required-tags', 'what takes no tags', [resource(POLICY, {}, { defaultTags: {} })], []],

  [
    'instance-sizes',
    'a host that nobody knows',
    [resource('aws:ec2/instance:Instance::bastion', { instanceType: 'c7i.large' })],
    [
      'Instance bastion: no role has this name, so its size cannot be judged: name it gatekeeper-primary, ' +
        'gatekeeper-secondary, mcu, sip-gateway, monitoring',
    ],
  ],
  [
    'instance-sizes',
    'a template without a disk, of arm64',
    [resource(TEMPLATE, { instanceType: 'c7g.xlarge' })],
    [
      'LaunchTemplate sip-gateway: c7g.xlarge cannot be used (c7g is arm64 (Graviton), and the image is x86-64): set ' +
        'instanceType to one with at least 4 vCPUs and 8 GiB, not burstable',
      'LaunchTemplate sip-gateway: the size of its root volume is not given: make it 100 GiB at least',
    ],
  ],
  [
    'instance-sizes',
    'larger ones, and what is to come',
    [
      resource(INSTANCE, { instanceType: 'm7i.4xlarge', rootBlockDevice: { volumeSize: 200 } }),
      resource(TEMPLATE, { instanceType: UNKNOWN, blockDeviceMappings: [{ ebs: { volumeSize: UNKNOWN } }] }),
    ],
    [],
  ],

  [
    'protection',
    'staging, which has to go',
    [resource(BUCKET, { forceDestroy: true }, { ...STAGING, protect: false })],
    [],
  ],
  [
    'protection',
    'a data volume in production',
    [resource(VOLUME, {}, { protect: false })],
    ['Volume data is not protected, and what it holds is gone with it: set the option protect'],
  ],
  [
    'protection',
    'a stack that does not say what it is',
    [resource('aws:ec2/eip:Eip::one', {}, { protect: false, defaultTags: {} })],
    ['Eip one is not protected, and terminals know its address, and AWS gives it to others: set the option protect'],
  ],
  ['protection', 'a host that is no voter', [resource(INSTANCE, {}, { protect: false })], []],

  [
    'voters-apart',
    'zones that instances name themselves',
    [
      resource('aws:ec2/instance:Instance::gatekeeper-primary', { availabilityZone: 'a' }),
      resource('aws:ec2/instance:Instance::gatekeeper-secondary', { availabilityZone: 'a' }),
      resource('aws:ec2/instance:Instance::monitoring', { availabilityZone: 'b' }),
      resource(INSTANCE, { availabilityZone: 'a' }),
    ],
    [
      'Instance gatekeeper-secondary is in a, and so is gatekeeper-primary: put it into a subnet of another availability zone',
    ],
  ],
];

describe('the policy', () => {
  for (const { name } of POLICIES)
    describe(name, () => {
      for (const [policy, what, resources, messages] of CASES)
        if (policy === name)
          it(messages.length === 0 ? `takes ${what}` : `refuses ${what}`, () => {
            const judge = POLICIES.find((one) => one.name === policy);
            assert(judge);
            const found = findings(judge, resources);
            assert.deepEqual(
              found.map(({ message }) => message),
              messages,
            );
            const urns = new Set(resources.map(({ urn }) => urn));
            assert(
              found.every(({ urn }) => urns.has(urn)),
              'each names a resource that is there',
            );
          });
    });

  it('is named once, and described in a sentence', () => {
    assert.equal(new Set(POLICIES.map(({ name }) => name)).size, POLICIES.length);
    for (const { name, description, types } of POLICIES) {
      assert.match(name, /^[a-z]+(-[a-z]+)*$/);
      assert.match(description, /^[A-Z].*\.$/);
      assert(types.length > 0, name);
    }
    assert.deepEqual(
      [...new Set(CASES.map(([policy]) => policy))].filter((name) => !POLICIES.some((one) => one.name === name)),
      [],
    );
  });
});
