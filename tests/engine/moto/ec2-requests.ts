import * as ec2 from '@aws-sdk/client-ec2';
import { flag, maps, number, text, texts, type Values } from '../../../lab/provider/values.ts';
import type { Request } from './request.ts';

const found = (id: string | undefined, more: Values = {}) => {
  if (id === undefined) throw new Error('the answer has no id');
  return { id, outputs: more };
};

/** The permission of a rule, as both directions of the API take it. */
function permission(inputs: Values): ec2.IpPermission {
  const [cidr, groupId] = [text(inputs, 'cidrIpv4'), text(inputs, 'referencedSecurityGroupId')];
  const description = text(inputs, 'description') || undefined;
  return {
    IpProtocol: text(inputs, 'ipProtocol'),
    FromPort: number(inputs, 'fromPort'),
    ToPort: number(inputs, 'toPort'),
    ...(cidr ? { IpRanges: [{ CidrIp: cidr, Description: description }] } : {}),
    ...(groupId ? { UserIdGroupPairs: [{ GroupId: groupId, Description: description }] } : {}),
  };
}

/** The inputs of EC2's resources as the requests that Pulumi's provider makes of them, the main fields. */
export function ec2Requests(client: ec2.EC2Client): Readonly<Record<string, Request>> {
  return {
    'aws:ec2/vpc:Vpc': async (inputs) => {
      const { Vpc } = await client.send(new ec2.CreateVpcCommand({ CidrBlock: text(inputs, 'cidrBlock') }));
      const VpcId = Vpc?.VpcId;
      await client.send(
        new ec2.ModifyVpcAttributeCommand({ VpcId, EnableDnsHostnames: { Value: flag(inputs, 'enableDnsHostnames') } }),
      );
      return found(VpcId);
    },
    'aws:ec2/subnet:Subnet': async (inputs) => {
      const { Subnet } = await client.send(
        new ec2.CreateSubnetCommand({
          VpcId: text(inputs, 'vpcId'),
          CidrBlock: text(inputs, 'cidrBlock'),
          AvailabilityZone: text(inputs, 'availabilityZone') || undefined,
        }),
      );
      return found(Subnet?.SubnetId);
    },
    'aws:ec2/internetGateway:InternetGateway': async (inputs) => {
      const { InternetGateway } = await client.send(new ec2.CreateInternetGatewayCommand({}));
      const id = InternetGateway?.InternetGatewayId;
      await client.send(new ec2.AttachInternetGatewayCommand({ InternetGatewayId: id, VpcId: text(inputs, 'vpcId') }));
      return found(id);
    },
    'aws:ec2/routeTable:RouteTable': async (inputs) => {
      const { RouteTable } = await client.send(new ec2.CreateRouteTableCommand({ VpcId: text(inputs, 'vpcId') }));
      return found(RouteTable?.RouteTableId);
    },
    'aws:ec2/route:Route': async (inputs) => {
      const [RouteTableId, DestinationCidrBlock] = [text(inputs, 'routeTableId'), text(inputs, 'destinationCidrBlock')];
      await client.send(
        new ec2.CreateRouteCommand({ RouteTableId, DestinationCidrBlock, GatewayId: text(inputs, 'gatewayId') }),
      );
      return found(`${RouteTableId}_${DestinationCidrBlock}`);
    },
    'aws:ec2/routeTableAssociation:RouteTableAssociation': async (inputs) => {
      const { AssociationId } = await client.send(
        new ec2.AssociateRouteTableCommand({
          RouteTableId: text(inputs, 'routeTableId'),
          SubnetId: text(inputs, 'subnetId'),
        }),
      );
      return found(AssociationId);
    },
    'aws:ec2/securityGroup:SecurityGroup': async (inputs) => {
      const { GroupId } = await client.send(
        new ec2.CreateSecurityGroupCommand({
          GroupName: text(inputs, 'name'),
          Description: text(inputs, 'description'),
          VpcId: text(inputs, 'vpcId'),
        }),
      );
      // The provider takes the rule away that lets everything out: what is open is written down.
      const IpPermissions = [{ IpProtocol: '-1', IpRanges: [{ CidrIp: '0.0.0.0/0' }] }];
      await client.send(new ec2.RevokeSecurityGroupEgressCommand({ GroupId, IpPermissions }));
      return found(GroupId);
    },
    'aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule': async (inputs) => {
      const { SecurityGroupRules } = await client.send(
        new ec2.AuthorizeSecurityGroupIngressCommand({
          GroupId: text(inputs, 'securityGroupId'),
          IpPermissions: [permission(inputs)],
        }),
      );
      return found(SecurityGroupRules?.[0]?.SecurityGroupRuleId);
    },
    'aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule': async (inputs) => {
      const { SecurityGroupRules } = await client.send(
        new ec2.AuthorizeSecurityGroupEgressCommand({
          GroupId: text(inputs, 'securityGroupId'),
          IpPermissions: [permission(inputs)],
        }),
      );
      return found(SecurityGroupRules?.[0]?.SecurityGroupRuleId);
    },
    'aws:ec2/eip:Eip': async () => {
      const { AllocationId, PublicIp } = await client.send(new ec2.AllocateAddressCommand({ Domain: 'vpc' }));
      return found(AllocationId, { allocationId: AllocationId ?? '', publicIp: PublicIp ?? '' });
    },
    'aws:ec2/networkInterface:NetworkInterface': async (inputs) => {
      const [PrivateIpAddress] = texts(inputs, 'privateIps');
      const { NetworkInterface } = await client.send(
        new ec2.CreateNetworkInterfaceCommand({
          SubnetId: text(inputs, 'subnetId'),
          PrivateIpAddress,
          Groups: texts(inputs, 'securityGroups'),
          Description: text(inputs, 'description'),
        }),
      );
      return found(NetworkInterface?.NetworkInterfaceId);
    },
    'aws:ec2/eipAssociation:EipAssociation': async (inputs) => {
      const { AssociationId } = await client.send(
        new ec2.AssociateAddressCommand({
          AllocationId: text(inputs, 'allocationId'),
          NetworkInterfaceId: text(inputs, 'networkInterfaceId'),
          AllowReassociation: flag(inputs, 'allowReassociation'),
        }),
      );
      return found(AssociationId);
    },
    'aws:ec2/instance:Instance': async (inputs) => {
      const [card] = maps(inputs, 'primaryNetworkInterface');
      const [root] = maps(inputs, 'rootBlockDevice');
      const encoded = text(inputs, 'userDataBase64') || Buffer.from(text(inputs, 'userData')).toString('base64');
      const { Instances } = await client.send(
        new ec2.RunInstancesCommand({
          ImageId: text(inputs, 'ami'),
          InstanceType: instanceType(text(inputs, 'instanceType')),
          MinCount: 1,
          MaxCount: 1,
          UserData: encoded,
          EbsOptimized: flag(inputs, 'ebsOptimized'),
          Monitoring: { Enabled: flag(inputs, 'monitoring') },
          DisableApiTermination: flag(inputs, 'disableApiTermination'),
          IamInstanceProfile: { Name: text(inputs, 'iamInstanceProfile') },
          MetadataOptions: { HttpTokens: 'required', HttpEndpoint: 'enabled', HttpPutResponseHopLimit: 1 },
          NetworkInterfaces: [{ DeviceIndex: 0, NetworkInterfaceId: card && text(card, 'networkInterfaceId') }],
          BlockDeviceMappings: [
            {
              DeviceName: '/dev/sda1',
              Ebs: {
                VolumeSize: root && number(root, 'volumeSize'),
                VolumeType: 'gp3',
                Encrypted: root && flag(root, 'encrypted'),
              },
            },
          ],
        }),
      );
      return found(Instances?.[0]?.InstanceId);
    },
  };
}

/** Known to the SDK by its own list; others are an error of the program. */
function instanceType(name: string): ec2._InstanceType {
  const known = Object.values(ec2._InstanceType).find((one) => one === name);
  if (known === undefined) throw new Error(`the AWS SDK knows no instance type ${name}`);
  return known;
}
