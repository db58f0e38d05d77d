import { systemClock } from '../adapters/clock.ts';
import type { CallHandle, Exchange, GuardianEvent } from '../guardian/index.ts';
import { type BandwidthUnits, type BitsPerSecond, bandwidthUnits, type Milliseconds, milliseconds } from '../units.ts';
import type { GuardianHandle } from './guardian-service.ts';
import { type LocalGatekeeper, type LocalZone, pause, within } from './local-zone.ts';

/** Milliseconds between two requests of the council's guardians, who make them by turns. */
const EACH = 50;
/** For how long before the end they change their calls, so that there is something fresh to lose. */
const CHURN = 1000;
/** After which nobody is waited for any more: a new leader, answers, a page. */
const PATIENCE = { leader: 10_000, answers: 5000, page: 2000 };

/** A guardian in a call. */
export interface Seat {
  readonly terminalId: string;
  readonly handle: Pick<GuardianHandle, 'changeBandwidth' | 'renew'>;
  readonly call: CallHandle;
  /** All that it may have. */
  readonly units: BandwidthUnits;
}

/** What became of a council whose leader was killed. */
export interface FailoverReport {
  readonly killed: string;
  /** Who leads now. */
  readonly leader: string | undefined;
  /** Until the first guardian had a confirm for what it asked after the end of the old leader. */
  readonly failover: Milliseconds | undefined;
  readonly calls: number;
  /** Calls that the new leader does not know, or did not before they were admitted again. */
  readonly callsLost: number;
  /** Terminals of which the new leader does not know what they were confirmed last. */
  readonly confirmedLost: number;
  /** Registrations that had to be made anew. */
  readonly reregistrations: number;
  /** What was promised was held. */
  readonly held: boolean;
}

export interface FailoverDrillArgs {
  readonly zone: LocalZone;
  readonly seats: readonly Seat[];
  /** What each terminal that is registered was confirmed last: the media of its calls, one way. */
  readonly confirmed: () => ReadonlyMap<string, BitsPerSecond>;
}

/** Kills the leader in the midst of guardians that change their calls, and looks what the other one knows. */
export class FailoverDrill {
  readonly #args: FailoverDrillArgs;
  readonly #pending = new Set<Promise<unknown>>();
  readonly #lost = new Set<string>();
  readonly #changed = new Set<string>();
  #killed: LocalGatekeeper | undefined;
  #successor: LocalGatekeeper | undefined;
  #killedAt = milliseconds(0);
  #failover: Milliseconds | undefined;
  #reregistrations = 0;
  #turn = 0;

  constructor(args: FailoverDrillArgs) {
    this.#args = args;
  }

  /** To be told of every terminal's exchanges. */
  exchanged(terminalId: string, { answer, from, firstSentAt, elapsed, request }: Exchange): void {
    // What was asked before may have been confirmed before, and only be told once more.
    if (this.#killed === undefined || firstSentAt < this.#killedAt) return;
    if (answer?.endsWith('CF') !== true || from === undefined || from.port === this.#killed.ras.port) return;
    this.#failover ??= milliseconds(firstSentAt + elapsed - this.#killedAt);
    this.#successor ??= this.#args.zone.gatekeepers.find(({ ras }) => ras.port === from.port);
    if (request === 'BRQ') this.#changed.add(terminalId);
  }

  /** To be told of every terminal's events. */
  happened(terminalId: string, { kind }: GuardianEvent): void {
    if (this.#killed === undefined) return;
    if (kind === 'registered') this.#reregistrations++;
    if (kind === 'readmitted' || kind === 'forcedDrop' || kind === 'ejected') this.#lost.add(terminalId);
  }

  /**
   * @param after milliseconds from now
   * @returns `undefined` where nobody led, or `signal` came first
   */
  async run(after: Milliseconds, signal: AbortSignal): Promise<FailoverReport | undefined> {
    const { zone, seats } = this.#args;
    const churn = Math.min(after, CHURN);
    await pause(after - churn, signal);
    const end = performance.now() + churn;
    while (performance.now() < end && !signal.aborted) {
      this.#change(this.#next());
      await pause(Math.min(EACH, end - performance.now()), signal);
    }
    if (signal.aborted) return undefined;
    // One more, for which the answer, or the commit, or the reading comes too late.
    this.#change(this.#next());
    const leader = zone.gatekeepers.find(({ state }) => state === 'leading');
    this.#killedAt = systemClock.now().monotonic;
    const killed = zone.killLeader();
    if (killed === undefined || leader === undefined) return undefined;
    this.#killed = leader;
    await this.#firstConfirm(signal);
    if (signal.aborted) return undefined;
    await within(PATIENCE.answers, Promise.allSettled([...this.#pending]));
    const confirmedLost = await this.#confirmedLost();
    this.#changed.clear();
    for (const { handle, call, units } of seats) this.#ask(handle.changeBandwidth(call, units));
    await within(PATIENCE.answers, Promise.allSettled([...this.#pending]));
    return this.#report(killed, confirmedLost);
  }

  #report(killed: string, confirmedLost: number): FailoverReport {
    const { zone, seats } = this.#args;
    const callsLost = seats.filter(({ terminalId: id }) => this.#lost.has(id) || !this.#changed.has(id)).length;
    const failover = this.#failover;
    const isInTime = failover !== undefined && failover < (zone.promise ?? Number.POSITIVE_INFINITY);
    return {
      ...{ killed, leader: this.#successor?.instance, failover, calls: seats.length, callsLost, confirmedLost },
      reregistrations: this.#reregistrations,
      held: isInTime && callsLost === 0 && confirmedLost === 0 && this.#reregistrations === 0,
    };
  }

  #next(): Seat | undefined {
    const { seats } = this.#args;
    return seats[this.#turn++ % seats.length];
  }

  /** To something else than it has now. */
  #change(seat: Seat | undefined): void {
    if (seat === undefined) return;
    const { handle, call, units } = seat;
    const round = Math.floor((this.#turn - 1) / this.#args.seats.length);
    this.#ask(handle.changeBandwidth(call, round % 2 === 1 ? units : bandwidthUnits(Math.ceil(units * 0.75))));
  }

  /** Light RRQs, which change nothing: what was confirmed before the end is still to be seen afterwards. */
  async #firstConfirm(signal: AbortSignal): Promise<void> {
    const end = performance.now() + PATIENCE.leader;
    while (this.#failover === undefined && performance.now() < end && !signal.aborted) {
      const seat = this.#next();
      if (seat !== undefined) this.#ask(seat.handle.renew());
      await pause(EACH, signal);
    }
  }

  #ask(answer: Promise<unknown>): void {
    const settled = answer.catch(() => {}).finally(() => this.#pending.delete(settled));
    this.#pending.add(settled);
  }

  /** The new leader's own figures against what terminals were told. */
  async #confirmedLost(): Promise<number> {
    const confirmed = [...this.#args.confirmed()];
    const successor = this.#successor;
    if (successor === undefined) return confirmed.length;
    const signal = AbortSignal.timeout(PATIENCE.page);
    const page = await fetch(successor.metrics, { signal }).catch(() => undefined);
    const known = new Map<string, number>();
    for (const [, id = '', rate] of ((await page?.text().catch(() => '')) ?? '').matchAll(RATE))
      known.set(id, Number(rate));
    return confirmed.filter(([terminalId, rate]) => known.get(terminalId) !== rate).length;
  }
}

/** No terminal of a development registry has quotation marks in its name. */
const RATE = /^h323_guardian_bandwidth_bps\{terminal_id="([^"]*)"\} (\S+)$/gm;
