import type { Input } from '@pulumi/pulumi';
import { HOST_ROLES, type HostRole, type PerHost, perHost } from '../hosts.ts';
import { PORTS } from '../network/index.ts';

/** Below the domain. */
const LABELS: PerHost<string> = {
  'gatekeeper-primary': 'gk1',
  'gatekeeper-secondary': 'gk2',
  mcu: 'mcu',
  'sip-gateway': 'sip',
  monitoring: 'monitoring',
};

/** Of the gateway's address record. */
export const GATEWAY_KEY = LABELS['sip-gateway'];

/** Of what tells terminals where the gatekeepers are: a change is known to all within a minute. Seconds. */
const FAILOVER_TTL = 60;
/** Of all else, seconds. */
const STEADY_TTL = 300;

/** SRV priorities (RFC 2782): clients try the lowest that answers. */
const PRIMARY = 10;
const SECONDARY = 20;

/** The longest owner name is 12 characters and a dot longer than the domain (`_h323ls._udp`), and 253 is the limit. */
const LONGEST_DOMAIN = 240;

const LABEL = /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/;

/** What the records are made of. */
export interface ZoneContents {
  /** The council's domain: lower case, no dot at its end, two labels at least, 240 characters at most. */
  readonly domain: string;
  /** Public IPv4 addresses. */
  readonly addresses: PerHost<Input<string>>;
  /** Hosts whose address is somebody else's record. */
  readonly without?: readonly HostRole[];
  /** UDP. */
  readonly primaryRasPort: number;
  /** UDP. */
  readonly secondaryRasPort: number;
}

/** A record set in Route 53's own format. */
export interface DnsRecord {
  /** Unique among the records, without the domain: names the resource. */
  readonly key: string;
  /** Owner, fully qualified, without the dot at its end. */
  readonly name: string;
  readonly type: 'A' | 'NAPTR' | 'SRV';
  /** Seconds. */
  readonly ttl: number;
  readonly records: readonly Input<string>[];
}

/**
 * The hosts' names: gk1, gk2, mcu, sip and monitoring below the domain.
 * @throws RangeError for a domain that is not as `ZoneContents` says. Route 53 would take one with a dot or in upper
 *   case, but would report it changed, and certificates and configuration would differ from it by letters.
 */
export function hostNames(domain: string): PerHost<string> {
  const labels = domain.split('.');
  const topLevel = labels.at(-1) ?? '';
  const wellFormed = labels.length > 1 && labels.every((label) => LABEL.test(label)) && !/^[0-9]+$/.test(topLevel);
  if (!wellFormed || domain.length > LONGEST_DOMAIN)
    throw new RangeError(
      `the domain '${domain}' is not allowed: write it in lower case, without a dot at its end, as in council.example.org`,
    );
  return perHost((role) => `${LABELS[role]}.${domain}`);
}

/**
 * All records of a council: an address for each host, how terminals find gatekeepers and callers the call signalling
 * (H.323 Annex O), and how SIP callers find the gateway (RFC 3263).
 * @throws RangeError as `hostNames` does
 */
export function dnsRecords({
  domain,
  addresses,
  without = [],
  primaryRasPort,
  secondaryRasPort,
}: ZoneContents): DnsRecord[] {
  const names = hostNames(domain);
  const srv = (service: string, ttl: number, records: string[]): DnsRecord => ({
    key: service.replaceAll('_', '').replace('.', '-'),
    name: `${service}.${domain}`,
    type: 'SRV',
    ttl,
    records,
  });
  // One target a priority, so the weight chooses nothing: 0, as RFC 2782 says.
  const target = (priority: number, port: number, role: keyof typeof names): string =>
    `${priority} 0 ${port} ${names[role]}.`;
  const gatekeepers = (service: string, primaryPort: number, secondaryPort: number): DnsRecord =>
    srv(service, FAILOVER_TTL, [
      target(PRIMARY, primaryPort, 'gatekeeper-primary'),
      target(SECONDARY, secondaryPort, 'gatekeeper-secondary'),
    ]);
  const gateway = (service: string, port: number): DnsRecord =>
    srv(service, STEADY_TTL, [target(PRIMARY, port, 'sip-gateway')]);

  return [
    ...HOST_ROLES.filter((role) => !without.includes(role)).map((role): DnsRecord => {
      const ttl = role === 'gatekeeper-primary' || role === 'gatekeeper-secondary' ? FAILOVER_TTL : STEADY_TTL;
      return { key: LABELS[role], name: names[role], type: 'A', ttl, records: [addresses[role]] };
    }),
    // Location (LRQ), registration (GRQ, RRQ), call signalling.
    gatekeepers('_h323ls._udp', primaryRasPort, secondaryRasPort),
    gatekeepers('_h323rs._udp', primaryRasPort, secondaryRasPort),
    gatekeepers('_h323cs._tcp', PORTS.callSignalling, PORTS.callSignalling),
    gateway('_sip._udp', PORTS.sip),
    gateway('_sip._tcp', PORTS.sip),
    gateway('_sips._tcp', PORTS.sipTls),
    {
      key: 'naptr',
      name: domain,
      type: 'NAPTR',
      ttl: STEADY_TTL,
      // The order binds (RFC 3403 clause 4.1): TLS first, then TCP, UDP where a caller has nothing better.
      records: [
        `10 50 "s" "SIPS+D2T" "" _sips._tcp.${domain}.`,
        `20 50 "s" "SIP+D2T" "" _sip._tcp.${domain}.`,
        `30 50 "s" "SIP+D2U" "" _sip._udp.${domain}.`,
      ],
    },
  ];
}
