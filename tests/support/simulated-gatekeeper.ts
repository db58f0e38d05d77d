import {
  type Change,
  claim,
  handOver,
  handoverCodec,
  Leadership,
  type LeadershipEffect,
  type LeaseId,
  leaderCodec,
  type MemberRecord,
  type MemoryClient,
  memberCodec,
  type Outcome,
  type Revision,
  type Role,
  revision,
  type Snapshot,
  type Transaction,
  type Watch,
} from '../../runtime/ha/index.ts';
import { epochMilliseconds, type Milliseconds, milliseconds } from '../../runtime/units.ts';
import { KEYS, type SimulatedWorld } from './simulated-world.ts';

/** Seconds. */
export const TTL = 2;
const ADDRESS = { address: '192.0.2.1', port: 1719 };
const START = epochMilliseconds(0);
/** Milliseconds that a driver waits for the store. */
const PATIENCE = 600;

export interface SimulatedGatekeeperArgs {
  readonly instance: string;
  readonly role: 'primary' | 'secondary';
  readonly drift: number | undefined;
  /** Terms may come in any order. */
  readonly meddling: boolean;
}

interface Process {
  readonly machine: Leadership;
  readonly client: MemoryClient;
  watch: Watch | undefined;
  /** Counts readings of the mirror, so that an answer to an earlier one is known as such. */
  reading: number;
  leader: { readonly text: Uint8Array; readonly term: Revision } | undefined;
  handedOver: Revision | undefined;
  /** By key. */
  readonly members: Map<string, MemberRecord>;
  /** When the last change that was told arrives: none may overtake another. */
  toldAt: number;
  deadline: Milliseconds | undefined;
  kind: Role['kind'];
  writing: boolean;
  draining: boolean;
}

/** A host on which one process after another drives a leadership machine, with a clock of its own. */
export class SimulatedGatekeeper {
  readonly instance: string;
  readonly role: 'primary' | 'secondary';
  process: Process | undefined;
  frozen = false;
  readonly #world: SimulatedWorld;
  readonly #args: SimulatedGatekeeperArgs;
  readonly #rate: number;
  readonly #offset: number;
  #inbox: (() => void)[] = [];

  constructor(world: SimulatedWorld, args: SimulatedGatekeeperArgs) {
    this.#world = world;
    this.#args = args;
    this.instance = args.instance;
    this.role = args.role;
    this.#rate = world.rate();
    this.#offset = world.random.below(1_000_000);
  }

  /** By its own clock. */
  get now(): Milliseconds {
    return milliseconds(this.#offset + this.#world.time * this.#rate);
  }

  #timeOf(clock: number): number {
    return (clock - this.#offset) / this.#rate;
  }

  boot(): void {
    if (this.process !== undefined) return;
    const { instance, role } = this;
    const { drift } = this.#args;
    const process: Process = {
      machine: new Leadership({ instance, role, ttl: TTL, ...(drift === undefined ? {} : { drift }) }),
      client: this.#world.store.client(),
      watch: undefined,
      reading: 0,
      leader: undefined,
      handedOver: undefined,
      members: new Map(),
      toldAt: 0,
      deadline: undefined,
      kind: 'starting',
      writing: false,
      draining: false,
    };
    this.process = process;
    this.take(process, (machine, now) => machine.start(now));
    this.#readMirror(process);
    this.#work(process);
  }

  crash(): void {
    this.process?.watch?.close();
    this.process = undefined;
    this.#inbox = [];
  }

  /** Something reaches a process: at once, or when it wakes. */
  reach(process: Process, act: () => void): void {
    if (this.process !== process) return;
    if (this.frozen) this.#inbox.push(() => this.reach(process, act));
    else act();
  }

  wake(): void {
    this.frozen = false;
    const inbox = this.#inbox;
    this.#inbox = [];
    // What a process finds when it wakes comes in any order, but for what one watch tells.
    if (this.#world.random.chance(0.5)) this.#advance();
    for (const act of inbox) act();
  }

  #advance(): void {
    const { process } = this;
    if (process !== undefined) this.take(process, (machine, now) => machine.advance(now));
  }

  take(process: Process, input: (machine: Leadership, now: Milliseconds) => void): void {
    input(process.machine, this.now);
    for (const effect of process.machine.takeEffects()) this.#carryOut(process, effect);
    const deadline = process.machine.nextDeadline();
    if (deadline === undefined || deadline === process.deadline) return;
    process.deadline = deadline;
    const late = 0.001 + this.#world.random.below(this.#world.badNetwork ? 30 : 2);
    this.#world.at(Math.max(this.#world.time, this.#timeOf(deadline)) + late, () =>
      this.reach(process, () => {
        if (process.deadline !== deadline) return;
        process.deadline = undefined;
        this.#advance();
      }),
    );
  }

