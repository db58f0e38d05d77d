/**
 * Remembers the signed requests that were obeyed, for as long as their timestamps are fresh. Forgetting goes by the wall
 * clock, and what is no newer than anything forgotten stays refused, so that a clock that is set back lets nothing in.
 */
export class ReplayMemory<T> {
  readonly #freshness: number;
  readonly #capacity: number;
  readonly #known = new Map<string, { readonly timeStamp: number; readonly value: T }>();
  #forgotten = 0;

  /** @param freshness seconds that a timestamp may be off */
  constructor(freshness: number, capacity: number) {
    this.#freshness = freshness;
    this.#capacity = capacity;
  }

  get(nonce: string): T | undefined {
    return this.#known.get(nonce)?.value;
  }

  isForgotten(timeStamp: number): boolean {
    return timeStamp <= this.#forgotten;
  }

  /** Makes room by forgetting what is stale; false where there is none. `now` in seconds. */
  hasRoom(now: number): boolean {
    if (this.#known.size < this.#capacity) return true;
    for (const [nonce, { timeStamp }] of this.#known)
      if (timeStamp + this.#freshness < now) {
        this.#known.delete(nonce);
        this.#forgotten = Math.max(this.#forgotten, timeStamp);
      }
    return this.#known.size < this.#capacity;
  }

  add(nonce: string, timeStamp: number, value: T): void {
    this.#known.set(nonce, { timeStamp, value });
  }
}
