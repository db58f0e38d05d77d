import type { Milliseconds } from '../units.ts';
import { type LeadershipConfig, LeadershipRules } from './leadership-rules.ts';
import { RETRY } from './lease-keeper.ts';
import type { KnownLeader, LeadershipEffect, Role } from './role.ts';
import type { LeaseId, Revision } from './store.ts';

export type { LeadershipConfig };

/**
 * Which of a zone's gatekeepers leads, seen from one of them, as a machine: answers of the store, what its mirror shows
 * and the time go in; effects come out of takeEffects(), to be carried out after each input. The driver calls advance()
 * when nextDeadline() has come.
 *
 * Two never lead at once: who leads holds the one leader's key, on a lease that it knows still to run. It never goes on
 * in a term that it has left against its will: a write of that term may still be on its way to the store, and would be
 * let in. So it gives up the lease and has to win another term.
 */
export class Leadership {
  readonly #role: LeadershipConfig['role'];
  readonly #rules: LeadershipRules;

  constructor(config: LeadershipConfig) {
    this.#role = config.role;
    this.#rules = new LeadershipRules(config);
  }

  get role(): Role {
    return this.#rules.role;
  }

  /** The own lease, if there is one. */
  get lease(): LeaseId | undefined {
    return this.#rules.lease.id;
  }

  /** Until when the own lease certainly runs; in the past where there is none. */
  get leaseUntil(): Milliseconds {
    return this.#rules.lease.until;
  }

  /** To be asked with a fresh `now` before anything that only a leader may do: time alone can end it. */
  mayLead(now: Milliseconds): boolean {
    return this.#rules.reign !== undefined && this.#rules.lease.runs(now);
  }

  /** What is to be done, in order; each effect is given once. */
  takeEffects(): readonly LeadershipEffect[] {
    return this.#rules.takeEffects();
  }

  /** When advance() is to be called; `undefined` before start() and once stopped. */
  nextDeadline(): Milliseconds | undefined {
    return this.#rules.nextDeadline();
  }

  start(now: Milliseconds): void {
    if (this.#rules.phase === 'new') this.#rules.start(now);
  }

  advance(now: Milliseconds): void {
    this.#rules.input(now, () => {});
  }

  /** The mirror is read and watched; leaderIs() has been called for what was read. */
  synced(now: Milliseconds): void {
    this.#rules.input(now, () => {
      if (!this.#rules.view.everSynced) this.#rules.campaign.firstLook(this.#role, now);
      this.#rules.view.synced = true;
      this.#rules.view.everSynced = true;
      this.#rules.reached(now);
    });
  }

