import type { SocketAddress } from '../h225/index.ts';
import type { StateChange } from './journal.ts';
import type { AnsweredRecord } from './replica-records.ts';

/** A line for the witness log: a message that came or goes, without anything personal or secret. */
export interface RasEvent {
  /** The operators' abbreviation: ARQ, ACF, ARJ, … */
  readonly msgType: string;
  /** It stands for an answer, which leaves only if what it says could be kept. */
  readonly answers?: boolean;
  readonly seq?: number | undefined;
  readonly peer: SocketAddress;
  /** A terminal of the registry; for a request that is not authentic, the one it claims to be. */
  readonly terminalId?: string | undefined;
  /** The endpoint's serial number, never its identifier. */
  readonly endpoint?: number | undefined;
  /** callIdentifier, as octets. */
  readonly callId?: Uint8Array | undefined;
  /** Asked for in a request, granted in an answer; in units of 100 bit/s, both directions. */
  readonly bandwidth?: number | undefined;
  /** A reject's standard reason. */
  readonly reason?: string | undefined;
  /** The policy that refused. */
  readonly policy?: string | undefined;
  /** One of a fixed set of short texts. */
  readonly detail?: string | undefined;
  /** An answer given before, or the request for it again. */
  readonly retransmission?: boolean | undefined;
  readonly count?: number | undefined;
}

/**
 * What the gatekeeper asks of its driver. They are carried out in order: a line before the answer it stands for, and
 * neither before the zone's store has the changes that were asked to be committed before it.
 */
export type Effect =
  | { readonly kind: 'witness'; readonly event: RasEvent }
  /** `ticket` is that of the verdict which is answered. */
  | {
      readonly kind: 'send';
      readonly octets: Uint8Array;
      readonly to: SocketAddress;
      readonly ticket?: number | undefined;
    }
  | { readonly kind: 'commit'; readonly changes: readonly StateChange[]; readonly answered?: AnsweredRecord }
  /** Verify and report with `verified(ticket, …)`. */
  | {
      readonly kind: 'verify';
      readonly ticket: number;
      readonly publicKey: Uint8Array;
      readonly octets: Uint8Array;
      readonly signature: Uint8Array;
    };
