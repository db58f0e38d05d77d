/** The plan of production with one thing broken: the policy that is about it speaks, by this message, and no other does. */
import assert from 'node:assert/strict';
import type { StackResource } from '../../policy/index.ts';
import type { Value } from '../../policy/values.ts';
import { changed, complaints, planned, type Resources, withInput, without } from './planned-stack.ts';

type Key = readonly [type: string, name: string];
type Break = (resources: Resources) => Resources;

const input =
  (key: Key, path: string, value: Value | undefined): Break =>
  (resources) =>
    changed(resources, key, (resource) => withInput(resource, path, value));

const option =
  (key: Key, options: Partial<StackResource>): Break =>
  (resources) =>
    changed(resources, key, (resource) => ({ ...resource, ...options }));

/** A policy document with one more statement, or with text of it replaced. */
const document =
  (key: Key, path: string, from: string, to: string): Break =>
  (resources) =>
    changed(resources, key, (resource) => {
      const text = resource.props[path];
      assert(typeof text === 'string' && text.includes(from), `${path} has ${from}`);
      return withInput(resource, path, text.replace(from, to));
    });

/** An instance's dependency, by property or else, on the one that the name stands for. */
const source =
  (key: Key, path: string, to: Key): Break =>
  (resources) => {
    const target = resources.find(({ type, name }) => type.endsWith(`:${to[0]}`) && name === to[1]);
    assert(target, to.join(' '));
    return changed(resources, key, (resource) => ({
      ...resource,
      dependsOn: [...resource.dependsOn, target.urn],
      propertyDependencies: { ...resource.propertyDependencies, [path]: [target.urn] },
    }));
  };

const PRIMARY: Key = ['Instance', 'gatekeeper-primary'];
const SECONDARY: Key = ['Instance', 'gatekeeper-secondary'];
const MONITORING: Key = ['Instance', 'monitoring'];
const GATE: Key = ['Command', 'gatekeeper-secondary-healthy'];
const SPARE_GATE: Key = ['Command', 'gatekeeper-secondary-spare'];
const LAST_GATE: Key = ['Command', 'gatekeeper-primary-healthy'];
const RULE: Key = ['SecurityGroupIngressRule', 'monitoring-tcp-443-from-world'];
const ROLE_POLICY: Key = ['RolePolicy', 'mcu'];
const PROVIDER = 'make it by the provider whose defaultTags have them';

