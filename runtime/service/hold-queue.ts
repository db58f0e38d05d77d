import type { Milliseconds } from '../units.ts';

/** Requests beyond this are let go: their terminals will ask again. */
const MOST_HELD = 1024;
/** Whoever asked longer ago than this has asked again meanwhile, in ms. */
const HELD_FOR = 1500;

/** What comes while nobody leads the zone, for a moment. */
export class HoldQueue {
  readonly #dropped: () => void;
  #held: { readonly since: Milliseconds; readonly take: () => void }[] = [];
  holding = false;

  constructor(dropped: () => void) {
    this.#dropped = dropped;
  }

  add(take: () => void, now: Milliseconds): void {
    if (this.#held.length >= MOST_HELD && now - (this.#held[0]?.since ?? now) > HELD_FOR) {
      this.#held.shift();
      this.#dropped();
    }
    if (this.#held.length < MOST_HELD) this.#held.push({ since: now, take });
    else this.#dropped();
  }

  /** Holds no longer, and takes up what is not too old. */
  release(now: Milliseconds): void {
    const held = this.#held;
    this.#held = [];
    this.holding = false;
    for (const { since, take } of held)
      if (now - since > HELD_FOR) this.#dropped();
      else take();
  }
}
