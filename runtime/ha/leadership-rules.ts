import { type Milliseconds, milliseconds } from '../units.ts';
import { Campaign } from './campaign.ts';
import { LeaderView } from './leader-view.ts';
import { LeaseKeeper } from './lease-keeper.ts';
import { type KnownLeader, type LeadershipEffect, type Role, sameRole } from './role.ts';
import { type LeaseId, revision } from './store.ts';

export interface LeadershipConfig {
  /** Names this gatekeeper in the zone. Never may two processes run under one name. */
  readonly instance: string;
  readonly role: 'primary' | 'secondary';
  /** Seconds that a lease is asked for: a whole number from 1. */
  readonly ttl: number;
  /** How far the clocks of gatekeeper and store may be apart in speed, as a share; 0.1 unless given. */
  readonly drift?: number;
}

const DRIFT = 0.1;

interface Reign {
  readonly role: Extract<Role, { kind: 'leading' }>;
  draining: boolean;
}

/** The rules behind Leadership: what follows from its inputs and from time. */
export class LeadershipRules {
  readonly lease: LeaseKeeper;
  readonly view: LeaderView;
  readonly campaign = new Campaign();
  phase: 'new' | 'running' | 'stopping' | 'stopped' = 'new';
  reign: Reign | undefined;
  /** The last term handed over. */
  left = revision(0);
  resigning = false;
  /** When the member record is to be put, in milliseconds. */
  registerAt = Infinity;
  readonly #config: LeadershipConfig;
  /** Milliseconds. */
  readonly #ttl: number;
  #effects: LeadershipEffect[] = [];
  #role: Role = { kind: 'starting' };
  /** When the store was last heard of. */
  #contactAt = -Infinity;
  #isolated = false;
  #now = -Infinity;

  constructor(config: LeadershipConfig) {
    this.#config = config;
    this.#ttl = config.ttl * 1000;
    this.lease = new LeaseKeeper(this.#ttl, config.drift ?? DRIFT);
    this.view = new LeaderView(config.instance);
  }

  get role(): Role {
    return this.#role;
  }

  takeEffects(): readonly LeadershipEffect[] {
    const effects = this.#effects;
    this.#effects = [];
    return effects;
  }

  nextDeadline(): Milliseconds | undefined {
    if (!this.#active) return undefined;
    const campaign = this.#campaignDue();
    const deadlines = [
      this.lease.askAt,
      this.registerAt,
      this.reign === undefined ? Infinity : this.lease.until,
      this.#isolated || this.reign !== undefined ? Infinity : this.#contactAt + this.#ttl,
      this.campaign.stuckAt(this.#ttl),
      // One that is overdue waits for the lease, not for time.
      campaign > this.#now ? campaign : Infinity,
    ];
    return milliseconds(Math.min(...deadlines));
  }

  get #active(): boolean {
    return this.phase === 'running' || this.phase === 'stopping';
  }

  /** The gatekeeper comes up. */
  start(now: Milliseconds): void {
    this.phase = 'running';
    this.#contactAt = now;
    this.#proceed(now);
  }

  /** First what time has ended, then the input, then all that is due. */
  input(now: Milliseconds, take: () => void): void {
    if (this.#active) this.#expire(now);
    if (this.#active) take();
    if (this.#active) this.#proceed(now);
  }

  #expire(now: Milliseconds): void {
    this.#now = now;
    const over = this.reign !== undefined && !this.lease.runs(now);
    if (over) this.reign = undefined;
    if (this.reign === undefined && now >= this.#contactAt + this.#ttl) this.#isolated = true;
    if (over || now >= this.campaign.stuckAt(this.#ttl)) this.startOver(now);
  }

  #proceed(now: Milliseconds): void {
    const { ttl } = this.#config;
    const ask = this.lease.ask(now);
    const lease = this.lease.id;
    if (lease === undefined) {
      if (ask === 'grant') this.do({ kind: 'grantLease', ttl });
      return this.show();
    }
    if (ask === 'renew') this.do({ kind: 'renewLease', lease });
    if (now >= this.registerAt) {
      this.registerAt = Infinity;
      this.do({ kind: 'register', lease });
    }
    this.reign ??= this.#accession(now);
    if (now >= this.#campaignDue() && this.lease.runs(now)) {
      this.campaign.begin(lease, now);
      this.do({ kind: 'campaign', lease });
    }
    this.show();
  }

  #campaignDue(): number {
    const { synced, known, last } = this.view;
    const may = this.phase === 'running' && !this.#isolated && synced && known === undefined;
    return may ? this.campaign.due(last !== undefined) : Infinity;
  }

  /** The mirror shows the own key, and with it all that predecessors wrote: it is time to lead. */
  #accession(now: Milliseconds): Reign | undefined {
    const { synced, known, last, handedOver } = this.view;
    const able = this.phase === 'running' && synced && !this.#isolated && this.lease.runs(now);
    if (!able || known === undefined || !this.#isOwn(known) || known.term <= this.left) return undefined;
    this.view.last = known;
    const how = last === undefined ? 'first' : last.term === handedOver ? 'handed over' : 'failover';
    return { role: { kind: 'leading', term: known.term, previous: last?.leader, how }, draining: false };
  }

  #isOwn({ leader }: KnownLeader): boolean {
    return leader.lease === this.lease.id;
  }

  drain(): void {
    if (this.reign === undefined || this.reign.draining) return;
    this.reign.draining = true;
    this.do({ kind: 'drain' });
  }

  /** Leading, or trying to, has come to nothing that can be relied on. */
  startOver(now: Milliseconds): void {
    this.reign = undefined;
    if (this.phase === 'stopping') return this.finish(now);
    this.#reload();
    this.dropLease(now);
  }

  #reload(): void {
    this.view.forget();
    this.campaign.forget();
    this.show();
    this.do({ kind: 'reload' });
  }

  finish(now: Milliseconds): void {
    this.dropLease(now);
    this.phase = 'stopped';
    this.show();
  }

  dropLease(now: Milliseconds): void {
    const lease = this.lease.id;
    if (lease === undefined) return;
    this.do({ kind: 'revokeLease', lease });
    this.disown(lease, now);
  }

  disown(lease: LeaseId, now: Milliseconds): void {
    this.view.disown(lease);
    this.lease.drop(now);
    this.registerAt = Infinity;
  }

  /** All of the mirror was just read: that the store is back is no reason to read it anew. */
  reached(now: Milliseconds): void {
    this.#isolated = false;
    this.heard(now, now);
  }

  /** The store answered a call that was made at `at`. */
  heard(at: Milliseconds, now: Milliseconds): void {
    this.#contactAt = Math.max(this.#contactAt, at);
    if (!this.#isolated || now >= this.#contactAt + this.#ttl) return;
    this.#isolated = false;
    // Who was cut off may have missed more than its watch tells. Where no mirror is there, one is being read anyway.
    if (this.view.synced) this.#reload();
  }

  do(effect: LeadershipEffect): void {
    this.#effects.push(effect);
  }

  show(): void {
    const role = this.#currentRole();
    if (sameRole(role, this.#role)) return;
    this.#role = role;
    this.do({ kind: 'role', role });
  }

  #currentRole(): Role {
    if (this.phase === 'stopped') return { kind: 'stopped' };
    if (this.reign !== undefined) return this.reign.role;
    const { synced, known, orphaned, last } = this.view;
    if (this.#isolated) return { kind: 'isolated', leader: last?.leader };
    if (!synced) return { kind: 'starting' };
    return known === undefined || orphaned || this.#isOwn(known) ? { kind: 'waiting' } : { kind: 'standby', ...known };
  }
}
