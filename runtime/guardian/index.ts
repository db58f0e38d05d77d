/** An H.323 terminal's RAS side that signs: the other end of the gatekeeper's wire. */

export type { AdmissionArgs, CallHandle } from './call-table.ts';
export { MOST_CALLS } from './call-table.ts';
export { GuardianError, type GuardianFault } from './errors.ts';
export type { Exchange, GuardianEffect, GuardianEvent, Refusal, RequestTag } from './events.ts';
export { DATAGRAM_FAULTS, type DatagramFault } from './faults.ts';
export type { GuardianSettings, TrustedGatekeeper } from './settings.ts';
export { GuardianTerminal, type Phase } from './terminal.ts';
export { DEFAULT_TIMERS, type GuardianTimers } from './timers.ts';
export { type GuardianDeps, MOST_OUTSTANDING } from './wire.ts';
