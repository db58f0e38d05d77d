import type { LeaderRecord } from './records.ts';
import type { LeaseId, Revision } from './store.ts';

/** The leader as the mirror shows it. */
export interface KnownLeader {
  readonly leader: LeaderRecord;
  /** modRevision of its key. */
  readonly term: Revision;
}

/** What a gatekeeper of a zone is at the moment. */
export type Role =
  /** Its mirror of the store is not loaded. */
  | { readonly kind: 'starting' }
  /** Nobody is known to lead, and that will be settled soon. */
  | { readonly kind: 'waiting' }
  | { readonly kind: 'standby'; readonly leader: LeaderRecord; readonly term: Revision }
  | {
      readonly kind: 'leading';
      readonly term: Revision;
      /** Who led before, as far as this process knows; itself where it leads again. */
      readonly previous: LeaderRecord | undefined;
      /** 'first': this process has never seen a leader. */
      readonly how: 'first' | 'failover' | 'handed over';
    }
  /** The store has not answered for the time of a lease. `leader` led last, as far as known. */
  | { readonly kind: 'isolated'; readonly leader: LeaderRecord | undefined }
  | { readonly kind: 'stopped' };

/** What Leadership asks of its driver, to be carried out in order. Each answer comes back as an input. */
export type LeadershipEffect =
  /** `ttl` in seconds. Answered by granted() or grantFailed(). */
  | { readonly kind: 'grantLease'; readonly ttl: number }
  /** Answered by renewed(), leaseGone() or renewFailed(). */
  | { readonly kind: 'renewLease'; readonly lease: LeaseId }
  /** Not answered, and not tried again: whatever is not revoked runs out. */
  | { readonly kind: 'revokeLease'; readonly lease: LeaseId }
  /** Put the own member record on this lease. Answered by registered() or registerFailed(). */
  | { readonly kind: 'register'; readonly lease: LeaseId }
  /** Create the leader's key on this lease, if it is not there. Answered by won(), lost() or campaignFailed(). */
  | { readonly kind: 'campaign'; readonly lease: LeaseId }
  /** End this term, if it is still the leader's; an heir may be named. Answered by resigned() or resignFailed(). */
  | { readonly kind: 'resign'; readonly term: Revision }
  /** Take no new requests, finish those under way, then call drained(). */
  | { readonly kind: 'drain' }
  /** What the gatekeeper holds may be ahead of the store: forget it and read the mirror anew, then call synced(). */
  | { readonly kind: 'reload' }
  | { readonly kind: 'role'; readonly role: Role };

/** Whether nothing changed for anybody between two roles. */
export function sameRole(one: Role, other: Role): boolean {
  if (one.kind === 'standby') return other.kind === 'standby' && one.term === other.term;
  if (one.kind === 'leading') return other.kind === 'leading' && one.term === other.term;
  if (one.kind === 'isolated') return other.kind === 'isolated' && one.leader?.lease === other.leader?.lease;
  return one.kind === other.kind;
}
