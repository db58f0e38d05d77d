import { POLICY_CODES, type PolicyCode, RAS_TAGS, type RasMessageKind, type RasTag } from '../h225/index.ts';

/** Why a datagram got no answer. */
export const DROP_REASONS = [
  /** No RAS message. */
  'malformed',
  /** An answer or an indication that nobody waits for, or one that is not understood and too long to give back. */
  'not_a_request',
  /** Too many signatures wait to be verified. */
  'verify_queue_full',
  /** The replay memory is full; admitting more would let a replay through. */
  'replay_memory_full',
  /** More unauthentic datagrams this second than are answered and witnessed. */
  'suppressed',
  /** The audit log cannot be written: nothing is decided that cannot be witnessed. */
  'witness_unwritable',
  /** A mistake of this program, which one datagram brought to light; the log has it. */
  'internal_error',
  /** The same request again, while its answer is being worked on. */
  'already_pending',
  /** Nobody led the zone for too long, or too many came while nobody did. */
  'no_leader',
  /** Its answer could not be kept by the zone's store: another gatekeeper leads now. */
  'uncommitted',
] as const;
export type DropReason = (typeof DROP_REASONS)[number];

/**
 * Plain counters, incremented on the path of every datagram and read at scrape time: they cost an addition each.
 */
export interface GatekeeperStatistics {
  readonly received: Record<RasTag, number>;
  readonly sent: Record<RasTag, number>;
  readonly refused: Record<PolicyCode, number>;
  readonly dropped: Record<DropReason, number>;
  /** Requests answered from the response cache. */
  retransmissions: number;
  /** Captured requests sent again by somebody, refused. */
  replays: number;
  /** Calls admitted since start (ACF for a leg that was not admitted before). */
  admissions: number;
  /** Registrations that ran out of time-to-live. */
  expired: number;
}

const TAGS = (Object.keys(RAS_TAGS) as RasMessageKind[]).map((kind) => RAS_TAGS[kind]);

function zeros<K extends string>(keys: readonly K[]): Record<K, number> {
  return Object.fromEntries(keys.map((key) => [key, 0])) as Record<K, number>;
}

export function newStatistics(): GatekeeperStatistics {
  return {
    received: zeros(TAGS),
    sent: zeros(TAGS),
    refused: zeros(POLICY_CODES),
    dropped: zeros(DROP_REASONS),
    retransmissions: 0,
    replays: 0,
    admissions: 0,
    expired: 0,
  };
}
