import type { LabProvider } from './lab-provider.ts';

export const IMAGE = 'ami-02003f9f0fde924ea';
export const [VPC, SUBNET, GATEWAY, GROUP, RULE, CARD, EIP, ASSOCIATION, INSTANCE] = [
  'aws:ec2/vpc:Vpc',
  'aws:ec2/subnet:Subnet',
  'aws:ec2/internetGateway:InternetGateway',
  'aws:ec2/securityGroup:SecurityGroup',
  'aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule',
  'aws:ec2/networkInterface:NetworkInterface',
  'aws:ec2/eip:Eip',
  'aws:ec2/eipAssociation:EipAssociation',
  'aws:ec2/instance:Instance',
];

/** Ids of a network with room for a host: 10.0.0.0/16, one subnet 10.0.0.0/24 in zone a, a gateway, an open group. */
export interface SmallNetwork {
  readonly vpcId: string;
  readonly subnetId: string;
  readonly gatewayId: string;
  readonly groupId: string;
}

export async function smallNetwork({ client }: LabProvider): Promise<SmallNetwork> {
  const { id: vpcId } = await client.make(VPC, 'council', { cidrBlock: '10.0.0.0/16' });
  const zone = { availabilityZone: 'eu-central-1a', cidrBlock: '10.0.0.0/24' };
  const { id: subnetId } = await client.make(SUBNET, 'council-1', { vpcId, ...zone });
  const { id: gatewayId } = await client.make(GATEWAY, 'council', { vpcId });
  const { id: groupId } = await client.make(GROUP, 'host', { vpcId, name: 'host', description: 'host' });
  return { vpcId, subnetId, gatewayId, groupId };
}

export interface SmallHost extends SmallNetwork {
  readonly cardId: string;
  readonly eipId: string;
  readonly associationId: string;
  readonly instanceId: string;
}

/** The inputs of a host that stands on an interface. */
export const hostInputs = (cardId: string) => ({
  ami: IMAGE,
  instanceType: 'c7i.large',
  primaryNetworkInterface: { networkInterfaceId: cardId },
  userData: '#cloud-config\n',
  userDataReplaceOnChange: true,
});

/** A host in a network of its own, at 10.0.0.10 and an Elastic IP. */
export async function smallHost(lab: LabProvider): Promise<SmallHost> {
  const network = await smallNetwork(lab);
  const { client } = lab;
  const { id: cardId } = await client.make(CARD, 'host', {
    subnetId: network.subnetId,
    privateIps: ['10.0.0.10'],
    securityGroups: [network.groupId],
  });
  const { id: eipId } = await client.make(EIP, 'host', { domain: 'vpc' });
  const { id: associationId } = await client.make(ASSOCIATION, 'host', {
    allocationId: eipId,
    networkInterfaceId: cardId,
  });
  const { id: instanceId } = await client.make(INSTANCE, 'host', hostInputs(cardId));
  return { ...network, cardId, eipId, associationId, instanceId };
}
