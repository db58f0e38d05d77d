import type { AnsweredRecord, StateChange } from '../gatekeeper/index.ts';
import type { SocketAddress } from '../h225/index.ts';
import type { Milliseconds } from '../units.ts';

export interface Outgoing {
  readonly octets: Uint8Array;
  readonly to: SocketAddress;
  /** When the request that it answers came. */
  readonly since: Milliseconds;
}

/** Changes and answers that are kept together, or not at all. */
export interface Commit {
  /** By key; without a value it is gone. */
  readonly changes: ReadonlyMap<string, Uint8Array | undefined>;
  readonly answered: readonly AnsweredRecord[];
}

/** Gives false where this gatekeeper leads no longer: then none of it was kept, or nobody can tell. */
export type Committer = (commit: Commit) => Promise<boolean>;

/** A transaction of the store takes 128 operations; one request changes a few keys, and the fence needs room too. */
const MOST_CHANGES = 96;
const MOST_ANSWERED_OCTETS = 256 * 1024;

/** What one turn of the event loop brought: lines, answers, and what must be kept before any of them leaves. */
export class Turn {
  /** Of requests and of answers, in their order. */
  lines = '';
  /** Those that are true whether or not the answers leave. */
  requests = '';
  readonly outgoing: Outgoing[] = [];
  readonly changes = new Map<string, Uint8Array | undefined>();
  readonly answered: AnsweredRecord[] = [];
  #octets = 0;

  get isEmpty(): boolean {
    return this.lines === '' && this.outgoing.length === 0 && !this.isCommit;
  }

  get isCommit(): boolean {
    return this.changes.size > 0 || this.answered.length > 0;
  }

  /** No more fits into one transaction for certain. */
  get isFull(): boolean {
    return this.changes.size >= MOST_CHANGES || this.#octets >= MOST_ANSWERED_OCTETS;
  }

  commit(changes: readonly StateChange[], answered: AnsweredRecord | undefined): void {
    for (const { key, value } of changes) {
      // The last word on a key comes last: what follows whom is part of the order.
      this.changes.delete(key);
      this.changes.set(key, value);
    }
    if (answered === undefined) return;
    this.answered.push(answered);
    this.#octets += answered.octets.length + (answered.answer?.length ?? 0);
  }

  /** Takes in the next one where both fit into one transaction. */
  absorb(next: Turn): boolean {
    if (this.changes.size + next.changes.size > MOST_CHANGES || this.#octets + next.#octets > MOST_ANSWERED_OCTETS)
      return false;
    this.lines += next.lines;
    this.requests += next.requests;
    this.outgoing.push(...next.outgoing);
    this.answered.push(...next.answered);
    this.#octets += next.#octets;
    this.commit(
      [...next.changes].map(([key, value]) => (value === undefined ? { key } : { key, value })),
      undefined,
    );
    return true;
  }
}

/**
 * Turns wait here until the store has them, in their order: one transaction at a time, and all that came meanwhile in
 * the next one. A turn that changed nothing waits for those before it, whose changes it may have seen, and fares as they
 * do.
 */
export class CommitQueue {
  readonly #committer: Committer;
  readonly #settled: (turn: Turn, kept: boolean) => void;
  #waiting: Turn[] = [];
  #busy = false;
  #idle: (() => void)[] = [];

  constructor(committer: Committer, settled: (turn: Turn, kept: boolean) => void) {
    this.#committer = committer;
    this.#settled = settled;
  }

  add(turn: Turn): void {
    if (!this.#busy && !turn.isCommit) this.#settled(turn, true);
    else if (this.#waiting.at(-1)?.absorb(turn) !== true) this.#waiting.push(turn);
    if (!this.#busy) void this.#work();
  }

  /** Done when nothing waits any more. */
  idle(): Promise<void> {
    return this.#busy ? new Promise((resolve) => this.#idle.push(resolve)) : Promise.resolve();
  }

  async #work(): Promise<void> {
    this.#busy = true;
    for (let turn = this.#waiting.shift(); turn !== undefined; turn = this.#waiting.shift()) {
      const kept = !turn.isCommit || (await this.#committer(turn));
      this.#settled(turn, kept);
      // What came behind it may have seen what was not kept.
      if (!kept) for (const other of this.#waiting.splice(0)) this.#settled(other, false);
    }
    this.#busy = false;
    const idle = this.#idle;
    this.#idle = [];
    for (const done of idle) done();
  }
}
