import { type Instant, type Milliseconds, milliseconds } from '../units.ts';
import type { GuardianTimers } from './timers.ts';

/** Parts of RFC 6298 clause 2: how much one measurement counts, and how many variations are waited for. */
const ALPHA = 1 / 8;
const BETA = 1 / 4;
const K = 4;

/** How long an answer is waited for before its request is sent again, by the round trips so far (RFC 6298). */
export class Retransmission {
  readonly #timers: GuardianTimers;
  #smoothed: number | undefined;
  #variation = 0;
  #timeout: Milliseconds;
  #backedOffAt = Number.NEGATIVE_INFINITY;

  constructor(timers: GuardianTimers) {
    this.#timers = timers;
    this.#timeout = timers.retransmitAfter;
  }

  /** For a request that is sent now. */
  get timeout(): Milliseconds {
    return this.#timeout;
  }

  /** A round trip of a request that was sent once (Karn: of one sent again nobody knows what was answered). */
  measured(roundTrip: Milliseconds): void {
    if (this.#smoothed === undefined) {
      this.#smoothed = roundTrip;
      this.#variation = roundTrip / 2;
    } else {
      this.#variation += BETA * (Math.abs(this.#smoothed - roundTrip) - this.#variation);
      this.#smoothed += ALPHA * (roundTrip - this.#smoothed);
    }
    const { leastRetransmit, mostRetransmit } = this.#timers;
    const timeout = this.#smoothed + K * this.#variation;
    this.#timeout = milliseconds(Math.min(Math.max(timeout, leastRetransmit), mostRetransmit));
  }

  /**
   * A request got no answer in time: what is sent from now on waits twice as long, until a round trip is measured
   * (clause 5.5). Requests that were under way together count as one, for they missed the same gatekeeper.
   */
  expired(firstSentAt: Milliseconds, { monotonic }: Instant): void {
    if (firstSentAt < this.#backedOffAt) return;
    this.#backedOffAt = monotonic;
    this.#timeout = milliseconds(Math.min(this.#timeout * 2, this.#timers.mostRetransmit));
  }

  /** How long the next answer is waited for, after `rounds` time-outs of a request that first waited `timeout`. */
  after(timeout: Milliseconds, rounds: number, isAlone: boolean): Milliseconds {
    const { mostRetransmit, mostRound } = this.#timers;
    const most = isAlone || rounds === 0 ? mostRetransmit : mostRound;
    return milliseconds(Math.min(timeout * 2 ** rounds, most));
  }
}
