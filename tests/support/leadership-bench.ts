import assert from 'node:assert/strict';
import {
  type KnownLeader,
  Leadership,
  type LeadershipConfig,
  type LeadershipEffect,
  leaseId,
  type Role,
  revision,
} from '../../runtime/ha/index.ts';
import { milliseconds } from '../../runtime/units.ts';

export const at = milliseconds;
export const PRIMARY: LeadershipConfig = { instance: 'primary', role: 'primary', ttl: 2 };
export const SECONDARY: LeadershipConfig = { instance: 'secondary', role: 'secondary', ttl: 2 };

export const known = (instance: string, lease: string, term: number): KnownLeader => ({
  leader: { instance, lease: leaseId(lease), ras: { address: '192.0.2.1', port: 1719 }, since: 0 },
  term: revision(term),
});

const describeRole = (role: Role): string => {
  if (role.kind === 'standby') return `standby of ${role.leader.instance} ${role.term}`;
  if (role.kind === 'leading') return `leading ${role.term}, ${role.how} from ${role.previous?.instance ?? 'nobody'}`;
  if (role.kind === 'isolated') return `isolated from ${role.leader?.instance ?? 'nobody'}`;
  return role.kind;
};

const describeEffect = (effect: LeadershipEffect): string => {
  if (effect.kind === 'role') return describeRole(effect.role);
  if (effect.kind === 'grantLease') return `grant ${effect.ttl}`;
  if ('lease' in effect) return `${effect.kind} ${effect.lease}`;
  return 'term' in effect ? `resign ${effect.term}` : effect.kind;
};

/** A machine in invented time, and what it asked for. */
export class Bench {
  readonly machine: Leadership;
  now = at(0);

  constructor(config: LeadershipConfig) {
    this.machine = new Leadership(config);
  }

  get effects(): string[] {
    return this.machine.takeEffects().map(describeEffect);
  }

  get role(): string {
    return describeRole(this.machine.role);
  }

  get mayLead(): boolean {
    return this.machine.mayLead(this.now);
  }

  /** Started, with lease 7 asked for and granted at 0, registered, and its mirror empty but for `leader`. */
  settle(leader?: KnownLeader): this {
    this.machine.start(this.now);
    this.grant('7');
    this.machine.registered(this.now);
    this.sync(leader);
    return this;
  }

  /** Settled and leading in `term`. */
  lead(term = 5): this {
    this.settle();
    this.machine.won(revision(term), this.now);
    this.show(known('primary', '7', term));
    this.machine.takeEffects();
    return this;
  }

  grant(lease: string, askedAt = this.now): void {
    this.machine.granted(leaseId(lease), 2, askedAt, this.now);
  }

  renew(lease = '7', askedAt = this.now): void {
    this.machine.renewed(leaseId(lease), 2, askedAt, this.now);
  }

  show(leader?: KnownLeader, handedOver?: number): void {
    this.machine.leaderIs(leader, this.now, handedOver === undefined ? undefined : revision(handedOver));
  }

  sync(leader?: KnownLeader): void {
    this.show(leader);
    this.machine.synced(this.now);
  }

  /** Jumps there, with nothing happening in between: what a freeze looks like. */
  jump(to: number): this {
    this.now = at(to);
    return this;
  }

  /** Goes there from deadline to deadline; with `renewing`, the store answers renewals at once. */
  run(to: number, renewing = true): string[] {
    const effects: string[] = [];
    for (;;) {
      const deadline = this.machine.nextDeadline();
      if (deadline === undefined || deadline > to) break;
      assert(deadline >= this.now, 'a deadline must not be in the past');
      this.now = deadline;
      this.machine.advance(deadline);
      for (const effect of this.machine.takeEffects()) {
        if (renewing && effect.kind === 'renewLease') this.machine.renewed(effect.lease, 2, this.now, this.now);
        else effects.push(`${this.now} ${describeEffect(effect)}`);
      }
      assert(this.machine.nextDeadline() !== deadline, 'the deadline must move on');
    }
    this.now = at(to);
    return effects;
  }
}
