import { MemoryStore, ZoneKeys } from '../../runtime/ha/index.ts';
import { milliseconds } from '../../runtime/units.ts';
import { type Prng, prng } from './prng.ts';

export const KEYS = new ZoneKeys('simulation');

/** What happened, so that a test can tell that anything did. */
export interface Tally {
  reigns: number;
  /** Reigns that ended by the leader's own clock, its mirror or a refused write. */
  startedOver: number;
  handedOver: number;
  /** Terms handed over to an heir. */
  inherited: number;
  crashes: number;
  freezes: number;
  cuts: number;
  /** Campaigns without an answer that the store carried out all the same. */
  hiddenWins: number;
  refusedWrites: number;
  writes: number;
  isolations: number;
}

const NOTHING: Tally = {
  reigns: 0,
  startedOver: 0,
  handedOver: 0,
  inherited: 0,
  crashes: 0,
  freezes: 0,
  cuts: 0,
  hiddenWins: 0,
  refusedWrites: 0,
  writes: 0,
  isolations: 0,
};

interface Event {
  readonly time: number;
  readonly act: () => void | Promise<void>;
}

/** Invented time with what happens in it, a store with a clock of its own, and a network that may be bad. */
export class SimulatedWorld {
  readonly random: Prng;
  readonly store: MemoryStore;
  readonly tally: Tally = { ...NOTHING };
  /** Milliseconds, true ones. */
  time = 0;
  badNetwork = false;
  violation: string | undefined;
  /** When a role last changed. */
  lastChange = 0;
  /** Of the last that led. */
  lastTerm = 0;
  readonly #storeRate: number;
  /** Sorted, the next one last. */
  readonly #events: Event[] = [];

  constructor(seed: number) {
    this.random = prng(seed);
    this.#storeRate = this.rate();
    this.store = new MemoryStore(() => milliseconds(this.time * this.#storeRate));
  }

  /** Until `end`, or until something is violated; `judge` looks at the world after each event. */
  async runUntil(end: number, judge: () => void): Promise<void> {
    while (this.violation === undefined) {
      const next = this.#events.at(-1)?.time ?? Infinity;
      const lease = (this.store.nextDeadline() ?? Infinity) / this.#storeRate + 0.001;
      this.time = Math.min(next, lease, end);
      if (this.time === end) return;
      if (lease < next) {
        this.store.advance();
        await undefined;
      } else await this.#events.pop()?.act();
      judge();
    }
  }

  at(time: number, act: Event['act']): void {
    let [low, high] = [0, this.#events.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#events[middle]?.time ?? 0) > time) low = middle + 1;
      else high = middle;
    }
    this.#events.splice(low, 0, { time, act });
  }

  in(delay: number, act: Event['act']): void {
    this.at(this.time + delay, act);
  }

  /** Within 5 % of true. */
  rate(): number {
    return 0.95 + this.random.below(1001) / 10_000;
  }

  /** Milliseconds one way. */
  delay(): number {
    if (!this.badNetwork) return 0.2 + this.random.below(5);
    return this.random.below(this.random.chance(0.05) ? 3000 : 150);
  }

  lost(): boolean {
    return this.badNetwork && this.random.chance(0.15);
  }

  violate(what: string): void {
    this.violation ??= `${what} (at ${this.time.toFixed(1)} ms)`;
  }
}
