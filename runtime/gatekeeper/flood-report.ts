import type { Milliseconds } from '../units.ts';
import { FloodBound } from './flood-bound.ts';
import type { Outbox } from './outbox.ts';
import type { GatekeeperState } from './state.ts';

/** A flood's bound, and the line that says how much of it is in no other line. */
export class FloodReport {
  readonly #bound: FloodBound;
  readonly #state: GatekeeperState;
  readonly #outbox: Outbox;
  readonly #detail: string;

  constructor(perSecond: number, state: GatekeeperState, outbox: Outbox, detail: string) {
    this.#bound = new FloodBound(perSecond);
    this.#state = state;
    this.#outbox = outbox;
    this.#detail = detail;
  }

  /** Whether one more is taken up, and has lines. */
  take(now: Milliseconds): boolean {
    this.advance(now);
    return this.#bound.take();
  }

  get deadline(): Milliseconds | undefined {
    return this.#bound.deadline;
  }

  advance(now: Milliseconds): void {
    const count = this.#bound.settle(now);
    if (count === 0) return;
    this.#outbox.witness({ msgType: 'SUPPRESSED', peer: this.#state.config.ras, count, detail: this.#detail });
  }
}
