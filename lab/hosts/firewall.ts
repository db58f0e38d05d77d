/** The rules of the lab's router, in nft's words: who may speak to whom, and whose address stands for whose. */

/** A rule of a security group, as EC2 has it. */
export interface GroupRule {
  readonly group: string;
  readonly direction: 'ingress' | 'egress';
  /** `-1` is every protocol. */
  readonly protocol: 'tcp' | 'udp' | 'icmp' | '-1';
  /** Ports, both ends inclusive; type and code of ICMP (-1 is any). Of no meaning for `-1`. */
  readonly from: number;
  readonly to: number;
  /** The other side: a network, or the members of a group. */
  readonly peer: { readonly cidr: string } | { readonly group: string };
}

/** A network interface that a host is plugged in with. */
export interface Plug {
  /** Its name in the router. */
  readonly port: string;
  readonly privateAddress: string;
  /** The Elastic IP that is associated with it. */
  readonly publicAddress: string | undefined;
  readonly groups: readonly string[];
}

export interface RouterRules {
  /** The router's interface towards this machine. */
  readonly uplink: string;
  /** Where this machine serves instance metadata and the AWS API. */
  readonly services: { readonly address: string; readonly metadataPort: number };
  readonly plugs: readonly Plug[];
  readonly rules: readonly GroupRule[];
}

const METADATA = '169.254.169.254';
/** Name of the router's table; it is replaced as a whole. */
const TABLE = 'ip council';

/**
 * All rules of the router. Security groups are asked as EC2 asks them: by the private address of the other side, after
 * the address translation of what came in, and never for answers.
 */
export function routerTable({ uplink, services, plugs, rules }: RouterRules): string {
  const published = plugs.flatMap(({ privateAddress, publicAddress }) =>
    publicAddress === undefined ? [] : [{ privateAddress, publicAddress }],
  );
  return `table ${TABLE} {}
delete table ${TABLE}
table ${TABLE} {
${chain('prerouting', 'type nat hook prerouting priority dstnat; policy accept;', [
  `ip daddr ${METADATA} tcp dport 80 dnat to ${services.address}:${services.metadataPort}`,
  ...published.map(({ privateAddress, publicAddress }) => `ip daddr ${publicAddress} dnat to ${privateAddress}`),
])}${chain('postrouting', 'type nat hook postrouting priority srcnat; policy accept;', [
  `ip daddr ${services.address} accept`,
  ...published.flatMap(({ privateAddress, publicAddress }) => [
    `ip saddr ${privateAddress} oifname "${uplink}" snat to ${publicAddress}`,
    `ip saddr ${privateAddress} ct status dnat snat to ${publicAddress}`,
  ]),
])}${chain('forward', 'type filter hook forward priority filter; policy drop;', [
  'ct state established,related accept',
  'ct state invalid drop',
  `ip daddr ${services.address} accept`,
  // From outside a host is reached by its public address alone.
  `iifname "${uplink}" ct status & dnat == 0 drop`,
  ...plugs.map(({ port }) => `iifname "${port}" jump from_${port}`),
  ...plugs.map(({ port }) => `oifname "${port}" jump to_${port}`),
  // Without a public address nothing leaves the VPC.
  ...published.map(({ privateAddress }) => `ip saddr ${privateAddress} oifname "${uplink}" accept`),
])}${plugs.map((plug) => groupChains(plug, plugs, rules)).join('')}}
`;
}

const chain = (name: string, hook: string, lines: readonly string[]): string =>
  `  chain ${name} {\n${[...(hook === '' ? [] : [hook]), ...lines].map((line) => `    ${line}\n`).join('')}  }\n`;

/** A host's own two chains: what it may send goes on to the receiver's, what it may receive is accepted. */
function groupChains(plug: Plug, plugs: readonly Plug[], rules: readonly GroupRule[]): string {
  const own = (direction: GroupRule['direction'], side: 'saddr' | 'daddr', verdict: string): string[] =>
    rules
      .filter((rule) => rule.direction === direction && plug.groups.includes(rule.group))
      .flatMap((rule) => matches(rule, side, plugs).map((match) => `${match}${verdict}`));
  return [
    chain(`from_${plug.port}`, '', [...own('egress', 'daddr', 'return'), 'counter drop']),
    chain(`to_${plug.port}`, '', [...own('ingress', 'saddr', 'accept'), 'counter drop']),
  ].join('');
}

/** One match a rule, none where it names a group that nobody is in. Each ends with a blank where it says anything. */
function matches(rule: GroupRule, side: 'saddr' | 'daddr', plugs: readonly Plug[]): string[] {
  const what = protocolMatch(rule);
  const { peer } = rule;
  if ('cidr' in peer) return [peer.cidr === '0.0.0.0/0' ? what : `ip ${side} ${peer.cidr} ${what}`];
  const members = plugs.filter(({ groups }) => groups.includes(peer.group)).map(({ privateAddress }) => privateAddress);
  return members.length === 0 ? [] : [`ip ${side} { ${members.join(', ')} } ${what}`];
}

function protocolMatch({ protocol, from, to }: GroupRule): string {
  if (protocol === '-1') return '';
  if (protocol === 'icmp') {
    if (from < 0) return 'ip protocol icmp ';
    return `icmp type ${from} ${to < 0 ? '' : `icmp code ${to} `}`;
  }
  return `${protocol} dport ${from === to ? from : `${from}-${to}`} `;
}