const MUTATIONS: readonly (readonly [what: string, how: Break, complaint: string | readonly string[]])[] = [
  [
    'a root volume that is not encrypted',
    input(['Instance', 'mcu'], 'rootBlockDevice.encrypted', false),
    'encryption: Instance mcu: its root volume is not encrypted: set rootBlockDevice.encrypted to true',
  ],
  [
    'a key that is never rotated',
    input(['Key', 'witness-key'], 'enableKeyRotation', undefined),
    'encryption: Key witness-key: it is never rotated: set enableKeyRotation to true',
  ],
  [
    'a secret in a plain parameter',
    input(['Parameter', 'release'], 'name', '/guardian-council/prod/secrets/mcu/key'),
    'encryption: Parameter release: it is named as a secret: set type to SecureString',
  ],
  [
    'a bucket without its access block',
    (resources) => without(resources, ['BucketPublicAccessBlock', 'witness']),
    'private-buckets: Bucket witness: no BucketPublicAccessBlock is for it: make one, all four of its settings true',
  ],
  [
    'an access block that leaves one way in',
    input(['BucketPublicAccessBlock', 'release'], 'restrictPublicBuckets', false),
    'private-buckets: Bucket release: BucketPublicAccessBlock release leaves restrictPublicBuckets off: set it to true',
  ],
  [
    'a bucket without default encryption',
    (resources) => without(resources, ['BucketServerSideEncryptionConfiguration', 'release']),
    'private-buckets: Bucket release: no BucketServerSideEncryptionConfiguration is for it: make one, with aws:kms or AES256',
  ],
  [
    'a public ACL',
    input(['Bucket', 'witness'], 'acl', 'public-read'),
    'private-buckets: Bucket witness has the public ACL public-read: take it off',
  ],
  [
    'a bucket whose policy lets everybody in',
    document(['BucketPolicy', 'release'], 'policy', '"Effect":"Deny"', '"Effect":"Allow"'),
    'private-buckets: BucketPolicy release lets everybody in by its statement TlsOnly: name whom',
  ],
  ...[22, 3389, 9090, 3000, 9093, 2379, 2380, 9464, 9100].map(
    (port) =>
      [
        `port ${port} open to the world`,
        (resources: Resources) =>
          changed(resources, RULE, (rule) => withInput(withInput(rule, 'fromPort', port), 'toPort', port)),
        `open-ports: SecurityGroupIngressRule monitoring-tcp-443-from-world opens port ${port}/tcp to the world ` +
          `(0.0.0.0/0), and ${port} is never open to it: take the rule out, or name who may`,
      ] as const,
  ),
  [
    'an inner port open to the world by IPv6',
    input(['SecurityGroupIngressRule', 'monitoring-tcp-2379-from-gatekeeper-primary'], 'cidrIpv6', '::/0'),
    'open-ports: SecurityGroupIngressRule monitoring-tcp-2379-from-gatekeeper-primary opens port 2379/tcp to the world ' +
      '(::/0), and 2379 is never open to it: take the rule out, or name who may',
  ],
  [
    'a port that is open on another host',
    (resources) => changed(resources, RULE, (rule) => withInput(withInput(rule, 'fromPort', 1720), 'toPort', 1720)),
    'open-ports: SecurityGroupIngressRule monitoring-tcp-443-from-world opens port 1720/tcp to the world (0.0.0.0/0), ' +
      'and the port plan does not open it on monitoring: take the rule out, or put it into the port plan',
  ],
  [
    'every port open to half the world',
    (resources) =>
      changed(resources, RULE, (rule) => withInput(withInput(rule, 'ipProtocol', '-1'), 'cidrIpv4', '128.0.0.0/1')),
    'open-ports: SecurityGroupIngressRule monitoring-tcp-443-from-world opens every port to the world (128.0.0.0/1), ' +
      'and the port plan does not open it on monitoring: take the rule out, or put it into the port plan',
  ],
  [
    'a rule inside of a group',
    input(['SecurityGroup', 'mcu'], 'ingress', [{ protocol: 'tcp', fromPort: 443, toPort: 443 }]),
    'open-ports: SecurityGroup mcu has ingress rules of its own: make each a SecurityGroupIngressRule, from the port plan',
  ],
  [
    'IMDSv1',
    input(PRIMARY, 'metadataOptions.httpTokens', 'optional'),
    'instance-metadata: Instance gatekeeper-primary: IMDSv1 answers without a token: set metadataOptions.httpTokens to ' +
      'required',
  ],
  [
    'metadata two hops away',
    input(['Instance', 'mcu'], 'metadataOptions.httpPutResponseHopLimit', 2),
    'instance-metadata: Instance mcu: containers may reach its credentials: set metadataOptions.httpPutResponseHopLimit to 1',
  ],
  [
    'every action of a service',
    document(ROLE_POLICY, 'policy', '"s3:GetObject"', '"s3:*"'),
    'least-privilege: RolePolicy mcu: its statement FetchReleases allows s3:*: name each action',
  ],
  [
    'an action on everything',
    document(ROLE_POLICY, 'policy', '"ssm:PutInventory"', '"ssm:GetParameter"'),
    'least-privilege: RolePolicy mcu: its statement SystemsManagerAgent allows ssm:GetParameter on *: name the resources, ' +
      'or add the action to policy/allowed-wildcards.ts with a reason',
  ],
  [
    'a role that everybody may take',
    document(['Role', 'mcu'], 'assumeRolePolicy', '{"Service":"ec2.amazonaws.com"}', '"*"'),
    'least-privilege: Role mcu: statement Instance of its trust policy lets everybody in: name whom',
  ],
  [
    'a key that everybody may use',
    document(['Key', 'witness-key'], 'policy', '{"AWS":"arn:aws:iam::<account>:root"}', '{"AWS":["*"]}'),
    'least-privilege: Key witness-key: statement Administer of its policy lets everybody in: name whom',
  ],
  [
    'a topic that everybody may write to',
    (resources) =>
      document(
        ['TopicPolicy', 'alarms'],
        'policy',
        'aws:SourceAccount',
        'aws:SourceVpc',
      )(document(['TopicPolicy', 'alarms'], 'policy', '{"Service":"cloudwatch.amazonaws.com"}', '"*"')(resources)),
    'least-privilege: TopicPolicy alarms: statement Alarms of its policy lets everybody in: name whom',
  ],
  [
    'a secret in a command',
    input(GATE, 'environment.API', 'password=hunter2hunter2'),
    'no-plain-secrets: Command gatekeeper-secondary-healthy: a password stands in environment: put it into a SecureString ' +
      'parameter, which the host reads by its role',
  ],
  [
    'a secret in a plain parameter under an innocent name',
    input(['Parameter', 'release'], 'insecureValue', `ghp_${'a'.repeat(36)}`),
    'no-plain-secrets: Parameter release: a GitHub token stands in insecureValue: put it into a SecureString parameter, ' +
      'which the host reads by its role',
  ],
  [
    'a nameless host',
    input(['Instance', 'mcu'], 'tags', {}),
    'required-tags: Instance mcu has no tag Name: set tags.Name',
  ],
  [
    'an address of another stack',
    input(['Eip', 'mcu'], 'tags.Stack', 'staging'),
    'required-tags: Eip mcu has the tag Stack staging, and is in the stack prod: leave the tag to the provider',
  ],
  [
    'a record of a provider without default tags',
    option(['MetricAlarm', 'mcu-reboot'], { defaultTags: { Stack: 'prod' } }),
    `required-tags: MetricAlarm mcu-reboot has no tag Project, Environment: ${PROVIDER}`,
  ],
  [
    'an MCU that is too small',
    input(['Instance', 'mcu'], 'instanceType', 'c7i.xlarge'),
    'instance-sizes: Instance mcu: c7i.xlarge has only 4 vCPUs and 8 GiB: set instanceType to one with at least 8 vCPUs ' +
      'and 16 GiB, not burstable',
  ],
  [
    'a burstable gateway',
    input(['Instance', 'sip-gateway'], 'instanceType', 't3.xlarge'),
    'instance-sizes: Instance sip-gateway: t3.xlarge cannot be used (t3 is burstable: it slows down when its CPU credits ' +
      'are used up): set instanceType to one with at least 4 vCPUs and 8 GiB, not burstable',
  ],
  [
    'a small disk',
    input(['Instance', 'mcu'], 'rootBlockDevice.volumeSize', 99),
    'instance-sizes: Instance mcu: its root volume has 99 GiB: make it 100 GiB at least',
  ],
  ...(
    [
      ['Bucket', 'witness', 'what it holds is gone with it'],
      ['Eip', 'mcu', 'terminals know its address, and AWS gives it to others'],
      ['Instance', 'gatekeeper-primary', 'a member of the quorum goes with it'],
      ['Instance', 'gatekeeper-secondary', 'a member of the quorum goes with it'],
      ['Instance', 'monitoring', 'a member of the quorum goes with it'],
      ['Key', 'witness-key', 'what is encrypted under it cannot be read without it'],
    ] as const
  ).map(
    ([type, name, lost]) =>
      [
        `${type} ${name} without protection`,
        option([type, name], { protect: false }),
        `protection: ${type} ${name} is not protected, and ${lost}: set the option protect`,
      ] as const,
  ),
  [
    'a voter that a hand can end',
    input(PRIMARY, 'disableApiTermination', false),
    'protection: Instance gatekeeper-primary can be terminated by hand, and a member of the quorum goes with it: set ' +
      'disableApiTermination to true',
  ],
  [
    'an archive that is emptied when it is deleted',
    input(['Bucket', 'witness'], 'forceDestroy', true),
    'protection: Bucket witness is emptied when it is deleted, and what it holds is gone with it: set forceDestroy to false',
  ],
  [
    'both gatekeepers in one zone',
    input(['Subnet', 'council-2'], 'availabilityZone', 'eu-central-1a'),
    'voters-apart: Instance gatekeeper-secondary is in eu-central-1a, and so is gatekeeper-primary: put it into a subnet of ' +
      'another availability zone',
  ],
  [
    'both gatekeepers in one subnet, which would be deleted before it is replaced',
    source(['NetworkInterface', 'gatekeeper-secondary'], 'subnetId', ['Subnet', 'council-1']),
    [
      'voters-apart: Instance gatekeeper-secondary is in eu-central-1a, and so is gatekeeper-primary: put it into a subnet ' +
        'of another availability zone',
      'replacement-order: Instance gatekeeper-secondary takes outputs of Subnet council-1, as gatekeeper-primary does: both ' +
        'would be deleted together; take what is known before',
    ],
  ],
  [
    'the third voter in the zone of a gatekeeper',
    input(['Subnet', 'council-3'], 'availabilityZone', 'eu-central-1b'),
    'voters-apart: Instance monitoring is in eu-central-1b, and so is gatekeeper-secondary: put it into a subnet of ' +
      'another availability zone',
  ],
  [
    'a zone that nobody names',
    input(['Subnet', 'council-2'], 'availabilityZone', undefined),
    'voters-apart: Instance gatekeeper-secondary: its availability zone cannot be told: give it a network interface in a ' +
      'subnet that names one',
  ],
  [
    'no gate between the gatekeepers',
    (resources) => without(resources, GATE),
    'replacement-order: Instance gatekeeper-primary may be touched while gatekeeper-secondary is out: make it after a ' +
      'HealthGate of gatekeeper-secondary',
  ],
  [
    'a primary that does not wait for the gate',
    (resources) =>
      changed(resources, PRIMARY, (instance) => ({
        ...instance,
        dependsOn: instance.dependsOn.filter((urn) => !urn.endsWith('::gatekeeper-secondary-healthy')),
      })),
    'replacement-order: Instance gatekeeper-primary may be touched while gatekeeper-secondary is out: make it after a ' +
      'HealthGate of gatekeeper-secondary',
  ],
  [
    'a third voter that does not wait for the gatekeepers',
    (resources) => without(resources, LAST_GATE),
    'replacement-order: Instance monitoring may be touched while gatekeeper-primary is out: make it after a HealthGate of ' +
      'gatekeeper-primary',
  ],
  [
    'a gate that asks for nobody',
    (resources) =>
      changed(resources, GATE, (gate) => ({
        ...gate,
        propertyDependencies: { triggers: gate.propertyDependencies['triggers'] ?? [] },
      })),
    'replacement-order: Instance gatekeeper-primary may be touched while gatekeeper-secondary is out: make it after a ' +
      'HealthGate of gatekeeper-secondary',
  ],
  [
    'a gate that stays open when the host before it is replaced',
    (resources) =>
      changed(resources, GATE, (gate) => ({
        ...gate,
        propertyDependencies: { ...gate.propertyDependencies, triggers: [] },
      })),
    'replacement-order: Command gatekeeper-secondary-healthy is not passed anew when gatekeeper-secondary is replaced: put ' +
      'its instance id into triggers',
  ],
  [
    'a gate that knows one of its two hosts alone',
    input(LAST_GATE, 'triggers', ['<Instance gatekeeper-primary.id>', 'ab'.repeat(32)]),
    'replacement-order: Command gatekeeper-primary-healthy is not passed anew when gatekeeper-primary or monitoring is ' +
      'about to change: put the fingerprint of gatekeeper-primary and of monitoring into triggers',
  ],
  [
    'a gate that ignores its triggers',
    option(GATE, { ignoreChanges: ['triggers'] }),
    'replacement-order: Command gatekeeper-secondary-healthy ignores changes of its triggers: take ignoreChanges off',
  ],
  [
    'a gate that thinks of another voter than the one behind it',
    input(GATE, 'environment.NEXT_ROLE', 'monitoring'),
    'replacement-order: Command gatekeeper-secondary-healthy does not ask whether etcd decides without ' +
      'gatekeeper-primary: name that in NEXT_ROLE',
  ],
  [
    'no gate before the first gatekeeper',
    (resources) => without(resources, SPARE_GATE),
    'replacement-order: Instance gatekeeper-secondary may be touched while nobody else serves: make it after a PartnerGate ' +
      'of its own',
  ],
  [
    'a gate before the first gatekeeper that asks whether the other one can be spared',
    input(SPARE_GATE, 'environment.HOST_ROLE', 'gatekeeper-primary'),
    'replacement-order: Instance gatekeeper-secondary may be touched while nobody else serves: make it after a PartnerGate ' +
      'of its own',
  ],
  [
    'a gate before the first gatekeeper that does not know what that is made of',
    input(SPARE_GATE, 'triggers', []),
    'replacement-order: Command gatekeeper-secondary-spare is not passed anew when gatekeeper-secondary is about to ' +
      'change: put the fingerprint of gatekeeper-secondary into triggers',
  ],
  [
    'a gate before the first gatekeeper that ignores its triggers',
    option(SPARE_GATE, { ignoreChanges: ['triggers[0]'] }),
    'replacement-order: Command gatekeeper-secondary-spare ignores changes of its triggers: take ignoreChanges off',
  ],
  [
    'a gatekeeper that is deleted last',
    option(SECONDARY, { deleteBeforeReplace: false }),
    'replacement-order: Instance gatekeeper-secondary would be deleted only when all others are replaced: set ' +
      'deleteBeforeReplace to true',
  ],
  [
    'a gatekeeper made from the other one',
    source(PRIMARY, 'userData', SECONDARY),
    'replacement-order: Instance gatekeeper-primary takes outputs of Instance gatekeeper-secondary: both would be deleted ' +
      'together; take what is known before',
  ],
  [
    'a third voter made from what a gate prints',
    source(MONITORING, 'userData', LAST_GATE),
    'replacement-order: Instance monitoring takes outputs of Instance gatekeeper-primary: both would be deleted together; ' +
      'take what is known before',
  ],
  [
    'two voters made from one thing that is deleted first',
    (resources) =>
      source(SECONDARY, 'userData', ['Subnet', 'council-1'])(
        source(PRIMARY, 'userData', ['Subnet', 'council-1'])(resources),
      ),
    'replacement-order: Instance gatekeeper-secondary takes outputs of Subnet council-1, as gatekeeper-primary does: both ' +
      'would be deleted together; take what is known before',
  ],
];

describe('the plan of production, with one thing broken', function () {
  this.timeout(60_000);
  let prod: Resources = [];

  before(async () => {
    prod = await planned('prod');
  });

  for (const [what, how, complaint] of MUTATIONS)
    it(what, () => {
      const broken = how(prod);
      assert.notDeepEqual(broken, prod, 'something was broken');
      assert.deepEqual(complaints(broken), [complaint].flat());
    });

  it('is complained of by every policy in turn', () => {
    const names = new Set(MUTATIONS.map(([, , complaint]) => [complaint].flat()[0]?.split(':')[0]));
    assert.deepEqual(
      [...names],
      [
        ...['encryption', 'private-buckets', 'open-ports', 'instance-metadata', 'least-privilege', 'no-plain-secrets'],
        ...['required-tags', 'instance-sizes', 'protection', 'voters-apart', 'replacement-order'],
      ],
    );
  });
});
