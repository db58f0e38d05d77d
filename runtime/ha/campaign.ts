import { RETRY } from './lease-keeper.ts';
import type { LeaseId } from './store.ts';

/** Milliseconds that a secondary leaves a fresh zone to the primary. */
const FRESH_ZONE = 1000;
/** Milliseconds that who has handed over leaves to others. */
const STAND_BACK = 5000;

/** When to try for the leader's key, and what is still open of the last try. Times in milliseconds. */
export class Campaign {
  /** The call under way was made with this lease. */
  #lease: LeaseId | undefined;
  /** Since when the mirror owes the outcome. */
  #since = Infinity;
  #notBefore = -Infinity;
  #freshUntil = Infinity;
  #standBackUntil = -Infinity;

  /** When the next try may be made; Infinity while one is under way. */
  due(anyLeaderSeen: boolean): number {
    if (this.#lease !== undefined) return Infinity;
    return Math.max(this.#notBefore, this.#standBackUntil, anyLeaderSeen ? -Infinity : this.#freshUntil);
  }

  /** A mirror that has shown no leader since then is stuck. */
  stuckAt(patience: number): number {
    return this.#since + patience;
  }

  /** The mirror was read for the first time. */
  firstLook(role: 'primary' | 'secondary', now: number): void {
    this.#freshUntil = now + (role === 'secondary' ? FRESH_ZONE : 0);
  }

  begin(lease: LeaseId, now: number): void {
    this.#lease = lease;
    this.#since = Math.min(this.#since, now);
  }

  /** No other try until the mirror shows something. */
  won(now: number): void {
    this.#lease = undefined;
    this.#since = Math.min(this.#since, now);
    this.#notBefore = Infinity;
  }

  /** Lost, or nobody knows. */
  failed(now: number): void {
    this.#lease = undefined;
    this.#notBefore = now + RETRY;
  }

  /** The try under way is about `lease`. */
  isAbout(lease: LeaseId | undefined): boolean {
    return lease !== undefined && this.#lease === lease;
  }

  /** The mirror shows a leader. */
  settled(): void {
    this.#since = Infinity;
  }

  /** The mirror shows that there is no leader. */
  vacant(now: number): void {
    this.#notBefore = now;
  }

  forget(): void {
    this.#since = Infinity;
    this.#notBefore = -Infinity;
  }

  standBack(now: number): void {
    this.#standBackUntil = now + STAND_BACK;
  }

  stepForward(): void {
    this.#standBackUntil = -Infinity;
  }
}
