import type { TerminalRecord } from '../config/index.ts';
import type { SignedToken, SocketAddress } from '../h225/index.ts';
import type { Milliseconds } from '../units.ts';
import type { Request } from './refusals.ts';

/** A signed request whose signature is being verified. */
export interface Pending {
  readonly request: Request;
  readonly octets: Buffer;
  readonly from: SocketAddress;
  readonly token: SignedToken;
  readonly terminal: TerminalRecord;
  readonly nonce: string;
  readonly since: Milliseconds;
}

const NONE = -1;
const CHAINS = 1024;

const chainOf = ({ random }: SignedToken): number => Math.imul(random, 0x9e3779b1) >>> 22;

/**
 * Signed requests that wait for the verdict on their signature, in the order of their coming. They are told apart by
 * all their octets, not by their nonce: a forgery under a nonce that somebody saw must not keep the genuine one out.
 *
 * They stand in slots, chained by numbers. In a Map that is filled and emptied all the time, V8's tables outlive what
 * stood in them: each that was given up still points to its successor, and so every request became an old object.
 */
export class PendingRequests {
  readonly #slots: (Pending | undefined)[] = [];
  readonly #free: number[] = [];
  /** How often each slot was filled: part of the ticket. */
  readonly #uses: number[] = [];
  /** Neighbours of those whose senders were not told yet that it takes long. */
  readonly #older: Int32Array;
  readonly #newer: Int32Array;
  readonly #told: Uint8Array;
  #oldest = NONE;
  #newest = NONE;
  /** Of each chain of randoms the first slot, and of each slot the next. */
  readonly #heads = new Int32Array(CHAINS).fill(NONE);
  readonly #next: Int32Array;
  readonly #capacity: number;

  /** @param capacity how many may wait at once */
  constructor(capacity: number) {
    this.#capacity = capacity;
    this.#older = new Int32Array(capacity);
    this.#newer = new Int32Array(capacity);
    this.#told = new Uint8Array(capacity);
    this.#next = new Int32Array(capacity);
  }

  get size(): number {
    return this.#slots.length - this.#free.length;
  }

  get isFull(): boolean {
    return this.size >= this.#capacity;
  }

  has(token: SignedToken, octets: Buffer, { address, port }: SocketAddress): boolean {
    for (let slot = this.#heads[chainOf(token)] ?? NONE; slot !== NONE; slot = this.#next[slot] ?? NONE) {
      const known = this.#slots[slot];
      if (known?.from.port === port && known.from.address === address && known.octets.equals(octets)) return true;
    }
    return false;
  }

  /** Gives the ticket by which take() finds it. @throws RangeError where there is no room. */
  add(pending: Pending): number {
    if (this.isFull) throw new RangeError(`${this.#capacity} requests wait already`);
    const slot = this.#free.pop() ?? this.#slots.length;
    this.#slots[slot] = pending;
    const uses = (this.#uses[slot] ?? 0) + 1;
    this.#uses[slot] = uses;
    this.#told[slot] = 0;
    this.#older[slot] = this.#newest;
    this.#newer[slot] = NONE;
    if (this.#newest === NONE) this.#oldest = slot;
    else this.#newer[this.#newest] = slot;
    this.#newest = slot;
    const chain = chainOf(pending.token);
    this.#next[slot] = this.#heads[chain] ?? NONE;
    this.#heads[chain] = slot;
    return uses * this.#capacity + slot;
  }

  take(ticket: number): Pending | undefined {
    const slot = ticket % this.#capacity;
    const pending = this.#slots[slot];
    if (pending === undefined || this.#uses[slot] !== Math.floor(ticket / this.#capacity)) return undefined;
    this.#slots[slot] = undefined;
    this.#free.push(slot);
    if (this.#told[slot] === 0) this.#leaveOrder(slot);
    this.#leaveChain(slot, chainOf(pending.token));
    return pending;
  }

  #leaveOrder(slot: number): void {
    const older = this.#older[slot] ?? NONE;
    const newer = this.#newer[slot] ?? NONE;
    if (older === NONE) this.#oldest = newer;
    else this.#newer[older] = newer;
    if (newer === NONE) this.#newest = older;
    else this.#older[newer] = older;
  }

  #leaveChain(slot: number, chain: number): void {
    const after = this.#next[slot] ?? NONE;
    let at = this.#heads[chain] ?? NONE;
    if (at === slot) {
      this.#heads[chain] = after;
      return;
    }
    while (at !== NONE && this.#next[at] !== slot) at = this.#next[at] ?? NONE;
    if (at !== NONE) this.#next[at] = after;
  }

  /** Since when the one that has waited longest, and was not told, has waited. */
  get oldest(): Milliseconds | undefined {
    return this.#oldest === NONE ? undefined : this.#slots[this.#oldest]?.since;
  }

  /** Those that have waited since `at` or longer; each is given once, to be told. */
  late(at: number): Pending[] {
    const late: Pending[] = [];
    while (this.#oldest !== NONE) {
      const slot = this.#oldest;
      const pending = this.#slots[slot];
      if (pending === undefined || pending.since > at) break;
      this.#leaveOrder(slot);
      this.#told[slot] = 1;
      late.push(pending);
    }
    return late;
  }
}
