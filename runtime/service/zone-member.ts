import { systemClock } from '../adapters/clock.ts';
import { PerDecodeError } from '../asn1/index.ts';
import {
  claim,
  handOver,
  Leadership,
  type LeadershipEffect,
  type LeaseId,
  type MemberRecord,
  memberCodec,
  type Role,
  type SwitchoverRecord,
  ZoneKeys,
} from '../ha/index.ts';
import { type Instant, type Milliseconds, milliseconds } from '../units.ts';
import type { Commit, Committer } from './commit-queue.ts';
import type { GatekeeperDriver } from './gatekeeper-driver.ts';
import { LeaderProbe } from './leader-probe.ts';
import type { ZoneMemberArgs } from './zone-member-args.ts';
import { ZoneMirror } from './zone-mirror.ts';
import { type AnswersLease, grantAnswersLease, ZoneWriter } from './zone-writer.ts';

/** Seconds that leadership lasts unless renewed. */
const LEASE = 2;
/** A spare lease is followed by another one after this, in ms. */
const SPARE = 30_000;
/** Before what the store could not give is asked for again, in ms. */
const AGAIN = 200;

/**
 * One of the gatekeepers of a zone: it joins the leadership machine to the store, lets its gatekeeper follow who leads,
 * and lets it lead when its turn has come.
 */
export class ZoneMember {
  readonly #args: ZoneMemberArgs;
  readonly #keys: ZoneKeys;
  readonly #leadership: Leadership;
  readonly #mirror: ZoneMirror;
  readonly #probe = new LeaderProbe();
  readonly #members = new Map<string, MemberRecord>();
  #self: ZoneMemberArgs['self'];
  /** Whom an operator wants to lead. */
  #successor: string | undefined;
  #driver: GatekeeperDriver | undefined;
  #writer: ZoneWriter | undefined;
  #role: Role = { kind: 'starting' };
  /** For the answers of this gatekeeper's first minute, should it lead. */
  #spare: AnswersLease | undefined;
  #leaderGone: Milliseconds | undefined;
  #cancelTimer: (() => void) | undefined;
  #timerAt: Milliseconds | undefined;
  #stopped: (() => void) | undefined;
  #revoked: Promise<void> = Promise.resolve();
  #ended = false;
  failovers = 0;
  lastFailover: Milliseconds | undefined;
  unreachable = 0;
  unreadable = 0;

