import type { Resource } from '../cloud/cloud.ts';
import { LabError } from '../errors.ts';
import type { Problem } from '../schema/check.ts';
import { flag, hasUnknown, maps, number, text, texts, type Values } from '../values.ts';
import { arn, type Context, checkOneOf, checkRange, hex, type Kind, need, other, refuse } from './kind.ts';
import { GATEWAY, SUBNET, VPC } from './vpc.ts';

export const BALANCER = 'aws:lb/loadBalancer:LoadBalancer';
export const TARGET_GROUP = 'aws:lb/targetGroup:TargetGroup';
const LISTENER = 'aws:lb/listener:Listener';

/** What listeners of a network load balancer speak. */
const PROTOCOLS = ['TCP', 'TLS', 'UDP', 'TCP_UDP', 'QUIC', 'TCP_QUIC'];
/** The hosted zone of the names of Frankfurt's network load balancers; each region has its own. */
const ZONE_ID = 'Z3F0SRJ5LGBH90';
/** Seconds that a check over TCP waits for an answer unless it says otherwise. */
const CHECK_TIMEOUT = 10;

const api = (what: string) => ({
  service: 'Elastic Load Balancing v2',
  create: `Create${what}`,
  update: `Modify${what}`,
  delete: `Delete${what}`,
});

/** Names of load balancers and target groups: they become a part of names in DNS and of ARNs. */
function checkName(inputs: Values): Problem[] {
  const name = inputs['name'];
  if (
    typeof name !== 'string' ||
    hasUnknown(name) ||
    /^(?!internal-)[0-9A-Za-z]([0-9A-Za-z-]{0,30}[0-9A-Za-z])?$/.test(name)
  )
    return [];
  const reason = `'name' has at most 32 letters, digits and hyphens, no hyphen at an end and no 'internal-' before, and is "${name}"`;
  return [{ property: 'name', reason }];
}

function refuseTwice(
  type: string,
  what: string,
  code: string,
  inputs: Values,
  context: Context,
  current?: Resource,
): void {
  const name = text(inputs, 'name');
  if (other(context, type, current, ({ outputs }) => outputs['name'] === name))
    refuse(code, `A ${what} with the same name '${name}' exists, but with different settings`);
}

/** The subnets that it stands in, with or without addresses of its own there. */
const subnetIds = (inputs: Values): string[] => [
  ...texts(inputs, 'subnets'),
  ...maps(inputs, 'subnetMappings').map((one) => text(one, 'subnetId')),
];

const needBalancerSubnet = (id: string, context: Context): Resource =>
  need(context, SUBNET, id, 'SubnetNotFound', `The subnet ID '${id}' does not exist`);

function admitBalancer(inputs: Values, context: Context, current?: Resource): void {
  if (text(inputs, 'loadBalancerType') !== 'network')
    throw new LabError("the stand-in's load balancers are of the type network: no other is modelled");
  refuseTwice(BALANCER, 'load balancer', 'DuplicateLoadBalancerName', inputs, context, current);
  const subnets = subnetIds(inputs).map((id) => needBalancerSubnet(id, context));
  const zones = subnets.map(({ outputs }) => text(outputs, 'availabilityZone'));
  if (new Set(zones).size < zones.length)
    refuse(
      'InvalidConfigurationRequest',
      'A load balancer cannot be attached to multiple subnets in the same Availability Zone',
    );
  for (const vpcId of new Set(subnets.map(({ outputs }) => text(outputs, 'vpcId'))))
    if (!flag(inputs, 'internal') && !other(context, GATEWAY, undefined, ({ outputs }) => outputs['vpcId'] === vpcId))
      refuse('InvalidSubnet', `VPC ${vpcId} has no internet gateway`);
}

