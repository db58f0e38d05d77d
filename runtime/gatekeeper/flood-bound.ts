import { type Milliseconds, milliseconds } from '../units.ts';

const SECOND = 1000;

/** Bounds what datagrams that anybody can send may cost: so many a second are taken up, the rest are counted. */
export class FloodBound {
  readonly #perSecond: number;
  #since = 0;
  #count = 0;

  constructor(perSecond: number) {
    this.#perSecond = perSecond;
  }

  /** Whether one more is taken up. settle() comes first. */
  take(): boolean {
    return ++this.#count <= this.#perSecond;
  }

  /** Begins a new second where the last one is over; gives how many were not taken up in that. */
  settle(now: Milliseconds): number {
    if (now - this.#since < SECOND) return 0;
    const suppressed = Math.max(0, this.#count - this.#perSecond);
    this.#since = now;
    this.#count = 0;
    return suppressed;
  }

  /** When settle() has something to tell. */
  get deadline(): Milliseconds | undefined {
    return this.#count > this.#perSecond ? milliseconds(this.#since + SECOND) : undefined;
  }
}
