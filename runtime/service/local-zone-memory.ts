import { systemClock } from '../adapters/clock.ts';
import { type LeaseId, leaderCodec, type MemoryClient, MemoryStore, ZoneKeys } from '../ha/index.ts';
import { type RunningGatekeeper, startGatekeeper } from './gatekeeper-service.ts';
import {
  type LocalGatekeeper,
  type LocalZone,
  metricsUrl,
  pause,
  RoleBoard,
  SIDES,
  type Side,
  within,
} from './local-zone.ts';
import type { PlannedGatekeeper, ZonePlan } from './local-zone-plan.ts';
import type { Log } from './log.ts';

/** Milliseconds: how often leases that have run out are ended, before one that was killed comes back, and for the end. */
const TICK = 20;
const RESTART = 1000;
const STOP = 1200;

interface Member {
  readonly planned: PlannedGatekeeper;
  readonly client: MemoryClient;
  readonly running: RunningGatekeeper;
}

/**
 * Both gatekeepers in this process, on a store in its memory: for machines without etcd. They speak to terminals over
 * sockets of their own and to each other through the store alone, as always; but whatever ends the process ends both.
 */
export class MemoryZone implements LocalZone {
  readonly store = 'memory';
  readonly storeNote = "no etcd found: both gatekeepers share this process's memory";
  /** A gatekeeper that was cut off within a process has not crashed. */
  readonly promise = undefined;
  readonly gatekeeperId: string;
  readonly publicKey: Uint8Array;
  readonly #plan: ZonePlan;
  readonly #log: Log;
  readonly #board = new RoleBoard();
  readonly #store = new MemoryStore(() => systemClock.now().monotonic);
  readonly #ticking = setInterval(() => this.#store.advance(), TICK);
  readonly #members = new Map<Side, Member>();
  readonly #dead = new Set<MemoryClient>();
  readonly #killed: Promise<void>[] = [];
  readonly #stopping = new AbortController();

  private constructor(plan: ZonePlan, log: Log) {
    this.#plan = plan;
    this.#log = log;
    this.gatekeeperId = plan.gatekeeperId;
    this.publicKey = plan.publicKey;
  }

  /** @throws what startGatekeeper throws, LocalZoneError, the reason of `signal`; nothing is left running */
  static async start(plan: ZonePlan, log: Log, signal: AbortSignal): Promise<MemoryZone> {
    await plan.releasePorts();
    const zone = new MemoryZone(plan, log);
    try {
      for (const side of SIDES) await zone.#start(side);
      await zone.#board.led(signal, new Promise(() => {}));
      return zone;
    } catch (error) {
      await zone.stop();
      throw error;
    }
  }

  async #start(side: Side): Promise<void> {
    const planned = this.#plan.gatekeepers[side];
    const client = this.#store.client();
    const running = await startGatekeeper(planned.settings, this.#log, {
      store: client,
      onRole: ({ kind }) => {
        if (!this.#dead.has(client)) this.#board.set(side, kind);
      },
    });
    this.#members.set(side, { planned, client, running });
  }

  get gatekeepers(): readonly LocalGatekeeper[] {
    return SIDES.map((side) => {
      const { instance, settings } = this.#plan.gatekeepers[side];
      const { host, rasPort, httpHost, httpPort } = settings;
      const state = this.#board.of(side);
      const zone = this.#members.get(side)?.running.zone;
      return {
        ...{ instance, side, state },
        ras: this.#members.get(side)?.running.ras ?? { address: host, port: rasPort },
        metrics: metricsUrl(httpHost, httpPort),
        leaseLeft: state === 'down' ? undefined : zone?.leaseLeftSeconds,
      };
    });
  }

  async look(): Promise<void> {}

  killLeader(): string | undefined {
    const side = this.#board.leader;
    const member = side === undefined ? undefined : this.#members.get(side);
    if (side === undefined || member === undefined) return undefined;
    this.#members.delete(side);
    this.#dead.add(member.client);
    this.#board.set(side, 'down');
    this.#killed.push(this.#kill(side, member).catch((error) => this.#log.error({ err: error }, 'not back again')));
    return member.planned.instance;
  }

  /**
   * Nothing in a process can be killed, so the next best is done: from one moment on nothing that this gatekeeper says
   * reaches the store, it hands nothing over and answers nobody any more, and its lease is ended for it as after a crash.
   */
  async #kill(side: Side, { client, running }: Member): Promise<void> {
    client.disconnect();
    // It holds what comes from here on.
    void running.zone?.member.stop();
    const other = this.#store.client();
    const lease = await this.#leaderLease(other);
    if (lease !== undefined) await other.revokeLease(lease);
    await running.stop();
    await pause(RESTART, this.#stopping.signal);
    if (!this.#stopping.signal.aborted) await this.#start(side);
  }

  async #leaderLease(client: MemoryClient): Promise<LeaseId | undefined> {
    const { leader } = new ZoneKeys(this.gatekeeperId);
    const { entries } = await client.read(leader);
    const [entry] = entries;
    return entry === undefined ? undefined : leaderCodec.decode(entry.value).lease;
  }

  async stop(): Promise<boolean> {
    this.#stopping.abort();
    const haveStopped = await within(STOP, this.#stopAll());
    clearInterval(this.#ticking);
    return haveStopped;
  }

  async #stopAll(): Promise<void> {
    await Promise.all(this.#killed);
    const last = this.#board.leader;
    // The standby first: whoever leads alone need not hand over.
    for (const side of SIDES.toSorted((a, b) => Number(a === last) - Number(b === last)))
      await this.#members.get(side)?.running.stop();
  }
}
