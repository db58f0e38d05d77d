import { epochMilliseconds, type Instant, type Milliseconds, milliseconds } from '../units.ts';

export interface Clock {
  now(): Instant;
  /**
   * Calls `fn` once when the monotonic clock has reached `at`: never before, and at once (but never synchronously) where
   * that is past already. Gives the function that cancels it, which may be called at any time.
   */
  setTimer(at: Milliseconds, fn: () => void): () => void;
}

/** Node fires longer timers at once. 2^31 - 1 ms, which is 24.8 days. */
const LONGEST_DELAY = 2_147_483_647;

/** The machine's own clocks. */
export const systemClock: Clock = {
  now: () => ({ monotonic: milliseconds(performance.now()), epoch: epochMilliseconds(Date.now()) }),

  setTimer(at, fn) {
    let timer: NodeJS.Timeout;
    const arm = (): void => {
      const left = Math.max(0, at - performance.now());
      // Node rounds down to whole milliseconds, which would be up to one too early.
      timer = setTimeout(fire, Math.min(Math.ceil(left), LONGEST_DELAY));
    };
    const fire = (): void => (performance.now() < at ? arm() : fn());
    arm();
    return () => clearTimeout(timer);
  },
};
