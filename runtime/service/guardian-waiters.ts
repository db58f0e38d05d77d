import type { GuardianEvent } from '../guardian/index.ts';

/** Turns a terminal's events into promises. */
export class GuardianWaiters {
  readonly #waiting = new Map<number, (event: GuardianEvent) => boolean>();
  #last = 0;

  /** Resolved with what `good` makes of an event, or rejected with the error that `bad` makes of one. */
  wait<T>(
    good: (event: GuardianEvent) => T | undefined,
    bad: (event: GuardianEvent) => Error | undefined = () => undefined,
  ): Promise<T> {
    const promise = new Promise<T>((resolve, reject) => {
      this.#waiting.set(++this.#last, (event) => {
        const result = good(event);
        const error = bad(event);
        if (result !== undefined) resolve(result);
        else if (error !== undefined) reject(error);
        return result !== undefined || error !== undefined;
      });
    });
    // Whoever does not wait for it does not mind either.
    promise.catch(() => {});
    return promise;
  }

  tell(event: GuardianEvent): void {
    for (const [key, isDone] of [...this.#waiting]) if (isDone(event)) this.#waiting.delete(key);
  }
}
