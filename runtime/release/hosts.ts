/** Hosts that run the release, in the order in which they get one: the standby's usual place first. */
export const RELEASE_ROLES = ['gatekeeper-secondary', 'gatekeeper-primary', 'mcu', 'sip-gateway'] as const;

export type ReleaseRole = (typeof RELEASE_ROLES)[number];

export const isReleaseRole = (text: string): text is ReleaseRole => RELEASE_ROLES.some((role) => role === text);

/** The unit that is what the host is for. */
export const unitOf = (role: ReleaseRole): string => `h323-${role}.service`;

/** The other gatekeeper of the pair. */
export function partnerOf(role: ReleaseRole): ReleaseRole | undefined {
  if (role === 'gatekeeper-primary') return 'gatekeeper-secondary';
  return role === 'gatekeeper-secondary' ? 'gatekeeper-primary' : undefined;
}

/**
 * Seconds that calls get to end before a host's service is restarted. Gatekeepers need none: a leader hands over when it
 * stops, and calls live on without it.
 */
export const drainTime = (role: ReleaseRole): number => (partnerOf(role) === undefined ? 1800 : 0);
