import { LOOPBACK_PORTS, type PortRule, portPlan } from '../../components/network/index.ts';
import { byUrn, sourceOf } from '../graph.ts';
import { type Finding, labelOf, type StackPolicy, type StackResource } from '../policy.ts';
import { SECURITY_GROUP } from '../types.ts';
import { listOf, textOf, UNKNOWN, type Value } from '../values.ts';

const RULE = 'aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule';
const OLD_RULE = 'aws:ec2/securityGroupRule:SecurityGroupRule';
const DEFAULT_GROUP = 'aws:ec2/defaultSecurityGroup:DefaultSecurityGroup';

/** Networks with shorter prefixes are the world's, or so large a part of it that who is in there says nothing. */
const SHORTEST_PREFIX = { v4: 8, v6: 16 } as const;

const FIRST_RAS_PORT = 1024;

/** The port plan with the default ports for RAS; other ones that a stack chooses are told apart below. */
const PLAN: readonly PortRule[] = portPlan({ primaryRasPort: 1719, secondaryRasPort: 1720 });

/** Ports of people who administer machines, which the port plan does not have at all. */
const ADMINISTRATION: readonly number[] = [22, 23, 111, 135, 139, 445, 2049, 3306, 3389, 5432, 5900, 5985, 6379, 9200];

/** Ports that are open to nobody in the world on any host, whatever else is: administration, and what is inner or loopback. */
const NEVER: ReadonlySet<number> = new Set([
  ...ADMINISTRATION,
  ...LOOPBACK_PORTS.map(({ port }) => port),
  ...PLAN.filter(({ sources, protocol, from, to }) => !sources.includes('world') && protocol === 'tcp' && from === to)
    .map(({ from }) => from)
    .filter((port) => !PLAN.some((rule) => rule.sources.includes('world') && rule.from <= port && port <= rule.to)),
]);

interface Opening {
  readonly protocol: string;
  readonly from: number;
  readonly to: number;
}

/** Whether a network is the world, by its prefix. */
function isWorld(cidr: string): boolean {
  const prefix = Number(cidr.split('/')[1] ?? Number.NaN);
  return prefix < (cidr.includes(':') ? SHORTEST_PREFIX.v6 : SHORTEST_PREFIX.v4);
}

const isWithin = ({ from, to }: Opening, rule: Pick<PortRule, 'from' | 'to'>): boolean =>
  rule.from <= from && to <= rule.to;

/** RAS has whatever UDP port the stack's configuration says, one at a time. */
const isChosenRasPort = (host: string, { protocol, from, to }: Opening): boolean =>
  host.startsWith('gatekeeper-') && protocol === 'udp' && from === to && from >= FIRST_RAS_PORT && !NEVER.has(from);

const isPlanned = (host: string, opening: Opening): boolean =>
  isChosenRasPort(host, opening) ||
  PLAN.some(
    (rule) =>
      rule.host === host &&
      rule.sources.includes('world') &&
      rule.protocol === opening.protocol &&
      isWithin(opening, rule),
  );

function textOfOpening({ protocol, from, to }: Opening): string {
  if (protocol === '-1') return 'every port';
  return from === to ? `port ${from}/${protocol}` : `ports ${from}-${to}/${protocol}`;
}

const numberOf = (value: Value | undefined, otherwise: number): number =>
  typeof value === 'number' ? value : otherwise;

function ruleProblems(rule: StackResource, host: string): string[] {
  const { props } = rule;
  const label = labelOf(rule);
  if (textOf(props['prefixListId']) !== '')
    return [`${label} opens ports to a prefix list, whose networks nobody sees here: name networks instead`];
  const worlds = ['cidrIpv4', 'cidrIpv6']
    .map((key) => textOf(props[key]))
    .filter((cidr) => cidr !== '' && isWorld(cidr));
  const opening: Opening = {
    protocol: textOf(props['ipProtocol']),
    from: numberOf(props['fromPort'], 0),
    to: numberOf(props['toPort'], 65_535),
  };
  return worlds.flatMap((cidr) => {
    const closed = [...NEVER].filter(
      (port) => opening.protocol !== 'udp' && isWithin({ ...opening, from: port, to: port }, opening),
    );
    const what = `${label} opens ${textOfOpening(opening)} to the world (${cidr})`;
    if (isPlanned(host, opening)) return [];
    if (closed.length > 0 && closed.length <= 3)
      return [
        `${what}, and ${closed.join(', ')} ${closed.length === 1 ? 'is' : 'are'} never open to it: take the rule out, or name who may`,
      ];
    return [`${what}, and the port plan does not open it on ${host}: take the rule out, or put it into the port plan`];
  });
}

/** Rules inside of a group, and of the kind that belongs to it, would be beside the port plan. */
function inlineProblems(resource: StackResource): string[] {
  const inline = listOf(resource.props['ingress']).filter((rule) => rule !== UNKNOWN);
  if (inline.length === 0) return [];
  return [
    `${labelOf(resource)} has ingress rules of its own: make each a SecurityGroupIngressRule, from the port plan`,
  ];
}

/** What is open to the world is what the port plan opens to it, host by host. */
export const openPorts: StackPolicy = {
  name: 'open-ports',
  description: 'Only ports that the port plan opens to the world are open to it; those of administration never are.',
  level: 'mandatory',
  types: [RULE, OLD_RULE, SECURITY_GROUP, DEFAULT_GROUP],
  checkStack: (resources) => {
    const all = byUrn(resources);
    return resources.flatMap((resource): Finding[] => {
      const found = (problems: readonly string[]): Finding[] =>
        problems.map((message) => ({ urn: resource.urn, message }));
      if (resource.type === RULE) {
        const group = sourceOf(all, resource, 'securityGroupId', SECURITY_GROUP);
        return found(ruleProblems(resource, group?.name ?? 'no host'));
      }
      if (resource.type === OLD_RULE && resource.props['type'] !== 'egress')
        return found([
          `${labelOf(resource)} is a rule of the old kind: make it a SecurityGroupIngressRule, from the port plan`,
        ]);
      return resource.type === SECURITY_GROUP || resource.type === DEFAULT_GROUP ? found(inlineProblems(resource)) : [];
    });
  },
};