  #carryOut(process: Process, effect: LeadershipEffect): void {
    const tell = (input: (machine: Leadership, now: Milliseconds) => void): void => this.take(process, input);
    const askedAt = this.now;
    switch (effect.kind) {
      case 'grantLease':
        return this.#call(
          process,
          (client) => client.grantLease(effect.ttl),
          ({ id, ttl }) => tell((machine, now) => machine.granted(id, ttl, askedAt, now)),
          () => tell((machine, now) => machine.grantFailed(now)),
        );
      case 'renewLease':
        return this.#call(
          process,
          (client) => client.renewLease(effect.lease),
          (ttl) =>
            tell((machine, now) => {
              if (ttl === undefined) machine.leaseGone(effect.lease, now);
              else machine.renewed(effect.lease, ttl, askedAt, now);
            }),
          () => tell((machine, now) => machine.renewFailed(now)),
        );
      case 'revokeLease':
        return this.#call(
          process,
          (client) => client.revokeLease(effect.lease),
          () => {},
          () => {},
        );
      case 'register':
        return this.#commit(
          process,
          {
            guards: [],
            puts: [{ key: KEYS.member(this.instance), value: this.#record(effect.lease), lease: effect.lease }],
            deletes: [],
          },
          () => tell((machine, now) => machine.registered(now)),
          () => tell((machine, now) => machine.registerFailed(effect.lease, now)),
        );
      case 'campaign': {
        const { instance } = this;
        let answered = false;
        return this.#commit(
          process,
          claim(KEYS, { instance, ras: ADDRESS, lease: effect.lease }, START),
          ({ kind, revision: term }) => {
            answered = true;
            tell((machine, now) => (kind === 'committed' ? machine.won(term, now) : machine.lost(now)));
          },
          () => tell((machine, now) => machine.campaignFailed(now)),
          ({ kind }) =>
            this.#world.in(PATIENCE * 2, () => {
              if (kind === 'committed' && !answered && this.process === process) this.#world.tally.hiddenWins++;
            }),
        );
      }
      case 'resign': {
        const heir = this.#heir(process);
        return this.#commit(
          process,
          handOver(KEYS, effect.term, heir, START),
          () => tell((machine, now) => machine.resigned(now)),
          () => tell((machine, now) => machine.resignFailed(now)),
          ({ kind }) => {
            if (kind === 'committed' && heir !== undefined) this.#world.tally.inherited++;
          },
        );
      }
      case 'drain':
        process.draining = true;
        return this.#drained(process);
      case 'reload':
        return this.#readMirror(process);
      case 'role':
        return this.#changed(process, effect);
    }
  }

  #record(lease: LeaseId): Uint8Array {
    const { instance, role } = this;
    return memberCodec.encode({ instance, role, ras: ADDRESS, http: ADDRESS, version: '', registry: '', lease });
  }

  /** One that the mirror shows, or nobody. */
  #heir({ members }: Process): MemberRecord | undefined {
    const others = [...members.values()].filter(({ instance }) => instance !== this.instance);
    return others[this.#world.random.below(others.length + 1)];
  }

  #changed(process: Process, { role }: Extract<LeadershipEffect, { kind: 'role' }>): void {
    this.#world.lastChange = this.#world.time;
    if (role.kind === 'isolated') this.#world.tally.isolations++;
    if (process.kind === 'leading' && role.kind !== 'waiting' && role.kind !== 'stopped')
      this.#world.tally.startedOver++;
    process.kind = role.kind;
    process.draining = false;
    if (role.kind === 'leading') {
      this.#world.tally.reigns++;
      if (role.how === 'handed over') this.#world.tally.handedOver++;
      if (role.term <= this.#world.lastTerm && !this.#args.meddling)
        this.#world.violate(`${this.instance} leads in term ${role.term} after ${this.#world.lastTerm}`);
      this.#world.lastTerm = role.term;
    }
    if (role.kind === 'stopped') {
      this.crash();
      this.#world.in(this.#world.random.below(3000), () => this.boot());
    }
  }

  #drained(process: Process): void {
    this.#world.in(1 + this.#world.random.below(50), () =>
      this.reach(process, () => {
        if (process.writing) this.#drained(process);
        else this.take(process, (machine, now) => machine.drained(now));
      }),
    );
  }

  /** Each way may lose it, the answer may come too late, and the store may not be reachable when it arrives. */
  #call<T>(
    process: Process,
    act: (client: MemoryClient) => Promise<T>,
    succeeded: (result: T) => void,
    failed: () => void,
  ): void {
    let settled = false;
    const settle = (then: () => void): void =>
      this.reach(process, () => {
        if (!settled) then();
        settled = true;
      });
    this.#world.in(PATIENCE, () => settle(failed));
    if (this.#world.lost()) return;
    this.#world.in(this.#world.delay(), async () => {
      const answer = await act(process.client).then(
        (result) => () => succeeded(result),
        () => failed,
      );
      if (!this.#world.lost()) this.#world.in(this.#world.delay(), () => settle(answer));
    });
  }

  #commit(
    process: Process,
    transaction: Transaction,
    succeeded: (outcome: Outcome) => void,
    failed: () => void,
    carriedOut: (outcome: Outcome) => void = () => {},
  ): void {
    const commit = async (client: MemoryClient): Promise<Outcome> => {
      const outcome = await client.commit(transaction);
      carriedOut(outcome);
      return outcome;
    };
    this.#call(process, commit, succeeded, failed);
  }

  #readMirror(process: Process): void {
    const reading = ++process.reading;
    process.watch?.close();
    const again = (): void =>
      this.#world.in(100, () =>
        this.reach(process, () => {
          if (process.reading === reading) this.#readMirror(process);
        }),
      );
    const read = (snapshot: Snapshot): void => {
      if (process.reading !== reading) return;
      process.leader = undefined;
      process.members.clear();
      for (const { key, value, modRevision } of snapshot.entries) this.#mirror(process, { key, value, modRevision });
      this.#watch(process, reading, snapshot.revision);
      this.take(process, (machine, now) => this.#showLeader(process, machine, now));
      if (process.reading === reading) this.take(process, (machine, now) => machine.synced(now));
    };
    this.#call(process, (client) => client.read(KEYS.prefix), read, again);
  }

  #watch(process: Process, reading: number, from: Revision): void {
    const inOrder = (act: () => void): void => {
      process.toldAt = Math.max(process.toldAt, this.#world.time + this.#world.delay());
      this.#world.at(process.toldAt + 0.001, () =>
        this.reach(process, () => {
          if (process.reading === reading) act();
        }),
      );
      process.toldAt += 0.001;
    };
    process.watch = process.client.watch(KEYS.prefix, revision(from + 1), {
      changed: (changes) =>
        inOrder(() => {
          for (const change of changes) this.#mirror(process, change);
          if (changes.some(({ key }) => key === KEYS.leader))
            this.take(process, (machine, now) => this.#showLeader(process, machine, now));
        }),
      ended: () =>
        inOrder(() => {
          this.take(process, (machine, now) => machine.mirrorLost(now));
          if (process.reading === reading) this.#readMirror(process);
        }),
    });
  }

  #mirror(process: Process, { key, value, modRevision }: Change): void {
    if (key === KEYS.handover && value !== undefined) process.handedOver = handoverCodec.decode(value).term;
    if (key.startsWith(KEYS.members)) {
      if (value === undefined) process.members.delete(key);
      else process.members.set(key, memberCodec.decode(value));
    }
    if (key === KEYS.leader) process.leader = value === undefined ? undefined : { text: value, term: modRevision };
  }

  #showLeader({ leader, handedOver }: Process, machine: Leadership, now: Milliseconds): void {
    const known = leader && { leader: leaderCodec.decode(leader.text), term: leader.term };
    machine.leaderIs(known, now, handedOver);
  }

  /** A leader's guarded writes, one at a time. */
  #work(process: Process): void {
    this.#world.in(100 + this.#world.random.below(600), () =>
      this.reach(process, () => {
        this.#write(process);
        this.#work(process);
      }),
    );
  }

  #write(process: Process): void {
    const { machine } = process;
    const { role } = machine;
    if (role.kind !== 'leading' || process.draining || process.writing) return;
    if (!machine.mayLead(this.now)) return;
    process.writing = true;
    const { term } = role;
    const ended = (input: (now: Milliseconds) => void): void => {
      process.writing = false;
      const { role: later } = machine;
      if (later.kind === 'leading' && later.term === term) this.take(process, (_, now) => input(now));
    };
    this.#commit(
      process,
      {
        guards: [{ key: KEYS.leader, modRevision: term }],
        puts: [{ key: `${KEYS.state}last`, value: Buffer.from(`${term}`) }],
        deletes: [],
      },
      ({ kind }) => {
        if (kind === 'committed') this.#world.tally.writes++;
        else {
          this.#world.tally.refusedWrites++;
          ended((now) => machine.fenced(now));
        }
        process.writing = false;
      },
      () => ended((now) => machine.unreachable(now)),
    );
  }

  freeze(time: number): void {
    if (this.frozen) return;
    this.#world.tally.freezes++;
    this.frozen = true;
    this.#world.in(time, () => this.wake());
  }
}
