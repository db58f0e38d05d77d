import type { Resource } from '../cloud/cloud.ts';
import { contains, formatAddress, parseAddress, parseNetwork, sizeOf } from '../ipv4.ts';
import type { AddressMapping } from '../machines.ts';
import type { Problem } from '../schema/check.ts';
import { flag, maps, text, texts, type Values } from '../values.ts';
import { arn, type Context, ec2Id, hex, type Kind, need, other, refersTo, refuse } from './kind.ts';
import { needGroup } from './security-groups.ts';
import { GATEWAY, needSubnet } from './vpc.ts';

export const INTERFACE = 'aws:ec2/networkInterface:NetworkInterface';
export const EIP = 'aws:ec2/eip:Eip';
export const EIP_ASSOCIATION = 'aws:ec2/eipAssociation:EipAssociation';
const INSTANCE = 'aws:ec2/instance:Instance';

export function needInterface(id: string, context: Context): Resource {
  return need(
    context,
    INTERFACE,
    id,
    'InvalidNetworkInterfaceID.NotFound',
    `The networkInterface ID '${id}' does not exist`,
  );
}

/** The instance that has this interface, if one has. */
export function holderOf(interfaceId: string, { cloud }: Context): Resource | undefined {
  return cloud.all(INSTANCE).find(({ outputs }) => refersTo(outputs['primaryNetworkInterfaceId'], interfaceId));
}

/** Refuses an address that is not in the subnet, is AWS's own there, or is taken. */
function admitAddress(address: string, subnet: Resource, context: Context, current: Resource | undefined): void {
  const network = parseNetwork(text(subnet.outputs, 'cidrBlock'));
  const value = parseAddress(address);
  if (value === undefined || !network || !contains(network, value))
    refuse('InvalidParameterValue', `Address does not fall within the subnet's address range: ${address}`);
  const place = value - network.first;
  if (place < 4 || place === sizeOf(network.bits) - 1)
    refuse('InvalidParameterValue', `Address ${address} is in subnet's reserved address range`);
  const taken = other(
    context,
    INTERFACE,
    current,
    ({ outputs }) => outputs['subnetId'] === subnet.id && texts(outputs, 'privateIps').includes(address),
  );
  if (taken) refuse('InvalidIPAddress.InUse', `Address ${address} is in use.`);
}

function freeAddress(subnet: Resource, { cloud }: Context): string {
  const network = parseNetwork(text(subnet.outputs, 'cidrBlock'));
  const taken = new Set(cloud.all(INTERFACE).flatMap(({ outputs }) => texts(outputs, 'privateIps')));
  for (let place = 4; network && place < sizeOf(network.bits) - 1; place++) {
    const address = formatAddress(network.first + place);
    if (!taken.has(address)) return address;
  }
  return refuse(
    'InsufficientFreeAddressesInSubnet',
    `There are not enough free addresses in subnet '${subnet.id}' to satisfy the requested number of interfaces.`,
  );
}

const networkInterface: Kind = {
  title: 'EC2 Network Interface',
  api: {
    service: 'EC2',
    create: 'CreateNetworkInterface',
    update: 'ModifyNetworkInterfaceAttribute',
    delete: 'DeleteNetworkInterface',
  },
  id: (_inputs, context) => ec2Id('eni', context),
  admit(inputs, context, current) {
    const subnet = needSubnet(text(inputs, 'subnetId'), context);
    for (const address of texts(inputs, 'privateIps')) admitAddress(address, subnet, context, current);
    const groups = texts(inputs, 'securityGroups');
    if (groups.length > context.cloud.account.quotas.securityGroupsPerInterface)
      refuse(
        'SecurityGroupsPerInterfaceLimitExceeded',
        'The maximum number of security groups per interface has been reached.',
      );
    for (const id of groups)
      if (needGroup(id, context).outputs['vpcId'] !== subnet.outputs['vpcId'])
        refuse('InvalidParameter', `Security group ${id} and subnet ${subnet.id} belong to different networks.`);
  },
  outputs(inputs, id, context, current) {
    const subnet = needSubnet(text(inputs, 'subnetId'), context);
    const [given] = texts(inputs, 'privateIps');
    const address = given ?? (current ? text(current.outputs, 'privateIp') : freeAddress(subnet, context));
    return {
      arn: arn('ec2', `network-interface/${id}`, context),
      ownerId: context.cloud.account.accountId,
      interfaceType: 'interface',
      macAddress: `02:${hex(parseAddress(address) ?? 0, 10).replace(/(..)(?=.)/g, '$1:')}`,
      privateIp: address,
      privateIps: texts(inputs, 'privateIps').length > 0 ? texts(inputs, 'privateIps') : [address],
      privateIpsCount: Math.max(0, texts(inputs, 'privateIps').length - 1),
      privateDnsName: `ip-${address.replaceAll('.', '-')}.${context.region}.compute.internal`,
      sourceDestCheck: inputs['sourceDestCheck'] ?? true,
    };
  },
  dismiss({ id }, context) {
    if (holderOf(id, context)) refuse('InvalidParameterValue', `Network interface '${id}' is currently in use.`);
  },
  async changed(_resource, { machines }) {
    await machines?.firewallChanged?.();
  },
  async gone({ id }, context) {
    await endAssociations(id, context);
  },
};

