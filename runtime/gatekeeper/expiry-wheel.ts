import { type Milliseconds, milliseconds } from '../units.ts';

/** Something with an end that may be put off. */
export interface Expiring {
  /** On the monotonic clock. */
  expiresAt: Milliseconds;
}

const SLOT = 1000;

/**
 * Finds what has run out, in constant time an entry. Putting an end off is only an assignment to `expiresAt`: an entry
 * whose slot comes up too early moves to the slot of its new end. Entries run out at most one slot (1 s) late.
 */
export class ExpiryWheel<T extends Expiring> {
  readonly #slots = new Map<number, Set<T>>();
  readonly #slotOf = new Map<T, number>();
  #next: number | undefined;

  add(entry: T): void {
    this.remove(entry);
    this.#put(entry, Math.ceil(entry.expiresAt / SLOT));
  }

  remove(entry: T): void {
    const slot = this.#slotOf.get(entry);
    if (slot === undefined) return;
    this.#slotOf.delete(entry);
    const entries = this.#slots.get(slot);
    entries?.delete(entry);
    if (entries?.size === 0) this.#slots.delete(slot);
  }

  #put(entry: T, slot: number): void {
    let entries = this.#slots.get(slot);
    if (entries === undefined) {
      entries = new Set();
      this.#slots.set(slot, entries);
    }
    entries.add(entry);
    this.#slotOf.set(entry, slot);
    if (this.#next === undefined || slot < this.#next) this.#next = slot;
  }

  /** When advance() should be called next. */
  get deadline(): Milliseconds | undefined {
    return this.#slotOf.size === 0 || this.#next === undefined ? undefined : milliseconds(this.#next * SLOT);
  }

  /** Takes out and gives what has run out by `now`. */
  advance(now: Milliseconds): T[] {
    const expired: T[] = [];
    const current = Math.floor(now / SLOT);
    if (this.#next === undefined || this.#next > current) return expired;
    const due = [...this.#slots.keys()].filter((slot) => slot <= current);
    this.#next = undefined;
    for (const slot of due) {
      const entries = this.#slots.get(slot) ?? new Set<T>();
      this.#slots.delete(slot);
      for (const entry of entries) {
        this.#slotOf.delete(entry);
        if (entry.expiresAt <= now) expired.push(entry);
        else this.#put(entry, Math.max(Math.ceil(entry.expiresAt / SLOT), current + 1));
      }
    }
    for (const slot of this.#slots.keys()) if (this.#next === undefined || slot < this.#next) this.#next = slot;
    return expired;
  }
}
