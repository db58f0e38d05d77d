import type { Resource } from '../cloud/cloud.ts';
import { overlap, parseNetwork, sizeOf, within } from '../ipv4.ts';
import type { Problem } from '../schema/check.ts';
import { hasUnknown, text, texts, type Values } from '../values.ts';
import { arn, type Context, ec2Id, type Kind, need, other, refuse, refuseWhileUsed } from './kind.ts';

export const VPC = 'aws:ec2/vpc:Vpc';
export const SUBNET = 'aws:ec2/subnet:Subnet';
export const GATEWAY = 'aws:ec2/internetGateway:InternetGateway';
export const ROUTE_TABLE = 'aws:ec2/routeTable:RouteTable';
const ROUTE = 'aws:ec2/route:Route';
const ASSOCIATION = 'aws:ec2/routeTableAssociation:RouteTableAssociation';
const ENDPOINT = 'aws:ec2/vpcEndpoint:VpcEndpoint';
const BALANCER = 'aws:lb/loadBalancer:LoadBalancer';
const SECURITY_GROUP = 'aws:ec2/securityGroup:SecurityGroup';

const api = (create: string, update: string, remove: string): Kind['api'] => ({
  service: 'EC2',
  create,
  update,
  delete: remove,
});

/** Zones of a region: three, by letters, as in most regions. */
export const zonesOf = (region: string): string[] => ['a', 'b', 'c'].map((letter) => `${region}${letter}`);

export function needVpc(id: string, context: Context): Resource {
  return need(context, VPC, id, 'InvalidVpcID.NotFound', `The vpc ID '${id}' does not exist`);
}

export function needSubnet(id: string, context: Context): Resource {
  return need(context, SUBNET, id, 'InvalidSubnetID.NotFound', `The subnet ID '${id}' does not exist`);
}

function checkCidr(inputs: Values, property: string): Problem[] {
  const value = inputs[property];
  if (typeof value !== 'string' || hasUnknown(value) || parseNetwork(value)) return [];
  return [{ property, reason: `'${property}' must be an IPv4 network in CIDR notation, and is "${value}"` }];
}

const vpc: Kind = {
  title: 'EC2 VPC',
  api: api('CreateVpc', 'ModifyVpcAttribute', 'DeleteVpc'),
  check: (inputs) => checkCidr(inputs, 'cidrBlock'),
  id: (_inputs, context) => ec2Id('vpc', context),
  admit(inputs, context, current) {
    const network = parseNetwork(text(inputs, 'cidrBlock'));
    if (!network || network.bits < 16 || network.bits > 28)
      refuse('InvalidVpc.Range', `The CIDR '${text(inputs, 'cidrBlock')}' is invalid.`);
    if (!current && context.cloud.all(VPC).length >= context.cloud.account.quotas.vpcs)
      refuse('VpcLimitExceeded', 'The maximum number of VPCs has been reached.');
  },
  outputs: (_inputs, id, context, current) => ({
    arn: arn('ec2', `vpc/${id}`, context),
    ownerId: context.cloud.account.accountId,
    instanceTenancy: 'default',
    defaultSecurityGroupId: current ? text(current.outputs, 'defaultSecurityGroupId') : ec2Id('sg', context),
    defaultNetworkAclId: current ? text(current.outputs, 'defaultNetworkAclId') : ec2Id('acl', context),
    defaultRouteTableId: current ? text(current.outputs, 'defaultRouteTableId') : ec2Id('rtb', context),
    mainRouteTableId: current ? text(current.outputs, 'mainRouteTableId') : ec2Id('rtb', context),
  }),
  dismiss({ id }, context) {
    for (const type of [SUBNET, GATEWAY, ROUTE_TABLE, SECURITY_GROUP, ENDPOINT])
      refuseWhileUsed(
        context,
        type,
        'vpcId',
        id,
        'DependencyViolation',
        `The vpc '${id}' has dependencies and cannot be deleted.`,
      );
  },
};

