import type { HostRole } from '../hosts.ts';
import type { BootValues } from './values.ts';

/** Our configuration on a host. */
export const CONFIG = '/etc/guardian-council';
/**
 * Where `council-secrets` puts what it reads: `<owner>/<file>`, mode 0600, for the owner's user alone. A host has only
 * the owners whose services it runs.
 *
 * - `etcd/ca.crt`, `etcd/member.crt`, `etcd/member.key`: a voter's own certificate, for members and clients alike, with
 *   its private address in it
 * - `gatekeeper/gatekeeper.key`: what answers are signed with; the same on both gatekeepers, which are one zone
 * - `gatekeeper/gatekeeper.pub`: from the first rotation of that key on, the public keys that terminals are to know
 * - `gatekeeper/etcd-ca.crt`, `gatekeeper/etcd-client.crt`, `gatekeeper/etcd-client.key`: the same authority, and a
 *   client certificate of it for the gatekeeper, whose user cannot read what is `etcd`'s
 * - `grafana/`, `alertmanager/`, `root/`, `jitsi/`: what the compose files mount or read
 */
export const SECRETS = `${CONFIG}/secrets`;
/** Releases by their SHA-256, and the link `current`. */
export const RELEASES = '/opt/guardian-council';
/** State of our services: registry, keys, logs. */
export const STATE = '/var/lib/guardian-council';
/** Files of which node exporter makes metrics, `*.prom`. */
export const METRICS = '/var/lib/prometheus/node-exporter';
/** The user that our services run as. */
export const SERVICE_USER = 'council';

/** The identifier of a stack's zone where its configuration names none. */
export const zoneName = (stack: string): string => `guardian-council-${stack}`;

/** The addresses of this host. */
export const own = (values: BootValues): { readonly private: string; readonly public: string } =>
  values.addresses[values.role];

/** The name that browsers reach a host by: below the council's domain, or its public address where there is none. */
export const siteName = ({ domain, addresses }: BootValues, role: HostRole): string =>
  domain === undefined ? addresses[role].public : `${role}.${domain}`;
