import type { Gate } from './facts.ts';

/** A guardian is in one session at a time. */
export const antiSybil: Gate = ({ terminal, sessions }) =>
  terminal !== undefined && terminal.kind !== 'infrastructure' && sessions >= terminal.maxSessions
    ? { policy: 'SYBIL_DUPLICATE', reason: 'invalidPermission' }
    : undefined;