const subnet: Kind = {
  title: 'EC2 Subnet',
  api: api('CreateSubnet', 'ModifySubnetAttribute', 'DeleteSubnet'),
  check: (inputs) => checkCidr(inputs, 'cidrBlock'),
  id: (_inputs, context) => ec2Id('subnet', context),
  admit(inputs, context, current) {
    const [cidr, zone, vpcId] = ['cidrBlock', 'availabilityZone', 'vpcId'].map((name) => text(inputs, name));
    const around = parseNetwork(text(needVpc(vpcId ?? '', context).outputs, 'cidrBlock'));
    const network = parseNetwork(cidr ?? '');
    if (!network || network.bits > 28 || !around || !within(around, network))
      refuse('InvalidSubnet.Range', `The CIDR '${cidr}' is invalid.`);
    const zones = zonesOf(context.region);
    if (zone && !zones.includes(zone))
      refuse(
        'InvalidParameterValue',
        `Value (${zone}) for parameter availabilityZone is invalid. Subnets can currently only be created in the following ` +
          `availability zones: ${zones.join(', ')}.`,
      );
    const conflict = other(context, SUBNET, current, ({ outputs }) => {
      const there = parseNetwork(text(outputs, 'cidrBlock'));
      return outputs['vpcId'] === vpcId && there !== undefined && overlap(there, network);
    });
    if (conflict) refuse('InvalidSubnet.Conflict', `The CIDR '${cidr}' conflicts with another subnet`);
  },
  outputs: (inputs, id, context) => ({
    arn: arn('ec2', `subnet/${id}`, context),
    ownerId: context.cloud.account.accountId,
    availabilityZone: text(inputs, 'availabilityZone') || (zonesOf(context.region)[0] ?? ''),
    // AWS keeps the first four addresses and the last.
    availableIpAddressCount: sizeOf(parseNetwork(text(inputs, 'cidrBlock'))?.bits ?? 32) - 5,
  }),
  dismiss({ id }, context) {
    const message = `The subnet '${id}' has dependencies and cannot be deleted.`;
    refuseWhileUsed(
      context,
      'aws:ec2/networkInterface:NetworkInterface',
      'subnetId',
      id,
      'DependencyViolation',
      message,
    );
    refuseWhileUsed(context, 'aws:ec2/instance:Instance', 'subnetId', id, 'DependencyViolation', message);
    // A load balancer has an interface of its own in each of its subnets.
    refuseWhileUsed(context, BALANCER, 'subnets', id, 'DependencyViolation', message);
  },
};

const internetGateway: Kind = {
  title: 'EC2 Internet Gateway',
  api: api('CreateInternetGateway', 'AttachInternetGateway', 'DeleteInternetGateway'),
  id: (_inputs, context) => ec2Id('igw', context),
  admit(inputs, context, current) {
    const vpcId = text(inputs, 'vpcId');
    if (!vpcId) return;
    needVpc(vpcId, context);
    if (other(context, GATEWAY, current, ({ outputs }) => outputs['vpcId'] === vpcId))
      refuse('InvalidParameterValue', `Network ${vpcId} already has an internet gateway attached`);
  },
  outputs: (_inputs, id, context) => ({
    arn: arn('ec2', `internet-gateway/${id}`, context),
    ownerId: context.cloud.account.accountId,
  }),
  dismiss({ outputs }, context) {
    const vpcId = text(outputs, 'vpcId');
    const inVpc = (id: string): boolean => {
      const card = context.cloud.find('aws:ec2/networkInterface:NetworkInterface', id);
      return (
        card !== undefined && context.cloud.find(SUBNET, text(card.outputs, 'subnetId'))?.outputs['vpcId'] === vpcId
      );
    };
    const mapped = context.cloud
      .all('aws:ec2/eipAssociation:EipAssociation')
      .some((one) => inVpc(text(one.outputs, 'networkInterfaceId')));
    const balanced = context.cloud
      .all(BALANCER)
      .some((one) => one.outputs['vpcId'] === vpcId && one.outputs['internal'] === false);
    if (mapped || balanced)
      refuse(
        'DependencyViolation',
        `Network ${vpcId} has some mapped public address(es). Please unmap those public address(es) before detaching the gateway.`,
      );
  },
};

const routeTable: Kind = {
  title: 'EC2 Route Table',
  api: api('CreateRouteTable', 'CreateTags', 'DeleteRouteTable'),
  id: (_inputs, context) => ec2Id('rtb', context),
  admit: (inputs, context) => void needVpc(text(inputs, 'vpcId'), context),
  outputs: (_inputs, id, context) => ({
    arn: arn('ec2', `route-table/${id}`, context),
    ownerId: context.cloud.account.accountId,
  }),
  dismiss({ id }, context) {
    refuseWhileUsed(
      context,
      ASSOCIATION,
      'routeTableId',
      id,
      'DependencyViolation',
      `The routeTable '${id}' has dependencies and cannot be deleted.`,
    );
  },
};

function needRouteTable(id: string, context: Context): Resource {
  return need(context, ROUTE_TABLE, id, 'InvalidRouteTableID.NotFound', `The routeTable ID '${id}' does not exist`);
}

