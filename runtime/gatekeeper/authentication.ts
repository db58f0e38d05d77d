import type { Registry, TerminalRecord } from '../config/index.ts';
import type { SignedToken } from '../h225/index.ts';
import type { EpochMilliseconds } from '../units.ts';

/** Why a signature was not even verified. */
export type TokenFault =
  | 'no signature'
  | 'malformed token'
  | 'signed for another gatekeeper'
  | 'stale timestamp'
  | 'unknown terminal'
  | 'replay'
  | 'wrong signature';

/** What makes a signed request unlike every other: its sender's name, timestamp and random. */
export const nonceOf = ({ sendersID, timeStamp, random }: SignedToken): string => `${timeStamp} ${random} ${sendersID}`;

/**
 * Looks at a token before its signature is verified, which is what costs: whom it is for, whether it is fresh, and
 * whether the registry knows its sender.
 */
export function inspectToken(
  { generalID, sendersID, timeStamp }: SignedToken,
  context: {
    readonly gatekeeperId: string;
    /** Seconds a timestamp may be off. */
    readonly freshness: number;
    readonly registry: Registry;
    readonly now: EpochMilliseconds;
  },
): TerminalRecord | TokenFault {
  if (generalID !== context.gatekeeperId) return 'signed for another gatekeeper';
  if (Math.abs(context.now / 1000 - timeStamp) > context.freshness) return 'stale timestamp';
  return context.registry.terminals.get(sendersID) ?? 'unknown terminal';
}
