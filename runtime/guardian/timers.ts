import { type Milliseconds, milliseconds } from '../units.ts';

/** How long a terminal waits for what. */
export interface GuardianTimers {
  /** A request without an answer is sent again after this, the same octets, until round trips have been measured. */
  readonly retransmitAfter: Milliseconds;
  /** From then on after what RFC 6298 makes of them, but no sooner and no later than these. */
  readonly leastRetransmit: Milliseconds;
  readonly mostRetransmit: Milliseconds;
  /** Where a zone has several gatekeepers, each further time-out comes after this at most: one may take over any time. */
  readonly mostRound: Milliseconds;
  /** How long a request is sent again and again; then its gatekeeper, with its whole zone, counts as lost. */
  readonly patience: Milliseconds;
  /** Pause after no gatekeeper of the list could be registered with; it doubles with each time in a row. */
  readonly firstPause: Milliseconds;
  readonly longestPause: Milliseconds;
}

/**
 * H.225.0 clause 7.18.1 recommends 3 s (RRQ, URQ, BRQ, DRQ) or 5 s (GRQ, ARQ, IRR) and up to two retries: 9 s to 15 s
 * until a request is given up, while the council promises a failover within 5 s. So requests are repeated sooner and more
 * often, to all gatekeepers of the zone, and are given up after a time within the clause's. What that costs: a zone that
 * is silent altogether gets some 40 datagrams a request and gatekeeper until it is given up.
 */
export const DEFAULT_TIMERS: GuardianTimers = {
  retransmitAfter: milliseconds(300),
  leastRetransmit: milliseconds(100),
  mostRetransmit: milliseconds(1000),
  mostRound: milliseconds(250),
  patience: milliseconds(10_000),
  firstPause: milliseconds(1000),
  longestPause: milliseconds(30_000),
};

/** With the time that RIPs add, what is sent again stays fresh (60 s). */
export const LONGEST_PATIENCE = milliseconds(20_000);

/** Redirects that a request follows between two time-outs, so that gatekeepers that name each other are left in peace. */
export const MOST_REDIRECTS = 3;

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
