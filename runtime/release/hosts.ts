/** Hosts that run the release, in the order in which they get one: the standby's usual place first. */
export const RELEASE_ROLES = ['gatekeeper-secondary', 'gatekeeper-primary', 'mcu', 'sip-gateway'] as const;

export type ReleaseRole = (typeof RELEASE_ROLES)[number];

export const isReleaseRole = (text: string): text is ReleaseRole => RELEASE_ROLES.some((role) => role === text);

/** Hosts whose etcd votes, by the names of its members. */
export const VOTERS = ['gatekeeper-secondary', 'gatekeeper-primary', 'monitoring'] as const;

export type Voter = (typeof VOTERS)[number];

export const isVoter = (text: string): text is Voter => VOTERS.some((voter) => voter === text);

/** The unit that is what the host is for. */
export const unitOf = (role: ReleaseRole): string => `h323-${role}.service`;

export type GatekeeperRole = 'gatekeeper-primary' | 'gatekeeper-secondary';

export const isGatekeeper = (text: string): text is GatekeeperRole =>
  text === 'gatekeeper-primary' || text === 'gatekeeper-secondary';

/** The other gatekeeper of the pair. */
export const otherGatekeeper = (role: GatekeeperRole): GatekeeperRole =>
  role === 'gatekeeper-primary' ? 'gatekeeper-secondary' : 'gatekeeper-primary';

/** The same, and nobody for a host that is no gatekeeper. */
export const partnerOf = (role: ReleaseRole): GatekeeperRole | undefined =>
  isGatekeeper(role) ? otherGatekeeper(role) : undefined;

/**
 * Seconds that calls get to end before a host's service is restarted. Gatekeepers need none: a leader hands over when it
 * stops, and calls live on without it.
 */
export const drainTime = (role: ReleaseRole): number => (partnerOf(role) === undefined ? 1800 : 0);