  /** The watch has ended. The driver reads anew by itself. */
  mirrorLost(now: Milliseconds): void {
    this.#rules.input(now, () => {
      this.#rules.view.synced = false;
    });
  }

  /**
   * What the mirror shows, in the order in which it came about: called for what was read, before synced(), and at each
   * change of the leader's key, after all that was changed before it is in the mirror.
   *
   * @param handedOver the term in the mirror's handover record, if there is one
   */
  leaderIs(known: KnownLeader | undefined, now: Milliseconds, handedOver?: Revision): void {
    this.#rules.input(now, () => {
      const shown = this.#rules.view.show(known, this.#rules.lease.id);
      if (shown === 'none') this.#rules.campaign.vacant(now);
      else this.#rules.campaign.settled();
      if (handedOver !== undefined) this.#rules.view.handOver(handedOver);
      if (shown === 'other') this.#rules.campaign.stepForward();
      if (shown === 'orphan' && known !== undefined) this.#rules.do({ kind: 'revokeLease', lease: known.leader.lease });
      if (this.#rules.reign !== undefined && known?.term !== this.#rules.reign.role.term) this.#rules.startOver(now);
    });
  }

  /**
   * @param ttl seconds
   * @param askedAt when the call was about to be made
   */
  granted(lease: LeaseId, ttl: number, askedAt: Milliseconds, now: Milliseconds): void {
    if (this.#rules.phase === 'stopped') this.#rules.do({ kind: 'revokeLease', lease });
    this.#rules.input(now, () => {
      this.#rules.heard(askedAt, now);
      // An answer that came late: another one was granted meanwhile.
      if (this.#rules.lease.id !== undefined) return this.#rules.do({ kind: 'revokeLease', lease });
      this.#rules.lease.take(lease, ttl, askedAt);
      this.#rules.registerAt = now;
    });
  }

  grantFailed(now: Milliseconds): void {
    this.#rules.input(now, () => this.#rules.lease.hurry(now));
  }

  /**
   * @param ttl seconds that it had left when the store answered
   * @param askedAt when the call was about to be made
   */
  renewed(lease: LeaseId, ttl: number, askedAt: Milliseconds, now: Milliseconds): void {
    this.#rules.input(now, () => {
      this.#rules.heard(askedAt, now);
      if (lease === this.#rules.lease.id) this.#rules.lease.extend(ttl, askedAt);
    });
  }

  renewFailed(now: Milliseconds): void {
    this.#rules.input(now, () => this.#rules.lease.hurry(now));
  }

  /** The store knows no such lease any more. */
  leaseGone(lease: LeaseId, now: Milliseconds): void {
    this.#rules.input(now, () => {
      this.#rules.heard(now, now);
      if (lease !== this.#rules.lease.id) return;
      this.#rules.disown(lease, now);
      if (this.#rules.reign !== undefined) this.#rules.startOver(now);
    });
  }

  registered(now: Milliseconds): void {
    this.#rules.input(now, () => this.#rules.heard(now, now));
  }

  registerFailed(lease: LeaseId, now: Milliseconds): void {
    this.#rules.input(now, () => {
      if (lease === this.#rules.lease.id) this.#rules.registerAt = now + RETRY;
    });
  }

  /** It leads once the mirror shows its key, and so everything that was written before. */
  won(term: Revision, now: Milliseconds): void {
    this.#rules.input(now, () => {
      this.#rules.heard(now, now);
      if (this.#rules.campaign.isAbout(this.#rules.lease.id) && term > this.#rules.view.seen)
        this.#rules.campaign.won(now);
      else this.#rules.campaign.failed(now);
    });
  }

  /** The leader's key was there. */
  lost(now: Milliseconds): void {
    this.#rules.input(now, () => {
      this.#rules.heard(now, now);
      this.#rules.campaign.failed(now);
    });
  }

  /** It may have been won nevertheless: the mirror will show. */
  campaignFailed(now: Milliseconds): void {
    this.#rules.input(now, () => this.#rules.campaign.failed(now));
  }

  /** A write guarded by the own term was refused: it is over. */
  fenced(now: Milliseconds): void {
    this.#rules.input(now, () => {
      if (this.#rules.reign !== undefined) this.#rules.startOver(now);
    });
  }

  /** A guarded write got no answer. Leading ends with the lease, but whether that still runs is asked at once. */
  unreachable(now: Milliseconds): void {
    this.#rules.input(now, () => this.#rules.lease.hurry(now));
  }

  /** By an operator's order. Whoever does not lead does nothing. */
  handOver(now: Milliseconds): void {
    this.#rules.input(now, () => this.#rules.drain());
  }

  /** Everything that was under way is committed and answered; nothing is on its way to the store. */
  drained(now: Milliseconds): void {
    this.#rules.input(now, () => {
      if (!this.#rules.reign?.draining) return;
      const { term } = this.#rules.reign.role;
      this.#rules.reign = undefined;
      this.#rules.left = term;
      this.#rules.resigning = true;
      this.#rules.view.handOver(term);
      this.#rules.campaign.standBack(now);
      this.#rules.show();
      this.#rules.do({ kind: 'resign', term });
    });
  }

  resigned(now: Milliseconds): void {
    this.#rules.input(now, () => {
      this.#rules.heard(now, now);
      this.#rules.resigning = false;
      if (this.#rules.phase === 'stopping') this.#rules.finish(now);
    });
  }

  /** The key may still be there: the lease is given up, and the key goes with it. */
  resignFailed(now: Milliseconds): void {
    this.#rules.input(now, () => {
      this.#rules.resigning = false;
      if (this.#rules.phase === 'stopping') this.#rules.finish(now);
      else this.#rules.dropLease(now);
    });
  }

  /** For good. A leader hands over first; the role 'stopped' is the last effect. */
  stop(now: Milliseconds): void {
    if (this.#rules.phase === 'new') this.#rules.phase = 'running';
    this.#rules.input(now, () => {
      this.#rules.phase = 'stopping';
      if (this.#rules.reign !== undefined) this.#rules.drain();
      else if (!this.#rules.resigning) this.#rules.finish(now);
    });
  }
}
