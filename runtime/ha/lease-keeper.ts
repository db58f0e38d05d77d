import { type Milliseconds, milliseconds } from '../units.ts';
import type { LeaseId } from './store.ts';

/** Milliseconds between two tries of anything that failed. */
export const RETRY = 100;

/** Renewals in the time of a lease. */
const RENEWALS = 4;

/**
 * One's own lease in the store: when to ask for it, when to have it renewed, and until when it certainly runs. That is
 * counted from when one asked, since the store began to count later than that, and shortened by `drift`, since the
 * store's clock may be the faster one.
 */
export class LeaseKeeper {
  readonly #every: number;
  readonly #trusted: number;
  #id: LeaseId | undefined;
  #until = -Infinity;
  #askAt = -Infinity;
  #askedAt = -Infinity;

  /**
   * @param ttl milliseconds
   * @param drift share of its time that a lease is not trusted for
   */
  constructor(ttl: number, drift: number) {
    this.#every = ttl / RENEWALS;
    this.#trusted = 1 - drift;
  }

  get id(): LeaseId | undefined {
    return this.#id;
  }

  /** From then on it may have run out; in the past where there is none. */
  get until(): Milliseconds {
    return milliseconds(this.#until);
  }

  /** When ask() has something to ask for. */
  get askAt(): Milliseconds {
    return milliseconds(this.#askAt);
  }

  runs(now: Milliseconds): boolean {
    return now < this.#until;
  }

  /** What the store is to be asked for now, whether or not it has answered the last time. */
  ask(now: Milliseconds): 'grant' | 'renew' | undefined {
    if (now < this.#askAt) return undefined;
    this.#askedAt = now;
    this.#askAt = now + this.#every;
    return this.#id === undefined ? 'grant' : 'renew';
  }

  /** Asks again soon. */
  hurry(now: Milliseconds): void {
    this.#askAt = Math.min(this.#askAt, Math.max(now, this.#askedAt + RETRY));
  }

  /** @param ttl seconds, granted to who asked at `askedAt` */
  take(id: LeaseId, ttl: number, askedAt: Milliseconds): void {
    this.#id = id;
    this.#until = -Infinity;
    this.#askAt = askedAt + this.#every;
    this.extend(ttl, askedAt);
  }

  extend(ttl: number, askedAt: Milliseconds): void {
    this.#until = Math.max(this.#until, askedAt + ttl * 1000 * this.#trusted);
  }

  /** Forgets it; another one is asked for soon. */
  drop(now: Milliseconds): void {
    this.#id = undefined;
    this.#until = -Infinity;
    this.hurry(now);
  }
}
