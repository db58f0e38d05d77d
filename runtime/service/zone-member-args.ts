import type { Gatekeeper } from '../gatekeeper/index.ts';
import type { LeaseId, MemberRecord, Revision, Role, Store } from '../ha/index.ts';
import type { Milliseconds } from '../units.ts';
import type { Log } from './log.ts';

/** What became of a change of leadership, for the log of failovers. */
export interface Takeover {
  readonly how: 'first' | 'failover' | 'handed over';
  readonly term: Revision;
  readonly from: string | undefined;
  /** Since the old leader was first asked in vain, or its leadership was seen to end. */
  readonly duration: Milliseconds;
  /** Since the old leader was last seen to serve; the fault lies between. `undefined` where it never was. */
  readonly unseen: Milliseconds | undefined;
}

export interface ZoneMemberArgs {
  readonly self: Omit<MemberRecord, 'lease'>;
  /** The gatekeeper identifier that all gatekeepers of the zone answer to. */
  readonly zone: string;
  /** Seconds that a signature's timestamp may be off. */
  readonly freshness: number;
  readonly store: Store;
  readonly machine: Gatekeeper;
  readonly log: Log;
  /** A lease is held (or none): whoever stops this process's leadership after its end must know it. */
  readonly onLease: (lease: LeaseId | undefined) => void;
  readonly onRole: (role: Role) => void;
  readonly onTakeover: (takeover: Takeover) => void;
}
