import type { EpochMilliseconds } from '../units.ts';

/**
 * Remembers which signed requests were taken up, for as long as their timestamps are fresh. A token is good from
 * `freshness` before to `freshness` after its timestamp, so each generation spans twice that and two are kept.
 */
export class ReplayMemory {
  readonly #span: number;
  readonly #capacity: number;
  #young = new Set<string>();
  #old = new Set<string>();
  #since: number | undefined;

  /** @param freshness seconds that a timestamp may be off */
  constructor(freshness: number, capacity = 1_000_000) {
    this.#span = freshness * 2000;
    this.#capacity = capacity;
  }

  has(nonce: string): boolean {
    return this.#young.has(nonce) || this.#old.has(nonce);
  }

  /** False where nothing more can be remembered: then nothing more may be accepted. */
  add(nonce: string, now: EpochMilliseconds): boolean {
    this.#since ??= now;
    // Turned by the wall clock, as freshness is judged by it; a step back of the clock only keeps entries longer.
    if (now - this.#since >= this.#span) {
      this.#old = this.#young;
      this.#young = new Set();
      this.#since = now;
    }
    if (this.#young.size >= this.#capacity) return false;
    this.#young.add(nonce);
    return true;
  }
}
