/** The gatekeeper's machine (H.323 clause 6.4): registration, admission, bandwidth, disengage. */

export type { AlternateGatekeeper, GatekeeperConfig } from './config.ts';
export type { Effect, RasEvent } from './effects.ts';
export { Gatekeeper, type GatekeeperSecrets } from './gatekeeper.ts';
export type { StateChange } from './journal.ts';
export type { Endpoint } from './model.ts';
export { ANSWERS, type AnsweredRecord, answersRecord, legRecord } from './replica-records.ts';
export type { GatekeeperRole } from './role.ts';
export { DROP_REASONS, type DropReason, type GatekeeperStatistics, newStatistics } from './statistics.ts';
