import type { Plan, PlannedResource, PlannedValues } from '../../../components/plan/index.ts';

const PREFIX = 'urn:pulumi:test::guardian-council::';

/** A resource written by hand: `type::name` says which, `in` and `needs` name others in the same way. */
export function resource(
  key: string,
  inputs: PlannedValues = {},
  { in: parent, needs = [], ...options }: { in?: string; needs?: readonly string[] } & Partial<PlannedResource> = {},
): PlannedResource {
  const [type = '', name = ''] = key.split('::');
  return {
    urn: `${PREFIX}${key}`,
    type: type.split('$').at(-1) ?? '',
    name,
    parent: parent === undefined ? '' : `${PREFIX}${parent}`,
    dependsOn: needs.map((need) => `${PREFIX}${need}`),
    protect: false,
    ...options,
    inputs,
  };
}

export const plan = (...resources: readonly PlannedResource[]): Plan => ({ stack: 'test', resources, outputs: {} });

export const VPC = 'aws:ec2/vpc:Vpc::council';
export const SUBNET = 'aws:ec2/subnet:Subnet::council-1';
export const GROUP = 'aws:ec2/securityGroup:SecurityGroup::mcu';
export const CARD = 'aws:ec2/networkInterface:NetworkInterface::mcu';
export const HOST = 'guardian-council:host:Host::mcu';
export const INSTANCE = 'guardian-council:host:Host$aws:ec2/instance:Instance::mcu';
export const ADDRESS = 'aws:ec2/eip:Eip::mcu';

export const rule = (name: string, inputs: PlannedValues): PlannedResource =>
  resource(`aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule::${name}`, {
    securityGroupId: '<mcu.id>',
    ...inputs,
  });

/** One host in one zone, with an address, a name, a bucket and what is open. */
export const small = plan(
  resource(VPC, { cidrBlock: '10.0.0.0/16' }),
  resource(SUBNET, { vpcId: '<council.id>', cidrBlock: '10.0.0.0/20', availabilityZone: 'xx-a' }, { needs: [VPC] }),
  resource(GROUP, { vpcId: '<council.id>' }, { needs: [VPC] }),
  resource(CARD, { subnetId: '<council-1.id>', securityGroups: ['<mcu.id>'] }, { needs: [SUBNET, GROUP] }),
  resource(HOST),
  resource(
    INSTANCE,
    { instanceType: 'c7i.2xlarge', rootBlockDevice: { volumeSize: 100 }, userData: '#cloud-config\na: 1\nb: 2\n' },
    { in: HOST, needs: [CARD], protect: true, deleteBeforeReplace: true },
  ),
  resource(ADDRESS, { domain: 'vpc' }),
  resource('aws:ec2/eipAssociation:EipAssociation::mcu', {}, { needs: [ADDRESS, CARD] }),
  resource('aws:route53/record:Record::dns-mcu', { name: 'mcu.example.org', type: 'A' }, { needs: [ADDRESS] }),
  resource('aws:route53/record:Record::dns-sip', { name: '_sip._udp.example.org', type: 'SRV' }),
  resource('aws:s3/bucket:Bucket::witness', { objectLockEnabled: true }, { protect: true }),
  rule('rtp', {
    cidrIpv4: '0.0.0.0/0',
    ipProtocol: 'udp',
    fromPort: 10_000,
    toPort: 20_000,
    description: 'RTP and RTCP: media of guardians',
  }),
  rule('metrics', {
    referencedSecurityGroupId: '<monitoring.id>',
    ipProtocol: 'tcp',
    fromPort: 9464,
    toPort: 9464,
    description: 'metrics and health',
  }),
  rule('ping', { cidrIpv4: '192.0.2.0/24', ipProtocol: 'icmp', fromPort: 8, toPort: 0, description: 'ping' }),
);
