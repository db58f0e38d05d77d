/**
 * A run as the checker wants it. Times are milliseconds on one clock that all hosts of the lab share; bandwidth is in
 * units of 100 bit/s, both directions of a call.
 */

export interface Operation {
  readonly guardian: string;
  /** The last two are no requests: the gatekeeper ended the call, or the registration, by itself. */
  readonly kind: 'register' | 'keep-alive' | 'admit' | 'bandwidth' | 'disengage' | 'dropped' | 'ejected';
  /** `unknown`: no answer came in time. What was asked for may have happened, or happen later. */
  readonly outcome: 'confirmed' | 'refused' | 'unknown';
  readonly sentAt: number;
  /** When its answer came, or nobody waited for one any longer. */
  readonly endedAt: number;
  /** The gatekeeper that answered. */
  readonly from?: string;
  /** The call's identifier in hex; an admission without an answer may have none. */
  readonly call?: string;
  /** Granted where it was confirmed, asked for where the outcome is unknown. */
  readonly bandwidth?: number;
  readonly reason?: string;
}

/** A gatekeeper led from `from` to `to`; `to` is Infinity where it leads still. */
export interface Reign {
  readonly gatekeeper: string;
  readonly term: number;
  readonly from: number;
  readonly to: number;
}

/** A gatekeeper's process was stopped: it can do nothing, and tell nothing either. */
export interface Freeze {
  readonly gatekeeper: string;
  readonly from: number;
  readonly to: number;
}

/** A gatekeeper knew that it was cut from the store, or had yet to find it. */
export interface Isolation {
  readonly gatekeeper: string;
  readonly from: number;
  readonly to: number;
}

/** A line of a gatekeeper's witness log about an answer. */
export interface Witnessed {
  readonly gatekeeper: string;
  /** ACF, BCF, … */
  readonly type: string;
  readonly at: number;
  /** The call's identifier in hex. */
  readonly call: string;
  /** An answer of before was given again, here or by who followed. */
  readonly again: boolean;
  /** A DCF for a call that it did not know: a DRQ may be repeated, so that is confirmed too. */
  readonly isOfNoCall: boolean;
}

/** How things stand while the last operations are done and nothing is under way. */
export interface FinalState {
  /** Of all calls in the store, by identifier; left out where the store was not read. */
  readonly calls?: ReadonlyMap<string, number>;
  /** As the leader's metrics have it: calls, and granted bandwidth by guardian, one way, in bit/s. */
  readonly sessions: number;
  readonly bandwidth: ReadonlyMap<string, number>;
}

export interface Run {
  /** Up to `final`. */
  readonly operations: readonly Operation[];
  readonly reigns: readonly Reign[];
  readonly freezes: readonly Freeze[];
  readonly isolations: readonly Isolation[];
  /** Of all gatekeepers; left out where no log was read. */
  readonly witnessed?: readonly Witnessed[];
  readonly final: FinalState;
  /** From then on nothing is begun but to change each call that is still live once, and after `final` to end it. */
  readonly settlingSince: number;
  /** What came after `final`. */
  readonly settling: readonly Operation[];
  /** What is left when that is done. */
  readonly settled: FinalState;
  /** The longest that a datagram may have been under way. */
  readonly flight: number;
  /** A stopped process may need so long after it goes on to learn that it no longer leads. */
  readonly waking: number;
}

export type Rule =
  | 'admission-lost'
  | 'bandwidth-lost'
  | 'call-not-ended'
  | 'call-unknown'
  | 'call-dropped'
  | 'call-invented'
  | 'registered-anew'
  | 'sums-differ'
  | 'two-leaders'
  | 'term-not-grown'
  | 'confirm-without-lead'
  | 'unwitnessed'
  | 'not-settled';

export interface Violation {
  readonly rule: Rule;
  /** Whom or what it is about: a call, a guardian, a gatekeeper. */
  readonly about: string;
  readonly detail: string;
}

export interface Verdict {
  readonly violations: readonly Violation[];
  /** Calls that were confirmed and never ended by their guardian, yet are gone. */
  readonly callsLost: number;
  /** Confirms of any kind that what is left contradicts. */
  readonly confirmsLost: number;
  readonly checked: { readonly operations: number; readonly unknown: number; readonly calls: number };
}
