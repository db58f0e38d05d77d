/** What a meeting writes down of itself: one JSON object a line, in the order in which it happened. */

/** Stands in every record. */
interface Stamped {
  /** Milliseconds of the system's monotonic clock, which all processes of one machine share; to the microsecond. */
  readonly at: number;
  /** Milliseconds since 1970 by the wall clock, which faults may set. */
  readonly epoch: number;
}

/** What a meeting does by itself, by the request that it takes. */
export type Operation = 'ARQ' | 'BRQ' | 'DRQ' | 'RRQ';

interface OfOperation extends Stamped {
  readonly guardian: string;
  readonly operation: Operation;
  /** Counts a meeting's operations from 1; a request and its outcome have the same. */
  readonly n: number;
  /** The callIdentifier in hex; RRQs have none. An ARQ's is known from its outcome on, where it has one. */
  readonly call?: string;
  /** Units of 100 bit/s, both directions: of ARQ and BRQ. */
  readonly asked?: number;
}

/** How the request of an operation went; absent where the operation ended without one. */
interface Exchanged {
  /** `address:port` that the answer came from. */
  readonly gatekeeper?: string;
  /** How often the request was sent, to all gatekeepers together. */
  readonly datagrams?: number;
  /** Milliseconds from the first sending to the answer, or to when it was given up. */
  readonly elapsed?: number;
}

/** Just before the terminal is asked to send it. */
export interface RequestRecord extends OfOperation {
  readonly kind: 'request';
}

export interface ConfirmRecord extends OfOperation, Exchanged {
  readonly kind: 'confirm';
  /** Of ACF and BCF. */
  readonly granted?: number;
}

export interface RejectRecord extends OfOperation, Exchanged {
  readonly kind: 'reject';
  readonly reason: string;
  readonly policy?: string;
}

/** No answer came in all the patience: the gatekeepers may or may not have done what was asked. */
export interface TimeoutRecord extends OfOperation, Exchanged {
  readonly kind: 'timeout';
  readonly hint?: string;
}

/** A request that a terminal made of its own: its first registration, renewals, reports, what it clears away. */
export interface OwnRecord extends Stamped, Exchanged {
  readonly kind: 'own';
  readonly guardian: string;
  readonly request: string;
  readonly call?: string;
  /** `null` where none came. */
  readonly answer: string | null;
}

/** Something that happened to a terminal besides the answers to its requests. */
export interface EventRecord extends Stamped {
  readonly kind: 'event';
  readonly guardian: string;
  readonly event: string;
  readonly call?: string;
  readonly reason?: string;
  readonly hint?: string;
  readonly granted?: number;
}

export interface ExpectedCall {
  readonly guardian: string;
  readonly call: string;
  /** What was last confirmed. */
  readonly units: number;
  /** What BRQs without an answer may have made of it since. */
  readonly or?: readonly number[];
}

/** What gatekeepers ought to hold, by the confirms of this meeting, before it ends its calls. */
export interface ExpectedRecord extends Stamped {
  readonly kind: 'expected';
  readonly calls: readonly ExpectedCall[];
  /** Calls that ARQs or DRQs without an answer left in doubt. */
  readonly doubtful: readonly { readonly guardian: string; readonly call?: string }[];
}

export interface Summary {
  /** Calls that were live when it was told to settle, and for how many of them BRQ and DRQ were confirmed then. */
  readonly live: number;
  readonly changed: number;
  readonly ended: number;
  /** Operations by outcome, those of the start and of the settling included. */
  readonly requests: number;
  readonly confirms: number;
  readonly rejects: number;
  readonly timeouts: number;
  /** Terminals, and full registrations that were confirmed to them: as many, unless one had to register anew. */
  readonly terminals: number;
  readonly registrations: number;
  /** Live calls that were admitted anew, dropped by a gatekeeper, and terminals that were ejected. */
  readonly readmissions: number;
  readonly drops: number;
  readonly ejections: number;
}

/** The last record. */
export interface SettledRecord extends Stamped, Summary {
  readonly kind: 'settled';
}

export type HistoryRecord =
  | RequestRecord
  | ConfirmRecord
  | RejectRecord
  | TimeoutRecord
  | OwnRecord
  | EventRecord
  | ExpectedRecord
  | SettledRecord;

type WithoutStamp<R> = R extends HistoryRecord ? Omit<R, keyof Stamped> : never;

/** A record before it is written. */
export type Unstamped = WithoutStamp<HistoryRecord>;
