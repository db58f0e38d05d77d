import { HOST_ROLES } from '../hosts.ts';
import type { PortRule } from '../network/index.ts';
import type { BootPart } from './part.ts';
import type { BootValues } from './values.ts';

/**
 * The host's own firewall: what the port plan opens on this host, to whom it says, and nothing else. Ports of containers
 * are rewritten before the input chain could see them, so the forward chain asks for the port that the sender chose.
 * A table of our own is replaced; Docker's tables stay.
 */
export function nftables(values: BootValues): string {
  const rules = values.ports.filter(({ host }) => host === values.role);
  const inputs = rules.flatMap((rule) => ruleLines(rule, values, ''));
  const forwards = forwardsToContainers(values)
    ? [
        METADATA,
        'ct state established,related accept',
        FROM_CONTAINERS,
        ...rules.flatMap((rule) => ruleLines(rule, values, 'ct status dnat ')),
      ]
    : [];
  return `table inet council
delete table inet council
table inet council {
  chain input {
    type filter hook input priority filter; policy drop;
    ct state established,related accept
    ct state invalid drop
    iif lo accept
${indented(inputs)}  }
  chain forward {
    type filter hook forward priority filter; policy drop;
${indented(forwards)}  }
  chain output {
    type filter hook output priority filter;
    ${METADATA.replace(' drop', ' meta skuid != 0 drop')}
  }
${ownAddresses(values)}}
`;
}

/**
 * While the public addresses still lead to the stack that they are borrowed from, whoever tries this one out from one of
 * its hosts has to reach this one by them.
 */
function ownAddresses({ borrowsAddresses, addresses }: BootValues): string {
  if (!borrowsAddresses) return '';
  const lines = HOST_ROLES.map((role) => addresses[role]).map(
    (address) => `ip daddr ${address.public} dnat ip to ${address.private}`,
  );
  return `  chain own {
    type nat hook output priority -100;
${indented(lines)}  }
`;
}

/** Credentials of the instance are none of a container's business. */
const METADATA = 'ip daddr 169.254.169.254 drop';
const FROM_CONTAINERS = 'iifname { "docker0", "br-*" } accept';

const indented = (lines: readonly string[]): string => lines.map((line) => `    ${line}\n`).join('');

/** Containers of the monitoring host share its network; only those of the MCU have one of their own. */
const forwardsToContainers = ({ role }: BootValues): boolean => role === 'mcu';

/** One line for all sources with an address, one for the world; none where a rule names nobody. */
function ruleLines(rule: PortRule, values: BootValues, condition: string): string[] {
  const { protocol, from, to, service } = rule;
  if (protocol === 'icmp' && condition !== '') return [];
  const ports = from === to ? `${from}` : `${from}-${to}`;
  const match =
    protocol === 'icmp'
      ? `icmp type ${from} icmp code ${to}`
      : condition === ''
        ? `${protocol} dport ${ports}`
        : `meta l4proto ${protocol} ct original proto-dst ${ports}`;
  const accept = (source: string): string => `${condition}${source}${match} accept comment "${service}"`;
  if (rule.sources.includes('world')) return [accept('')];
  const sources = rule.sources.flatMap((source) => {
    if (source === 'world') return [];
    return source === 'admin' ? values.adminCidrs : [values.addresses[source].private];
  });
  return sources.length === 0 ? [] : [accept(`ip saddr { ${sources.join(', ')} } `)];
}

export const firewallPart = (values: BootValues): BootPart => ({
  packages: ['nftables'],
  files: [{ path: '/etc/nftables.conf', content: nftables(values), permissions: '0600' }],
});
