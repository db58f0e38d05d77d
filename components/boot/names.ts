import type { HostRole } from '../hosts.ts';
import type { BootValues } from './values.ts';

/** Our configuration on a host. */
export const CONFIG = '/etc/guardian-council';
/** Where `council-secrets` puts what it reads: `<owner>/<file>`, mode 0600. */
export const SECRETS = `${CONFIG}/secrets`;
/** Releases by their SHA-256, and the link `current`. */
export const RELEASES = '/opt/guardian-council';
/** State of our services: registry, keys, logs. */
export const STATE = '/var/lib/guardian-council';
/** The user that our services run as. */
export const SERVICE_USER = 'council';

/** The addresses of this host. */
export const own = (values: BootValues): { readonly private: string; readonly public: string } =>
  values.addresses[values.role];

/** The name that browsers reach a host by: below the council's domain, or its public address where there is none. */
export const siteName = ({ domain, addresses }: BootValues, role: HostRole): string =>
  domain === undefined ? addresses[role].public : `${role}.${domain}`;