async function endAssociations(interfaceId: string, context: Context): Promise<void> {
  const ended = context.cloud
    .all(EIP_ASSOCIATION)
    .filter(({ outputs }) => outputs['networkInterfaceId'] === interfaceId);
  for (const association of ended) await disassociate(association, context);
}

/** The interface that EC2 makes for an instance that was given none. */
export function makeOwnCard({ name, outputs }: Resource, { cloud }: Context): void {
  const id = text(outputs, 'primaryNetworkInterfaceId');
  const values = {
    subnetId: text(outputs, 'subnetId'),
    privateIp: text(outputs, 'privateIp'),
    privateIps: [text(outputs, 'privateIp')],
    securityGroups: texts(outputs, 'vpcSecurityGroupIds'),
  };
  cloud.put({ type: INTERFACE, id, name, urn: '', inputs: values, outputs: values });
}

/** It goes with the instance, and what led to it ends. */
export async function dropOwnCard({ outputs }: Resource, context: Context): Promise<void> {
  const id = text(outputs, 'primaryNetworkInterfaceId');
  context.cloud.remove(INTERFACE, id);
  await endAssociations(id, context);
}

/** Elastic IPs come from TEST-NET-3 and TEST-NET-2 (RFC 5737), which lead nowhere. */
function freeElasticIp({ cloud }: Context): string {
  const taken = new Set(cloud.all(EIP).map(({ outputs }) => text(outputs, 'publicIp')));
  for (const block of ['203.0.113', '198.51.100'])
    for (let host = 10; host < 250; host++) if (!taken.has(`${block}.${host}`)) return `${block}.${host}`;
  return refuse('InsufficientAddressCapacity', 'Insufficient capacity in the region to allocate an address.');
}

const eip: Kind = {
  title: 'EC2 EIP',
  api: { service: 'EC2', create: 'AllocateAddress', update: 'CreateTags', delete: 'ReleaseAddress' },
  id: (_inputs, context) => ec2Id('eipalloc', context),
  admit(_inputs, { cloud }, current) {
    if (!current && cloud.all(EIP).length >= cloud.account.quotas.elasticIps)
      refuse('AddressLimitExceeded', 'The maximum number of addresses has been reached.');
  },
  outputs(inputs, id, context, current) {
    const publicIp = current ? text(current.outputs, 'publicIp') : freeElasticIp(context);
    return {
      arn: arn('ec2', `elastic-ip/${id}`, context),
      allocationId: id,
      domain: text(inputs, 'domain') || 'vpc',
      publicIp,
      publicDns: `ec2-${publicIp.replaceAll('.', '-')}.${context.region}.compute.amazonaws.com`,
      publicIpv4Pool: 'amazon',
      networkBorderGroup: context.region,
    };
  },
  dismiss({ id, outputs }, context) {
    if (other(context, EIP_ASSOCIATION, undefined, (one) => one.outputs['allocationId'] === id))
      refuse('InvalidIPAddress.InUse', `Address ${text(outputs, 'publicIp')} is in use.`);
  },
};

const mapping = ({ id, outputs }: Resource): AddressMapping => ({
  associationId: id,
  publicIp: text(outputs, 'publicIp'),
  privateIp: text(outputs, 'privateIpAddress'),
  networkInterfaceId: text(outputs, 'networkInterfaceId'),
});

