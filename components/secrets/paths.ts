import type { HostRole } from '../hosts.ts';

/** SSM path below which a host's own secrets are, as `<owner>/<file>`; no other host may read there. */
export const secretsPath = (stack: string, role: HostRole): string => `/guardian-council/${stack}/secrets/${role}`;

/** SSM path of what certificates are made with; no host may read there. */
export const pkiPath = (stack: string): string => `/guardian-council/${stack}/pki`;
