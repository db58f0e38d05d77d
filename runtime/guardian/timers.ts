import { type Milliseconds, milliseconds } from '../units.ts';

/** How long a terminal waits for what. */
export interface GuardianTimers {
  /** A request without an answer is sent again after this, the same octets. */
  readonly retransmitAfter: Milliseconds;
  /** How often it is sent again; after the last one it waits once more, and then the gatekeeper counts as lost. */
  readonly retries: number;
  /** Pause after no gatekeeper of the list could be registered with; it doubles with each time in a row. */
  readonly firstPause: Milliseconds;
  readonly longestPause: Milliseconds;
}

/**
 * H.225.0 clause 7.18.1 has 3 s (RRQ, URQ, BRQ, DRQ) or 5 s (GRQ, ARQ, IRR) and up to two retries: 9 s to 15 s until an
 * alternate gatekeeper is tried, while the council promises a failover within 5 s. One second is still far above any
 * round trip, so a terminal that uses the same times for all is lost for 3 s at most.
 */
export const DEFAULT_TIMERS: GuardianTimers = {
  retransmitAfter: milliseconds(1000),
  retries: 2,
  firstPause: milliseconds(1000),
  longestPause: milliseconds(30_000),
};

/** All the time that RIPs may add to one request, so that what is sent again is fresh still (60 s). */
export const MOST_RIP_TIME = milliseconds(30_000);

/** A registration is renewed after this part of its time-to-live, or up to `RENEWAL_JITTER` of it later. */
export const RENEW_AFTER = 1 / 2;
export const RENEWAL_JITTER = 1 / 6;

/**
 * A live call that a new gatekeeper does not admit yet, because the other party has not found there, is asked for again
 * after this, and dropped after the longest: terminals notice a lost gatekeeper by their next renewal at the latest.
 */
export const READMIT_AFTER = milliseconds(3000);
export const READMIT_FOR = milliseconds(120_000);

/** Every so many unasked IRRs one asks for an answer, which tells whether the gatekeeper is still there. */
export const IRR_ANSWERED_EVERY = 4;
