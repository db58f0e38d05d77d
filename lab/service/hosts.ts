/** What the account says about hosts, in the words of who boots them and who answers for AWS. */
import type { Instance } from '../api/index.ts';
import type { Firewall, GroupRule } from '../hosts/index.ts';
import type { Cloud, Machine, Value, Values, VolumeMapping } from '../provider/index.ts';

const SUBNET = 'aws:ec2/subnet:Subnet';
const ASSOCIATION = 'aws:ec2/eipAssociation:EipAssociation';
const INTERFACE = 'aws:ec2/networkInterface:NetworkInterface';
const VOLUME = 'aws:ebs/volume:Volume';
const ATTACHMENT = 'aws:ec2/volumeAttachment:VolumeAttachment';
const ROLE_POLICY = 'aws:iam/rolePolicy:RolePolicy';
const RULES: Readonly<Record<string, GroupRule['direction']>> = {
  'aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule': 'ingress',
  'aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule': 'egress',
};

const text = (value: Value | undefined): string => (typeof value === 'string' ? value : '');
const number = (value: Value | undefined): number => (typeof value === 'number' ? value : -1);
const texts = (value: Value | undefined): string[] => (Array.isArray(value) ? value.map(text) : []);

/** The network of a subnet. @throws Error for one that is not there */
export function subnetCidr(cloud: Cloud, subnetId: string): string {
  const cidr = text(cloud.find(SUBNET, subnetId)?.outputs['cidrBlock']);
  if (cidr === '') throw new Error(`there is no subnet ${subnetId}`);
  return cidr;
}

/** Security groups, their rules and the public addresses, as they are now. */
export function firewallOf(cloud: Cloud): Firewall {
  const cards = cloud.all(INTERFACE).map(({ outputs }) => outputs);
  return {
    publicAddresses: new Map(
      cloud.all(ASSOCIATION).map(({ outputs }) => [text(outputs['privateIpAddress']), text(outputs['publicIp'])]),
    ),
    groups: new Map(cards.map((card) => [text(card['privateIp']), texts(card['securityGroups'])])),
    rules: Object.entries(RULES).flatMap(([type, direction]) =>
      cloud.all(type).flatMap(({ outputs }) => ruleOf(direction, outputs) ?? []),
    ),
  };
}

/** Undefined for a rule that is not about IPv4. @throws Error for a protocol that the lab's router does not know */
function ruleOf(direction: GroupRule['direction'], values: Values): GroupRule | undefined {
  const protocol = text(values['ipProtocol']).toLowerCase();
  if (protocol !== 'tcp' && protocol !== 'udp' && protocol !== 'icmp' && protocol !== '-1')
    throw new Error(`the lab's router does not know the protocol ${protocol} of a security group's rule`);
  const [cidr, member] = [text(values['cidrIpv4']), text(values['referencedSecurityGroupId'])];
  if (cidr === '' && member === '') return undefined;
  return {
    group: text(values['securityGroupId']),
    direction,
    protocol,
    from: number(values['fromPort']),
    to: number(values['toPort']),
    peer: cidr === '' ? { group: member } : { cidr },
  };
}

/** The volumes of an instance. */
export const volumesOf = (cloud: Cloud, instanceId: string): readonly Pick<VolumeMapping, 'volumeId' | 'sizeGb'>[] =>
  cloud
    .all(ATTACHMENT)
    .filter(({ outputs }) => outputs['instanceId'] === instanceId)
    .map(({ outputs }) => text(outputs['volumeId']))
    .map((volumeId) => ({ volumeId, sizeGb: number(cloud.find(VOLUME, volumeId)?.outputs['size']) }));

/** The policies of a role, as texts. */
export const policiesOf = (cloud: Cloud, role: string): readonly string[] =>
  cloud
    .all(ROLE_POLICY)
    .filter(({ outputs }) => text(outputs['role']) === role)
    .map(({ outputs }) => text(outputs['policy']));

/** An instance as AWS's API shows it. */
export function instanceOf(cloud: Cloud, machine: Machine): Instance {
  const { instanceId, privateIp, subnetId, networkInterfaceId } = machine;
  const association = cloud.all(ASSOCIATION).find(({ outputs }) => text(outputs['privateIpAddress']) === privateIp);
  return {
    id: instanceId,
    name: machine.tags['Name'] ?? machine.name,
    imageId: machine.ami,
    instanceType: machine.instanceType,
    availabilityZone: machine.availabilityZone,
    subnetId,
    vpcId: text(cloud.find(SUBNET, subnetId)?.outputs['vpcId']),
    networkInterfaceId,
    macAddress: text(cloud.find(INTERFACE, networkInterfaceId)?.outputs['macAddress']) || MAC,
    privateAddress: privateIp,
    publicAddress: association === undefined ? undefined : text(association.outputs['publicIp']),
    securityGroups: machine.securityGroupIds,
    roleName: machine.roleName,
    userData: machine.userData,
    tags: machine.tags,
  };
}

/** Of an interface whose address the account does not say. */
const MAC = '02:00:00:00:00:01';
