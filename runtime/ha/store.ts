/**
 * The store that gatekeepers of one zone share, as they need it: compare-and-set over keys, leases, and a watch. What
 * is decided by it survives any one of them. Its adapters are etcd v3 and, within one process, memory.
 */

declare const REVISION: unique symbol;
/** A point in the store's history: 1 and up, one for each transaction that changed anything. 0 stands for never. */
export type Revision = number & { readonly [REVISION]: true };

/** @throws RangeError for what is no whole number from 0 to 2^53 - 1 */
export function revision(value: number): Revision {
  if (!Number.isSafeInteger(value) || value < 0) throw new RangeError(`${value} is no revision`);
  return value as Revision;
}

declare const LEASE_ID: unique symbol;
/** Names a lease: a signed 64-bit number, as decimal digits. */
export type LeaseId = string & { readonly [LEASE_ID]: true };

/** @throws RangeError */
export function leaseId(value: string): LeaseId {
  if (!/^-?[0-9]{1,19}$/.test(value)) throw new RangeError(`'${value}' is no lease`);
  return value as LeaseId;
}

export interface Lease {
  readonly id: LeaseId;
  /** Seconds that the store granted; it may be more than was asked for. */
  readonly ttl: number;
}

/** A key with its value, as it was at some revision. */
export interface Entry {
  readonly key: string;
  readonly value: Uint8Array;
  /** When the key was last put. */
  readonly modRevision: Revision;
}

/** One change of one key; without `value` it is gone. */
export interface Change {
  readonly key: string;
  readonly value?: Uint8Array;
  /** When it was put; 0 where the key is gone. */
  readonly modRevision: Revision;
}

export interface Put {
  readonly key: string;
  readonly value: Uint8Array;
  /** The key goes when this lease ends. */
  readonly lease?: LeaseId;
}

/** What must be true for a transaction to be carried out: when the key was last put; 0 where it must not be there. */
export interface Guard {
  readonly key: string;
  readonly modRevision: Revision;
}

/** Carried out whole or not at all. No key may be named twice. At most MOST_OPERATIONS puts and deletes. */
export interface Transaction {
  readonly guards: readonly Guard[];
  readonly puts: readonly Put[];
  /** Keys that may be there or not. */
  readonly deletes: readonly string[];
}

/** etcd's own bound, unless it is told otherwise. */
export const MOST_OPERATIONS = 128;

/** A guard that does not hold is an outcome, never an error. */
export type Outcome =
  | { readonly kind: 'committed'; readonly revision: Revision }
  | { readonly kind: 'refused'; readonly revision: Revision };

export interface Snapshot {
  /** In the order of their keys. */
  readonly entries: readonly Entry[];
  /** What was read is the state at this revision; a watch goes on from the next one. */
  readonly revision: Revision;
}

export interface WatchListener {
  /** Everything that one or more transactions changed, in their order; up to and with `revision`, nothing is missing. */
  changed(changes: readonly Change[], revision: Revision): void;
  /**
   * It is over, and close() need not be called: the store cannot be reached, or it no longer has the history
   * ('compacted'). Who wants to go on reads again.
   */
  ended(reason: 'unreachable' | 'compacted'): void;
}

export interface Watch {
  close(): void;
}

/**
 * Every method rejects with StoreUnreachableError where no answer came in time; what was asked for may have happened
 * nevertheless. StoreError stands for everything that will not get better by asking again.
 */
export interface Store {
  /** @param ttl seconds, a whole number from 1 */
  grantLease(ttl: number): Promise<Lease>;
  /** Gives the seconds it has left from now on; `undefined` where there is no such lease any more. */
  renewLease(id: LeaseId): Promise<number | undefined>;
  /** Ends it, and its keys with it. One that has ended already is no error. */
  revokeLease(id: LeaseId): Promise<void>;
  commit(transaction: Transaction): Promise<Outcome>;
  /** All keys that begin with `prefix`; read in pages, all at one revision, with a majority's consent. */
  read(prefix: string): Promise<Snapshot>;
  /** Tells of all changes of keys that begin with `prefix`, from revision `from` on. */
  watch(prefix: string, from: Revision, listener: WatchListener): Watch;
  /** Lets connections go; calls under way are rejected. */
  close(): Promise<void>;
}
