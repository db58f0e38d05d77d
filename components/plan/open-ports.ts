import Table from 'cli-table3';
import { compareTexts, type PlannedResource, type PlannedValue } from './plan.ts';

/** Something that one source may reach, as a rule of a security group lets it. */
export interface OpenPort {
  /** A network in CIDR notation, or what names the group of the other end: a host. */
  readonly source: string;
  readonly sourceKind: 'network' | 'group';
  /** Whose group it is. */
  readonly host: string;
  /** `tcp`, `udp`, `icmp`, `all`. */
  readonly protocol: string;
  /** `1719`, `10000-20000`, or what ICMP has in their place. */
  readonly ports: string;
  readonly description: string;
}

const RULE = 'aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule';

/** All that is open to all networks; the widest source comes first. */
export const WORLD: readonly string[] = ['0.0.0.0/0', '::/0'];

const KINDS = ['network', 'group'] as const;

/** What a plan's security groups let in, by source, then by host and port. */
export const openPorts = (resources: readonly PlannedResource[]): readonly OpenPort[] =>
  resources
    .filter(({ type }) => type === RULE)
    .map(({ inputs }) => ({ rule: inputs, port: portOf(inputs) }))
    .sort(
      (a, b) =>
        Number(isWorld(b.port)) - Number(isWorld(a.port)) ||
        KINDS.indexOf(a.port.sourceKind) - KINDS.indexOf(b.port.sourceKind) ||
        compareTexts(a.port.source, b.port.source) ||
        compareTexts(a.port.host, b.port.host) ||
        compareTexts(a.port.protocol, b.port.protocol) ||
        numberOf(a.rule['fromPort']) - numberOf(b.rule['fromPort']) ||
        numberOf(a.rule['toPort']) - numberOf(b.rule['toPort']),
    )
    .map(({ port }) => port);

export const isWorld = ({ source }: OpenPort): boolean => WORLD.includes(source);

function portOf(rule: PlannedResource['inputs']): OpenPort {
  const group = rule['referencedSecurityGroupId'];
  const network = rule['cidrIpv4'] ?? rule['cidrIpv6'] ?? rule['prefixListId'];
  return {
    ...(group === undefined
      ? { source: textOf(network), sourceKind: 'network' }
      : { source: groupName(group), sourceKind: 'group' }),
    host: groupName(rule['securityGroupId']),
    protocol: rule['ipProtocol'] === '-1' ? 'all' : textOf(rule['ipProtocol']),
    ports: portsOf(rule),
    description: textOf(rule['description']),
  };
}

function portsOf({ ipProtocol, fromPort, toPort }: PlannedResource['inputs']): string {
  if (ipProtocol === '-1') return 'all';
  const [from, to] = [textOf(fromPort), textOf(toPort)];
  if (textOf(ipProtocol).startsWith('icmp')) return `type ${from} code ${to}`;
  return from === to ? from : `${from}-${to}`;
}

/** The name of a group in the program, of what stands for its id. */
const groupName = (id: PlannedValue | undefined): string => textOf(id).replace(/^<(?:SecurityGroup )?(.*)\.id>$/, '$1');

const textOf = (value: PlannedValue | undefined): string =>
  value === undefined || value === null ? '' : String(value);

const numberOf = (value: PlannedValue | undefined): number => (typeof value === 'number' ? value : -1);

const sourceText = (port: OpenPort): string => (isWorld(port) ? `the world (${port.source})` : port.source);

/** Characters of the last column; the others are as wide as they need to be. */
const WIDEST = 60;

/** A table of what is open, by source. */
export function openPortsText(resources: readonly PlannedResource[]): string {
  const ports = openPorts(resources);
  if (ports.length === 0) return 'No port is open.\n';
  const table = new Table({
    head: ['Source', 'Host', 'Protocol', 'Ports', 'What'],
    style: { head: [], border: [], compact: true },
    colWidths: [null, null, null, null, WIDEST],
    wordWrap: true,
  });
  for (const [at, port] of ports.entries()) {
    const before = ports[at - 1];
    const isSame = before?.source === port.source;
    table.push([
      isSame ? '' : sourceText(port),
      isSame && before?.host === port.host ? '' : port.host,
      port.protocol,
      port.ports,
      port.description,
    ]);
  }
  return `${table.toString()}\n`;
}