const loadBalancer: Kind = {
  title: 'ELBv2 Load Balancer',
  api: { ...api('LoadBalancer'), update: 'ModifyLoadBalancerAttributes' },
  check(inputs) {
    const places = ['subnets', 'subnetMappings'].filter((name) => inputs[name] !== undefined);
    const reason = `one of subnets, subnetMappings must be given, and ${places.length === 0 ? 'none is' : 'both are'}`;
    return [
      ...checkName(inputs),
      ...checkOneOf(inputs, 'loadBalancerType', ['application', 'gateway', 'network']),
      ...(places.length === 1 ? [] : [{ property: 'subnets', reason }]),
    ];
  },
  id: (inputs, context) =>
    arn(
      'elasticloadbalancing',
      `loadbalancer/net/${text(inputs, 'name')}/${hex(context.cloud.nextNumber(), 16)}`,
      context,
    ),
  admit: admitBalancer,
  outputs(inputs, id, context) {
    const ids = subnetIds(inputs);
    const suffix = id.replace(/^.*:loadbalancer\//, '');
    const [, name = '', digits = ''] = suffix.split('/');
    return {
      arn: id,
      arnSuffix: suffix,
      dnsName: `${name}-${digits}.elb.${context.region}.amazonaws.com`,
      zoneId: ZONE_ID,
      internal: flag(inputs, 'internal'),
      ipAddressType: text(inputs, 'ipAddressType') || 'ipv4',
      securityGroups: texts(inputs, 'securityGroups'),
      subnets: ids,
      subnetMappings: ids.map((subnetId) => ({ subnetId })),
      vpcId: needBalancerSubnet(ids[0] ?? '', context).outputs['vpcId'] ?? '',
    };
  },
  dismiss({ id, outputs }) {
    if (flag(outputs, 'enableDeletionProtection'))
      refuse('OperationNotPermitted', `Load balancer '${id}' cannot be deleted because deletion protection is enabled`);
  },
  async gone({ id }, { cloud }) {
    // Its listeners go with it.
    for (const one of cloud.all(LISTENER)) if (one.outputs['loadBalancerArn'] === id) cloud.remove(LISTENER, one.id);
  },
};

/** The one health check of a target group, and what Pulumi's provider refuses of it. */
const healthOf = (inputs: Values): Values => maps(inputs, 'healthCheck')[0] ?? {};

function checkTargetGroup(inputs: Values): Problem[] {
  const missing = ['port', 'protocol', 'vpcId'].filter((name) => inputs[name] === undefined);
  const inside: readonly [name: string, least: number, most: number][] = [
    ['interval', 5, 300],
    ['timeout', 2, 120],
    ['healthyThreshold', 2, 10],
    ['unhealthyThreshold', 2, 10],
  ];
  const health = inside.flatMap(([name, least, most]) => checkRange(healthOf(inputs), name, least, most));
  return [
    ...checkName(inputs),
    ...checkOneOf(inputs, 'targetType', ['alb', 'instance', 'ip', 'lambda']),
    ...checkRange(inputs, 'port', 1, 65_535),
    ...checkRange(inputs, 'deregistrationDelay', 0, 3_600),
    ...health.map(({ property, reason }) => ({ property: `healthCheck.${property}`, reason })),
    ...(text(inputs, 'targetType') === 'lambda' ? [] : missing).map((property) => ({
      property,
      reason: `'${property}' is required for targets other than functions`,
    })),
  ];
}

const targetGroup: Kind = {
  title: 'ELBv2 Target Group',
  api: api('TargetGroup'),
  check: checkTargetGroup,
  id: (inputs, context) =>
    arn('elasticloadbalancing', `targetgroup/${text(inputs, 'name')}/${hex(context.cloud.nextNumber(), 16)}`, context),
  admit(inputs, context, current) {
    const vpcId = text(inputs, 'vpcId');
    need(context, VPC, vpcId, 'ValidationError', `The VPC ID '${vpcId}' is not found`);
    refuseTwice(TARGET_GROUP, 'target group', 'DuplicateTargetGroupName', inputs, context, current);
    const protocol = text(inputs, 'protocol');
    for (const one of maps(inputs, 'stickiness'))
      if (PROTOCOLS.includes(protocol) && text(one, 'type') !== 'source_ip')
        refuse(
          'InvalidConfigurationRequest',
          `Stickiness type '${text(one, 'type')}' is not supported for target groups with the ${protocol} protocol`,
        );
    const { interval = 30, timeout = CHECK_TIMEOUT } = healthOf(inputs);
    if (Number(timeout) > Number(interval))
      refuse(
        'ValidationError',
        `Health check timeout '${timeout}' must be smaller than or equal to the interval '${interval}'`,
      );
  },
  outputs: (inputs, id) => ({
    arn: id,
    arnSuffix: id.replace(/^.*:/, ''),
    healthCheck: { enabled: true, interval: 30, timeout: CHECK_TIMEOUT, port: 'traffic-port', ...healthOf(inputs) },
    ipAddressType: text(inputs, 'ipAddressType') || 'ipv4',
    targetType: text(inputs, 'targetType') || 'instance',
    connectionTermination: flag(inputs, 'connectionTermination'),
    deregistrationDelay: number(inputs, 'deregistrationDelay') ?? 300,
    loadBalancerArns: [],
  }),
  dismiss({ id }, context) {
    if (other(context, LISTENER, undefined, ({ outputs }) => targetsOf(outputs).includes(id)))
      refuse('ResourceInUse', `Target group '${id}' is currently in use by a listener or a rule`);
  },
};

/** The target groups that a listener passes to. */
const targetsOf = (inputs: Values): string[] =>
  maps(inputs, 'defaultActions').flatMap((action) => [
    ...(text(action, 'targetGroupArn') ? [text(action, 'targetGroupArn')] : []),
    ...maps(action, 'forward')
      .flatMap((forward) => maps(forward, 'targetGroups'))
      .map((group) => text(group, 'arn')),
  ]);

/** What of targets a listener can speak to: of TLS that ends at the balancer, plain TCP too. */
const goTogether = (listener: string, target: string): boolean =>
  listener === target || (listener === 'TLS' && target === 'TCP') || (listener === 'UDP' && target === 'TCP_UDP');

function admitListener(inputs: Values, context: Context, current?: Resource): void {
  const balancerArn = text(inputs, 'loadBalancerArn');
  need(context, BALANCER, balancerArn, 'LoadBalancerNotFound', `Load balancer '${balancerArn}' not found`);
  const [protocol, port] = [text(inputs, 'protocol'), number(inputs, 'port')];
  if (!PROTOCOLS.includes(protocol))
    refuse('ValidationError', `Listener protocol '${protocol}' must be one of '${PROTOCOLS.join(', ')}'`);
  if (protocol === 'TLS' && !text(inputs, 'certificateArn'))
    refuse('ValidationError', 'A certificate must be specified for TLS listeners');
  const there = (one: Resource): boolean =>
    one.outputs['loadBalancerArn'] === balancerArn && one.outputs['port'] === port;
  if (other(context, LISTENER, current, there))
    refuse('DuplicateListener', `A listener already exists on this port for this load balancer '${balancerArn}'`);
  for (const id of targetsOf(inputs)) {
    const group = need(context, TARGET_GROUP, id, 'TargetGroupNotFound', `Target groups '${id}' not found`);
    const theirs = text(group.outputs, 'protocol');
    if (!goTogether(protocol, theirs))
      refuse(
        'IncompatibleProtocols',
        `The listener and its associated target group '${id}' have incompatible protocols: '${protocol}' and '${theirs}'`,
      );
    const elsewhere = (one: Resource): boolean =>
      one.outputs['loadBalancerArn'] !== balancerArn && targetsOf(one.outputs).includes(id);
    if (other(context, LISTENER, current, elsewhere))
      refuse(
        'TargetGroupAssociationLimit',
        `The following target groups cannot be associated with more than one load balancer: ${id}`,
      );
  }
}

const listener: Kind = {
  title: 'ELBv2 Listener',
  api: api('Listener'),
  check: (inputs) => checkRange(inputs, 'port', 1, 65_535),
  id: (inputs, { cloud }) =>
    `${text(inputs, 'loadBalancerArn').replace(':loadbalancer/', ':listener/')}/${hex(cloud.nextNumber(), 16)}`,
  admit: admitListener,
  outputs: (inputs, id) => ({ arn: id, protocol: text(inputs, 'protocol'), tcpIdleTimeoutSeconds: 350 }),
};

export const loadBalancerKinds: Readonly<Record<string, Kind>> = {
  [BALANCER]: loadBalancer,
  [TARGET_GROUP]: targetGroup,
  [LISTENER]: listener,
};
