import type { Cloud, Resource } from '../cloud/cloud.ts';
import { parseNetwork } from '../ipv4.ts';
import type { Problem } from '../schema/check.ts';
import { hasUnknown, number, same, text, texts, type Values } from '../values.ts';
import { arn, type Context, checkRange, ec2Id, type Kind, need, other, refersTo, refuse } from './kind.ts';
import { needVpc } from './vpc.ts';

export const SECURITY_GROUP = 'aws:ec2/securityGroup:SecurityGroup';
export const INGRESS_RULE = 'aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule';
export const EGRESS_RULE = 'aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule';
const DEFAULT_GROUP = 'aws:ec2/defaultSecurityGroup:DefaultSecurityGroup';
const INTERFACE = 'aws:ec2/networkInterface:NetworkInterface';
const SOURCES = ['cidrIpv4', 'cidrIpv6', 'prefixListId', 'referencedSecurityGroupId'] as const;

export function needGroup(id: string, context: Context): Resource {
  const message = `The security group '${id}' does not exist`;
  return context.cloud.find(DEFAULT_GROUP, id) ?? need(context, SECURITY_GROUP, id, 'InvalidGroup.NotFound', message);
}

/** What EC2 allows in descriptions of groups and rules. */
const DESCRIPTION = /^[a-zA-Z0-9. _\-:/()#,@[\]+=&;{}!$*]{0,255}$/;

const securityGroup: Kind = {
  title: 'EC2 Security Group',
  api: { service: 'EC2', create: 'CreateSecurityGroup', update: 'CreateTags', delete: 'DeleteSecurityGroup' },
  id: (_inputs, context) => ec2Id('sg', context),
  admit(inputs, context, current) {
    const [name, vpcId] = [text(inputs, 'name'), text(inputs, 'vpcId')];
    needVpc(vpcId, context);
    if (!DESCRIPTION.test(text(inputs, 'description')))
      refuse(
        'InvalidParameterValue',
        `Value (${text(inputs, 'description')}) for parameter GroupDescription is invalid. Character sets beyond ASCII are not supported.`,
      );
    if (/^(default|sg-.*)$/.test(name))
      refuse('InvalidParameterValue', `Cannot use reserved security group name: ${name}`);
    if (
      other(context, SECURITY_GROUP, current, ({ outputs }) => outputs['vpcId'] === vpcId && outputs['name'] === name)
    )
      refuse('InvalidGroup.Duplicate', `The security group '${name}' already exists for VPC '${vpcId}'`);
  },
  outputs: (inputs, id, context) => ({
    arn: arn('ec2', `security-group/${id}`, context),
    ownerId: context.cloud.account.accountId,
    description: text(inputs, 'description') || 'Managed by Pulumi',
    ingress: inputs['ingress'] ?? [],
    egress: inputs['egress'] ?? [],
  }),
  dismiss({ id }, context) {
    const used = (type: string, property: string): Resource | undefined =>
      other(context, type, undefined, ({ outputs }) => refersTo(outputs[property], id));
    const foreign = [INGRESS_RULE, EGRESS_RULE].some((type) => {
      const rule = used(type, 'referencedSecurityGroupId');
      return rule !== undefined && rule.outputs['securityGroupId'] !== id;
    });
    if (foreign || used(INTERFACE, 'securityGroups') || used('aws:ec2/instance:Instance', 'vpcSecurityGroupIds'))
      refuse('DependencyViolation', `resource ${id} has a dependent object`);
  },
  async gone({ id }, { cloud, machines }) {
    for (const type of [INGRESS_RULE, EGRESS_RULE])
      for (const rule of cloud.all(type)) if (rule.outputs['securityGroupId'] === id) cloud.remove(type, rule.id);
    await machines?.firewallChanged?.();
  },
};

/** The group that a VPC is born with: adopted, not made, and only let go when it is deleted. */
const defaultSecurityGroup: Kind = {
  title: 'EC2 Default Security Group',
  api: {
    service: 'EC2',
    create: 'DescribeSecurityGroups',
    update: 'RevokeSecurityGroupIngress',
    delete: 'DescribeSecurityGroups',
  },
  id: (inputs, context) => text(needVpc(text(inputs, 'vpcId'), context).outputs, 'defaultSecurityGroupId'),
  outputs: (inputs, id, context) => ({
    arn: arn('ec2', `security-group/${id}`, context),
    ownerId: context.cloud.account.accountId,
    name: 'default',
    description: 'default VPC security group',
    ingress: inputs['ingress'] ?? [],
    egress: inputs['egress'] ?? [],
  }),
};

const PROTOCOLS = new Map([
  ['tcp', 6],
  ['udp', 17],
  ['icmp', 1],
  ['icmpv6', 58],
  ['-1', -1],
]);

function checkRule(inputs: Values): Problem[] {
  const given = SOURCES.filter((source) => inputs[source] !== undefined);
  const one =
    given.length === 1
      ? []
      : [
          {
            property: 'cidrIpv4',
            reason: `exactly one of ${SOURCES.join(', ')} must be given, and ${given.length === 0 ? 'none is' : `${given.join(' and ')} are`}`,
          },
        ];
  const cidr = inputs['cidrIpv4'];
  const bad = typeof cidr === 'string' && !hasUnknown(cidr) && !parseNetwork(cidr);
  return [
    ...one,
    ...(bad
      ? [{ property: 'cidrIpv4', reason: `'cidrIpv4' must be an IPv4 network in CIDR notation, and is "${cidr}"` }]
      : []),
    ...checkRange(inputs, 'fromPort', -1, 65_535),
    ...checkRange(inputs, 'toPort', -1, 65_535),
  ];
}

function admitRule(type: string, inputs: Values, context: Context, current: Resource | undefined): void {
  const groupId = text(inputs, 'securityGroupId');
  needGroup(groupId, context);
  const peer = text(inputs, 'referencedSecurityGroupId');
  if (peer) needGroup(peer, context);
  const protocol = text(inputs, 'ipProtocol').toLowerCase();
  if (!PROTOCOLS.has(protocol) && !(/^\d{1,3}$/.test(protocol) && Number(protocol) < 256))
    refuse('InvalidParameterValue', `Invalid value '${protocol}' for IP protocol. Unknown protocol.`);
  const [from, to] = [number(inputs, 'fromPort'), number(inputs, 'toPort')];
  if (['tcp', 'udp', '6', '17'].includes(protocol) && (from === undefined || to === undefined || from < 0 || from > to))
    refuse('InvalidParameterValue', `Invalid TCP/UDP port range (${from ?? 'none'}:${to ?? 'none'})`);
  if (!DESCRIPTION.test(text(inputs, 'description')))
    refuse(
      'InvalidParameterValue',
      'Invalid rule description. Valid descriptions are strings less than 256 characters from the following set:  a-zA-Z0-9. _-:/()#,@[]+=&;{}!$*',
    );
  const rules = context.cloud
    .all(type)
    .filter((one) => one.id !== current?.id && one.outputs['securityGroupId'] === groupId);
  const facts = ['cidrIpv4', 'cidrIpv6', 'prefixListId', 'referencedSecurityGroupId', 'fromPort', 'toPort'];
  const twin = rules.some(
    ({ outputs }) =>
      text(outputs, 'ipProtocol') === text(inputs, 'ipProtocol') &&
      facts.every((fact) => same(outputs[fact], inputs[fact])),
  );
  const source = SOURCES.map((name) => text(inputs, name)).find((value) => value !== '') ?? '';
  if (twin)
    refuse(
      'InvalidPermission.Duplicate',
      `the specified rule "peer: ${source}, ${protocol.toUpperCase()}, from port: ${from ?? -1}, to port: ${to ?? -1}, ALLOW" already exists`,
    );
  if (rules.length >= context.cloud.account.quotas.rulesPerSecurityGroup)
    refuse('RulesPerSecurityGroupLimitExceeded', 'The maximum number of rules per security group has been reached.');
}

function rule(type: string, direction: 'Ingress' | 'Egress'): Kind {
  const tell = async (_resource: Resource, { machines }: Context): Promise<void> => machines?.firewallChanged?.();
  return {
    title: `VPC Security Group ${direction} Rule`,
    api: {
      service: 'EC2',
      create: `AuthorizeSecurityGroup${direction}`,
      update: 'ModifySecurityGroupRules',
      delete: `RevokeSecurityGroup${direction}`,
    },
    check: checkRule,
    id: (_inputs, context) => ec2Id('sgr', context),
    admit: (inputs, context, current) => admitRule(type, inputs, context, current),
    outputs: (_inputs, id, context) => ({
      arn: arn('ec2', `security-group-rule/${id}`, context),
      securityGroupRuleId: id,
    }),
    made: tell,
    changed: tell,
    gone: tell,
  };
}

export const securityGroupKinds: Readonly<Record<string, Kind>> = {
  [SECURITY_GROUP]: securityGroup,
  [DEFAULT_GROUP]: defaultSecurityGroup,
  [INGRESS_RULE]: rule(INGRESS_RULE, 'Ingress'),
  [EGRESS_RULE]: rule(EGRESS_RULE, 'Egress'),
};

/** One thing that a group lets through. */
export interface FirewallRule {
  readonly direction: 'in' | 'out';
  /** `tcp`, `udp`, `icmp`, a number as text, or `-1` for all. */
  readonly protocol: string;
  /** With tcp and udp; else undefined. */
  readonly ports: { readonly from: number; readonly to: number } | undefined;
  /** Whom it is open to: a network, or the interfaces of a group. */
  readonly peer: { readonly cidr: string } | { readonly groupId: string };
}

/** What an interface's groups let through; everything else is closed. Prefix lists and IPv6 are not told. */
export function firewallOf(cloud: Cloud, interfaceId: string): FirewallRule[] {
  const groupIds = texts(cloud.find(INTERFACE, interfaceId)?.outputs ?? {}, 'securityGroups');
  return [...cloud.all(INGRESS_RULE), ...cloud.all(EGRESS_RULE)].flatMap(({ type, outputs }): FirewallRule[] => {
    if (!groupIds.includes(text(outputs, 'securityGroupId'))) return [];
    const [from, to] = [number(outputs, 'fromPort'), number(outputs, 'toPort')];
    const protocol = text(outputs, 'ipProtocol').toLowerCase();
    const ports =
      from === undefined || to === undefined || !['tcp', 'udp'].includes(protocol) ? undefined : { from, to };
    const rule = { direction: type === INGRESS_RULE ? 'in' : 'out', protocol, ports } as const;
    const [cidr, groupId] = [text(outputs, 'cidrIpv4'), text(outputs, 'referencedSecurityGroupId')];
    if (cidr) return [{ ...rule, peer: { cidr } }];
    return groupId ? [{ ...rule, peer: { groupId } }] : [];
  });
}
