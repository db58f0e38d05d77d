import { HOST_ROLES } from '../hosts.ts';
import type { LoopbackPort, PortRule, PortSource } from '../network/index.ts';

const NOTE =
  '<!-- Written by `npm run plan:update` from components/network/port-plan.ts, with the ports that Pulumi.prod.yaml ' +
  'chooses. -->';

/**
 * docs/ports.md: every port that is open to anything, to whom and why, by host, and the ports that answer on their own
 * host alone.
 */
export function portsMarkdown(rules: readonly PortRule[], loopback: readonly LoopbackPort[]): string {
  const hosts = HOST_ROLES.map((host) => {
    const rows = rules.filter((rule) => rule.host === host).map(ruleRow);
    return `## ${host}\n\n${markdownTable(['Port', 'Service', 'Open to', 'Why'], rows)}`;
  });
  const own = loopback.map(({ host, protocol, port, service }) => [host, `${port}/${protocol}`, service]);
  return [
    '# Open ports\n',
    NOTE,
    '\nSecurity groups and the firewalls of the hosts are made from the same table. Nothing else is open.\n',
    ...hosts,
    '## On loopback alone\n',
    'No rule opens these; they are reached from their own host, or through the proxy in front of them.\n',
    markdownTable(['Host', 'Port', 'Service'], own),
  ].join('\n');
}

const ruleRow = (rule: PortRule): string[] => [
  portText(rule),
  rule.service,
  rule.sources.map(sourceText).join(', '),
  rule.why,
];

function portText({ protocol, from, to }: PortRule): string {
  if (protocol === 'icmp') return `ICMP type ${from}, code ${to}`;
  return `${from === to ? from : `${from}-${to}`}/${protocol}`;
}

function sourceText(source: PortSource): string {
  if (source === 'world') return 'the world';
  return source === 'admin' ? 'networks of administrators' : source;
}

function markdownTable(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |\n`;
  return `${line(head)}|${'---|'.repeat(head.length)}\n${rows.map(line).join('')}`;
}