  constructor(args: ZoneMemberArgs) {
    this.#args = args;
    this.#self = args.self;
    this.#keys = new ZoneKeys(args.zone);
    const { instance, role } = args.self;
    this.#leadership = new Leadership({ instance, role, ttl: LEASE });
    this.#mirror = new ZoneMirror(args.store, this.#keys, {
      begin: () => {
        this.#members.clear();
        // A leader knows its zone best; whoever led no longer by now is told to load anew.
        if (this.#role.kind !== 'leading') args.machine.clear();
      },
      leader: (known, handedOver) =>
        this.#input((leadership, now) => {
          this.#leaderGone = known === undefined ? now : undefined;
          leadership.leaderIs(known, now, handedOver);
        }),
      member: (name, record) => {
        if (record === undefined) this.#members.delete(name);
        else this.#members.set(name, record);
        this.#watchLeader();
      },
      switchover: (order) => this.#obey(order),
      state: (key, value) => this.#follow(key, value),
      synced: () => this.#input((leadership, now) => leadership.synced(now)),
      lost: () => {
        this.#input((leadership, now) => leadership.mirrorLost(now));
        this.#later(() => this.#mirror.load());
      },
      unreadable: (key, error) => {
        this.unreadable++;
        args.log.error({ key, error: error.message }, 'a record in the store cannot be read, and is left alone');
      },
    });
  }

  /** The driver whose answers leave when the store has them. */
  attach(driver: GatekeeperDriver): void {
    this.#driver = driver;
  }

  get role(): Role {
    return this.#role;
  }

  /** By instance, as far as the store knows them. */
  get members(): ReadonlyMap<string, MemberRecord> {
    return this.#members;
  }

  /** How long the own lease certainly runs. */
  leaseLeft(now: Milliseconds): Milliseconds {
    return milliseconds(Math.max(0, this.#leadership.leaseUntil - now));
  }

  /** How long the last write took until a majority had it. */
  get lag(): Milliseconds | undefined {
    return this.#writer?.lag;
  }

  get leaderHealthy(): boolean | undefined {
    return this.#role.kind === 'standby' ? this.#probe.healthy : undefined;
  }

  start(): void {
    this.#input((leadership, now) => leadership.start(now));
    void this.#mirror.load();
  }

  /** A turn of the event loop begins: the lease may have run out while this process slept. */
  readonly onTurn = ({ monotonic }: Instant): void => this.#input((leadership) => leadership.advance(monotonic));

  readonly commit: Committer = async (commit: Commit): Promise<boolean> => {
    const writer = this.#writer;
    if (writer === undefined) return false;
    const written = await writer.write(commit);
    // Whyever it was not kept: what this gatekeeper holds is ahead of the store now, so it leads no longer.
    if (written !== 'kept' && writer === this.#writer) this.#input((leadership, now) => leadership.fenced(now));
    return written === 'kept';
  };

  /** Lets another gatekeeper lead, where this one does. */
  handOver(): void {
    this.#input((leadership, now) => leadership.handOver(now));
  }

  /** The guardian registry was replaced: the zone is told, and whoever follows does so anew. */
  registryReplaced(registry: string): void {
    this.#self = { ...this.#self, registry };
    const { lease } = this.#leadership;
    if (lease !== undefined) this.#register(lease);
    if (this.#role.kind !== 'leading') void this.#mirror.load();
  }

  /** Hands leadership over and gives up the lease; done when the store knows, or cannot be told. */
  async stop(): Promise<void> {
    const stopped = new Promise<void>((resolve) => {
      this.#stopped = resolve;
    });
    this.#input((leadership, now) => leadership.stop(now));
    if (this.#role.kind !== 'stopped') await stopped;
    this.#ended = true;
    this.#cancelTimer?.();
    this.#probe.watch(undefined);
    this.#mirror.close();
    await this.#revoked;
    await this.#args.store.close();
  }

  #input(change: (leadership: Leadership, now: Milliseconds) => void): void {
    if (this.#ended) return;
    change(this.#leadership, systemClock.now().monotonic);
    for (const effect of this.#leadership.takeEffects()) this.#carryOut(effect);
    this.#setTimer();
  }

  #carryOut(effect: LeadershipEffect): void {
    const { store, onLease } = this.#args;
    const askedAt = systemClock.now().monotonic;
    switch (effect.kind) {
      case 'grantLease':
        return this.#ask(
          store.grantLease(effect.ttl),
          ({ id, ttl }) => {
            onLease(id);
            this.#input((leadership, now) => leadership.granted(id, ttl, askedAt, now));
          },
          (leadership, now) => leadership.grantFailed(now),
        );
      case 'renewLease':
        this.#keepSpare(askedAt);
        return this.#ask(
          store.renewLease(effect.lease),
          (ttl) =>
            this.#input((leadership, now) =>
              ttl === undefined
                ? leadership.leaseGone(effect.lease, now)
                : leadership.renewed(effect.lease, ttl, askedAt, now),
            ),
          (leadership, now) => leadership.renewFailed(now),
        );
      case 'revokeLease':
        this.#revoked = store.revokeLease(effect.lease).catch(() => {});
        return;
      case 'register':
        return this.#register(effect.lease);
      case 'campaign': {
        const candidate = { ...this.#self, lease: effect.lease };
        return this.#ask(
          store.commit(claim(this.#keys, candidate, systemClock.now().epoch)),
          (outcome) =>
            this.#input((leadership, now) =>
              outcome.kind === 'committed' ? leadership.won(outcome.revision, now) : leadership.lost(now),
            ),
          (leadership, now) => leadership.campaignFailed(now),
        );
      }
      case 'resign':
        return this.#ask(
          store.commit(handOver(this.#keys, effect.term, this.#heir(), systemClock.now().epoch)),
          () => this.#input((leadership, now) => leadership.resigned(now)),
          (leadership, now) => leadership.resignFailed(now),
        );
      case 'drain':
        this.#driver?.hold();
        void this.#driver?.committed().then(() => this.#input((leadership, now) => leadership.drained(now)));
        return;
      case 'reload':
        void this.#mirror.load();
        return;
      case 'role':
        this.#become(effect.role);
    }
  }

  /** Whoever may lead soon has what the first answers need; what is not used runs out by itself. */
  #keepSpare(now: Milliseconds): void {
    if (this.#role.kind !== 'standby' || (this.#spare !== undefined && now - this.#spare.since < SPARE)) return;
    const { store, freshness } = this.#args;
    void grantAnswersLease(store, freshness).then(
      (lease) => {
        this.#spare = lease;
      },
      () => {},
    );
  }

  #register(lease: LeaseId): void {
    const self = this.#self;
    const put = { key: this.#keys.member(self.instance), value: memberCodec.encode({ ...self, lease }), lease };
    this.#ask(
      this.#args.store.commit({ guards: [], puts: [put], deletes: [] }),
      () => this.#input((leadership, now) => leadership.registered(now)),
      (leadership, now) => leadership.registerFailed(lease, now),
    );
  }

  #ask<T>(
    answer: Promise<T>,
    then: (value: T) => void,
    failed: (leadership: Leadership, now: Milliseconds) => void,
  ): void {
    answer.then(then, (error: unknown) => {
      this.unreachable++;
      this.#args.log.warn(
        { error: error instanceof Error ? error.message : String(error) },
        'the store did not answer',
      );
      this.#input(failed);
    });
  }

  #become(role: Role): void {
    const { machine, freshness, store, onRole } = this.#args;
    const now = systemClock.now();
    // Who handed over has nothing that was not kept.
    if (this.#role.kind === 'leading' && role.kind !== 'waiting') machine.forgetAnswers();
    this.#role = role;
    this.#writer = undefined;
    switch (role.kind) {
      case 'starting':
      case 'waiting':
      case 'stopped':
        this.#driver?.hold();
        machine.become({ kind: 'isolated' }, now);
        break;
      case 'isolated':
        machine.become({ kind: 'isolated' }, now);
        this.#driver?.release();
        break;
      case 'standby':
        machine.become({ kind: 'standby', leader: role.leader.ras }, now);
        this.#keepSpare(now.monotonic);
        this.#driver?.release();
        break;
      case 'leading': {
        this.#writer = new ZoneWriter(
          {
            store,
            keys: this.#keys,
            freshness,
            mayLead: () => this.#leadership.mayLead(systemClock.now().monotonic),
            onUnreachable: () => {
              this.unreachable++;
              this.#input((leadership, at) => leadership.unreachable(at));
            },
            onRefused: (error) => this.#args.log.error({ err: error }, 'the store refuses to keep what was decided'),
          },
          role.term,
          this.#leadership.lease,
          this.#spare,
        );
        this.#spare = undefined;
        this.#successor = undefined;
        this.#tellTakeover(role, now.monotonic);
        this.#driver?.run(() => machine.become({ kind: 'leading' }, now));
        this.#driver?.release();
      }
    }
    if (role.kind === 'stopped') this.#stopped?.();
    this.#watchLeader();
    onRole(role);
  }

  #tellTakeover({ how, term, previous }: Extract<Role, { kind: 'leading' }>, now: Milliseconds): void {
    const { firstMiss, lastSeen } = this.#probe;
    const began = Math.min(firstMiss ?? now, this.#leaderGone ?? now);
    const duration = milliseconds(now - began);
    if (how === 'failover') this.failovers++;
    if (how !== 'first') this.lastFailover = duration;
    this.#args.onTakeover({
      how,
      term,
      from: previous?.instance,
      duration,
      unseen: lastSeen === undefined ? undefined : milliseconds(now - lastSeen),
    });
  }

  #watchLeader(): void {
    if (this.#role.kind === 'standby') this.#probe.watch(this.#members.get(this.#role.leader.instance)?.http);
    else if (this.#role.kind !== 'waiting') this.#probe.watch(undefined);
  }

  #obey({ term, to, by }: SwitchoverRecord): void {
    const { instance } = this.#self;
    if (this.#role.kind !== 'leading' || this.#role.term !== term || to === instance) return;
    this.#args.log.info({ by, to }, 'handing over, as ordered');
    this.#successor = to;
    this.handOver();
  }

  /** Who leads next where this one hands over: a member that is there, if there is another. */
  #heir(): MemberRecord | undefined {
    const others = [...this.#members.values()].filter(({ instance }) => instance !== this.#self.instance);
    return others.find(({ instance }) => instance === this.#successor) ?? others[0];
  }

  #follow(key: string, value: Uint8Array | undefined): void {
    // The leader knows what it wrote.
    if (this.#role.kind === 'leading') return;
    try {
      this.#args.machine.follow(value === undefined ? { key } : { key, value }, systemClock.now());
    } catch (error) {
      if (!(error instanceof PerDecodeError)) throw error;
      this.unreadable++;
      this.#args.log.error({ error: error.message }, 'a record in the store cannot be read, and is left alone');
    }
  }

  #later(work: () => Promise<void>): void {
    setTimeout(() => {
      if (!this.#ended) void work();
    }, AGAIN).unref();
  }

  #setTimer(): void {
    const at = this.#leadership.nextDeadline();
    if (at === undefined || this.#ended || (this.#timerAt !== undefined && this.#timerAt <= at)) return;
    this.#cancelTimer?.();
    this.#timerAt = at;
    this.#cancelTimer = systemClock.setTimer(at, () => {
      this.#timerAt = undefined;
      this.#input((leadership, now) => leadership.advance(now));
    });
  }
}