async function disassociate(association: Resource, { cloud, machines }: Context): Promise<void> {
  cloud.remove(association.type, association.id);
  await machines?.disassociate?.(mapping(association));
}

function checkAssociation(inputs: Values): Problem[] {
  const targets = ['instanceId', 'networkInterfaceId'].filter((name) => inputs[name] !== undefined);
  return targets.length === 0
    ? [{ property: 'networkInterfaceId', reason: 'one of instanceId, networkInterfaceId must be given' }]
    : [];
}

const eipAssociation: Kind = {
  title: 'EC2 EIP Association',
  api: { service: 'EC2', create: 'AssociateAddress', update: 'AssociateAddress', delete: 'DisassociateAddress' },
  check: checkAssociation,
  id: (_inputs, context) => ec2Id('eipassoc', context),
  admit(inputs, context) {
    const allocationId = text(inputs, 'allocationId');
    need(
      context,
      EIP,
      allocationId,
      'InvalidAllocationID.NotFound',
      `The allocation ID '${allocationId}' does not exist`,
    );
    const card = interfaceOf(inputs, context);
    const vpcId = needSubnet(text(card.outputs, 'subnetId'), context).outputs['vpcId'];
    if (!other(context, GATEWAY, undefined, ({ outputs }) => outputs['vpcId'] === vpcId))
      refuse('Gateway.NotAttached', `Network ${vpcId} is not attached to any internet gateway`);
    // To associate it with what it is associated with is no error, whoever did that.
    const held = other(
      context,
      EIP_ASSOCIATION,
      undefined,
      ({ outputs }) => outputs['allocationId'] === allocationId && outputs['networkInterfaceId'] !== card.id,
    );
    if (held && !flag(inputs, 'allowReassociation'))
      refuse(
        'Resource.AlreadyAssociated',
        `resource ${allocationId} is already associated with associate-id ${held.id}`,
      );
  },
  outputs(inputs, _id, context) {
    const card = interfaceOf(inputs, context);
    const publicIp = context.cloud.find(EIP, text(inputs, 'allocationId'))?.outputs['publicIp'] ?? '';
    return {
      networkInterfaceId: card.id,
      instanceId: holderOf(card.id, context)?.id ?? '',
      privateIpAddress: text(inputs, 'privateIpAddress') || text(card.outputs, 'privateIp'),
      publicIp,
    };
  },
  async made(resource, context) {
    // What led elsewhere with this address, or here with another, ends: AWS keeps one association of each.
    const { allocationId, privateIpAddress, networkInterfaceId } = resource.outputs;
    const ended = context.cloud.all(EIP_ASSOCIATION).filter(({ id, outputs }) => {
      const sameTarget =
        outputs['networkInterfaceId'] === networkInterfaceId && outputs['privateIpAddress'] === privateIpAddress;
      return id !== resource.id && (outputs['allocationId'] === allocationId || sameTarget);
    });
    for (const association of ended) await disassociate(association, context);
    await context.machines?.associate?.(mapping(resource));
  },
  async gone(resource, { machines }) {
    await machines?.disassociate?.(mapping(resource));
  },
};

function interfaceOf(inputs: Values, context: Context): Resource {
  const interfaceId = text(inputs, 'networkInterfaceId');
  if (interfaceId) return needInterface(interfaceId, context);
  const id = text(inputs, 'instanceId');
  const instance = need(context, INSTANCE, id, 'InvalidInstanceID.NotFound', `The instance ID '${id}' does not exist`);
  return needInterface(text(instance.outputs, 'primaryNetworkInterfaceId'), context);
}

/** The interface that an instance is asked to have: its own card, or none where it makes one in a subnet. */
export const primaryInterfaceId = (inputs: Values): string =>
  maps(inputs, 'primaryNetworkInterface').map((one) => text(one, 'networkInterfaceId'))[0] ??
  maps(inputs, 'networkInterfaces').map((one) => text(one, 'networkInterfaceId'))[0] ??
  '';

export const addressKinds: Readonly<Record<string, Kind>> = {
  [INTERFACE]: networkInterface,
  [EIP]: eip,
  [EIP_ASSOCIATION]: eipAssociation,
};
