/** The machines of a stack. Both gatekeepers are hosts of their own, never in one availability zone. */
export const HOST_ROLES = ['gatekeeper-primary', 'gatekeeper-secondary', 'mcu', 'sip-gateway', 'monitoring'] as const;

export type HostRole = (typeof HOST_ROLES)[number];

/** The members of the etcd quorum. */
export const VOTERS: readonly HostRole[] = ['gatekeeper-primary', 'gatekeeper-secondary', 'monitoring'];

/** Something for each of the three availability zones. */
export type Triple<T> = readonly [T, T, T];

/** Something for every host. */
export type PerHost<T> = Readonly<Record<HostRole, T>>;

/** Makes something for every host. */
export function perHost<T>(make: (role: HostRole) => T): PerHost<T> {
  return {
    'gatekeeper-primary': make('gatekeeper-primary'),
    'gatekeeper-secondary': make('gatekeeper-secondary'),
    mcu: make('mcu'),
    'sip-gateway': make('sip-gateway'),
    monitoring: make('monitoring'),
  };
}