const route: Kind = {
  title: 'EC2 Route',
  api: api('CreateRoute', 'ReplaceRoute', 'DeleteRoute'),
  check: (inputs) => checkCidr(inputs, 'destinationCidrBlock'),
  id: (_inputs, context) => `r-rtb-${hexOf(context)}`,
  admit(inputs, context, current) {
    const [tableId, gatewayId] = [text(inputs, 'routeTableId'), text(inputs, 'gatewayId')];
    const table = needRouteTable(tableId, context);
    if (gatewayId.startsWith('igw-')) {
      const gateway = need(
        context,
        GATEWAY,
        gatewayId,
        'InvalidGatewayID.NotFound',
        `The gateway ID '${gatewayId}' does not exist`,
      );
      if (gateway.outputs['vpcId'] !== table.outputs['vpcId'])
        refuse(
          'InvalidParameterValue',
          `route table ${tableId} and network gateway ${gatewayId} belong to different networks`,
        );
    }
    const cidr = inputs['destinationCidrBlock'];
    const twin = other(
      context,
      ROUTE,
      current,
      ({ outputs }) => outputs['routeTableId'] === tableId && outputs['destinationCidrBlock'] === cidr,
    );
    if (twin)
      refuse('RouteAlreadyExists', `The route identified by ${text(inputs, 'destinationCidrBlock')} already exists.`);
  },
  outputs: () => ({ origin: 'CreateRoute', state: 'active' }),
};

const hexOf = (context: Context): string => ec2Id('', context).slice(1);

const routeTableAssociation: Kind = {
  title: 'EC2 Route Table Association',
  api: api('AssociateRouteTable', 'ReplaceRouteTableAssociation', 'DisassociateRouteTable'),
  id: (_inputs, context) => ec2Id('rtbassoc', context),
  admit(inputs, context, current) {
    const [tableId, subnetId] = [text(inputs, 'routeTableId'), text(inputs, 'subnetId')];
    const table = needRouteTable(tableId, context);
    if (!subnetId) return;
    if (needSubnet(subnetId, context).outputs['vpcId'] !== table.outputs['vpcId'])
      refuse('InvalidParameterValue', `Route table ${tableId} and subnet ${subnetId} belong to different networks`);
    if (other(context, ASSOCIATION, current, ({ outputs }) => outputs['subnetId'] === subnetId))
      refuse(
        'Resource.AlreadyAssociated',
        `the specified association for route table ${tableId} conflicts with an existing association`,
      );
  },
};

const flowLog: Kind = {
  title: 'EC2 Flow Log',
  api: api('CreateFlowLogs', 'CreateTags', 'DeleteFlowLogs'),
  id: (_inputs, context) => ec2Id('fl', context),
  admit(inputs, context) {
    const vpcId = text(inputs, 'vpcId');
    if (vpcId) needVpc(vpcId, context);
    const toLogs = (text(inputs, 'logDestinationType') || 'cloud-watch-logs') === 'cloud-watch-logs';
    if (toLogs && !text(inputs, 'iamRoleArn'))
      refuse('InvalidParameter', 'DeliverLogsPermissionArn cannot be empty if LogDestinationType is cloud-watch-logs.');
    const interval = inputs['maxAggregationInterval'];
    if (interval !== undefined && interval !== 60 && interval !== 600)
      refuse('InvalidParameter', 'MaxAggregationInterval must be 60 or 600.');
  },
  outputs: (_inputs, id, context) => ({ arn: arn('ec2', `vpc-flow-log/${id}`, context) }),
};

const vpcEndpoint: Kind = {
  title: 'EC2 VPC Endpoint',
  api: api('CreateVpcEndpoint', 'ModifyVpcEndpoint', 'DeleteVpcEndpoints'),
  id: (_inputs, context) => ec2Id('vpce', context),
  admit(inputs, context) {
    needVpc(text(inputs, 'vpcId'), context);
    const service = text(inputs, 'serviceName');
    if (
      !/^(com\.amazonaws|aws\.api)\./.test(service) ||
      (service.startsWith('com.amazonaws.') && !service.includes(`.${context.region}.`))
    )
      refuse('InvalidServiceName', `The Vpc Endpoint Service '${service}' does not exist`);
    for (const id of texts(inputs, 'routeTableIds')) needRouteTable(id, context);
    for (const id of texts(inputs, 'subnetIds')) needSubnet(id, context);
  },
  outputs: (inputs, id, context) => ({
    arn: arn('ec2', `vpc-endpoint/${id}`, context),
    ownerId: context.cloud.account.accountId,
    state: 'available',
    prefixListId: text(inputs, 'vpcEndpointType') === 'Interface' ? '' : ec2Id('pl', context),
    dnsEntries: [],
    networkInterfaceIds: [],
  }),
};

export const vpcKinds: Readonly<Record<string, Kind>> = {
  [VPC]: vpc,
  [SUBNET]: subnet,
  [GATEWAY]: internetGateway,
  [ROUTE_TABLE]: routeTable,
  [ROUTE]: route,
  [ASSOCIATION]: routeTableAssociation,
  'aws:ec2/flowLog:FlowLog': flowLog,
  [ENDPOINT]: vpcEndpoint,
};
