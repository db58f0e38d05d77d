import type { KnownLeader } from './role.ts';
import { type LeaseId, type Revision, revision } from './store.ts';

/** How many of one's former leases are remembered: calls that were made with them may still be under way. */
const FORMER_LEASES = 8;

/** What one gatekeeper sees of the leader's key through its mirror of the store, and what it remembers of leaders. */
export class LeaderView {
  readonly #instance: string;
  #formerLeases: LeaseId[] = [];
  /** The mirror is read and watched. */
  synced = false;
  /** It has been, once. */
  everSynced = false;
  /** What the mirror shows. */
  known: KnownLeader | undefined;
  /** What it shows was left behind by a former self: an earlier process of this name, or a lease given up. */
  orphaned = false;
  /** The latest term that it has shown. */
  seen = revision(0);
  /** Who led last, this one included. */
  last: KnownLeader | undefined;
  /** The latest term that is known to have been handed over. */
  handedOver = revision(0);

  constructor(instance: string) {
    this.#instance = instance;
  }

  /** @param lease the own one, if there is one */
  show(known: KnownLeader | undefined, lease: LeaseId | undefined): 'none' | 'own' | 'orphan' | 'other' {
    this.known = known;
    this.orphaned = false;
    if (known === undefined) return 'none';
    const { leader, term } = known;
    if (term > this.seen) this.seen = term;
    if (leader.lease === lease) return 'own';
    this.last = known;
    const self = leader.instance === this.#instance;
    // One of this name that comes up later is another process, which should not be, but is alive.
    this.orphaned = self && (!this.everSynced || this.#formerLeases.includes(leader.lease));
    return this.orphaned ? 'orphan' : 'other';
  }

  /** The lease is no longer one's own. */
  disown(lease: LeaseId): void {
    if (this.known?.leader.lease === lease) this.orphaned = true;
    this.#formerLeases = [...this.#formerLeases, lease].slice(-FORMER_LEASES);
  }

  /** Until the mirror is read anew, nothing is known. */
  forget(): void {
    this.synced = false;
    this.known = undefined;
    this.orphaned = false;
  }

  handOver(term: Revision): void {
    if (term > this.handedOver) this.handedOver = term;
  }
}
