import type { Gate } from './facts.ts';

/** The council holds so many sessions at once, and so does each machine of it. */
export const capacity: Gate = ({ terminal, sessions, councilSessions, councilLimit }) =>
  councilSessions >= councilLimit || (terminal !== undefined && sessions >= terminal.maxSessions)
    ? { policy: 'CAPACITY_EXCEEDED', reason: 'resourceUnavailable' }
    : undefined;
