import type { TerminalRecord } from '../config/index.ts';
import type { RasMessage, SocketAddress } from '../h225/index.ts';
import type { ClearToken } from '../h235/index.ts';
import type { Instant } from '../units.ts';
import type { RasEvent } from './effects.ts';

/** The tokens of a signed message; `undefined` for an unsigned one. */
export type Tokens = readonly ClearToken[] | undefined;

/** A message to be sent, and what the log says of it. */
export interface Answer {
  message(tokens: Tokens): RasMessage;
  readonly event?: Omit<RasEvent, 'msgType' | 'seq' | 'peer'>;
}

/** Who sent a request. */
export interface Caller {
  readonly from: SocketAddress;
  /** Whose signature the request bears; `undefined` for an unsigned one, which only the lab policy lets through. */
  readonly terminal: TerminalRecord | undefined;
  readonly now: Instant;
  /** A keep-alive from elsewhere moves the registration there. */
  readonly mayMove: boolean;
}

export const NULL_REASON = <K extends string>(kind: K): { readonly kind: K; readonly value: null } => ({
  kind,
  value: null,
});
