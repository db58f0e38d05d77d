/** The gatekeeper's machine (H.323 clause 6.4): registration, admission, bandwidth, disengage. */

export type { AlternateGatekeeper, GatekeeperConfig } from './config.ts';
export type { Effect, RasEvent } from './effects.ts';
export { Gatekeeper, type GatekeeperSecrets } from './gatekeeper.ts';
export type { Endpoint } from './model.ts';
export { DROP_REASONS, type DropReason, type GatekeeperStatistics, newStatistics } from './statistics.ts';
