import { systemClock } from '../adapters/clock.ts';
import { ANSWERS, type AnsweredRecord, answersRecord } from '../gatekeeper/index.ts';
import {
  type Guard,
  type LeaseId,
  MOST_OPERATIONS,
  type Put,
  type Revision,
  revision,
  type Store,
  StoreUnreachableError,
  type Transaction,
  type ZoneKeys,
} from '../ha/index.ts';
import { type Milliseconds, milliseconds } from '../units.ts';
import type { Commit } from './commit-queue.ts';

/** A lease for answers is followed by the next one after this, in ms; until then it takes what is answered. */
const ANSWERS_TOGETHER = 60_000;
/**
 * Octets of requests and answers that one lease keeps. Behind that only what guards against replay is kept: whoever
 * floods the gatekeeper with requests of his own, signed and all, fills no store.
 */
const MOST_ANSWER_OCTETS = 32 * 1024 * 1024;
/** Before a write whose outcome is not known is made again, in ms. */
const PAUSE = 20;

/** What became of a write, and what the leadership is to make of it. */
export type Written = 'kept' | 'fenced' | 'given up' | 'refused';

export interface AnswersLease {
  readonly id: LeaseId;
  readonly since: Milliseconds;
  /** Written under it. */
  octets: number;
}

export interface ZoneWriterArgs {
  readonly store: Store;
  readonly keys: ZoneKeys;
  /** Seconds that a signature's timestamp may be off: how long a captured request could be sent again. */
  readonly freshness: number;
  /** Whether this gatekeeper certainly still leads. */
  readonly mayLead: () => boolean;
  /** A write had no answer; it is tried again. */
  readonly onUnreachable: () => void;
  readonly onRefused: (error: unknown) => void;
}

/**
 * Writes what the leader answers and changes, under the fence of its term. A write without an answer is made again, word
 * for word, for as long as this gatekeeper leads. It may have been carried out nevertheless, or be on its way still: so
 * each write takes the place of the one before it, of which the store has a mark, and is carried out once at most and
 * never out of turn.
 */
export class ZoneWriter {
  readonly #args: ZoneWriterArgs;
  readonly #term: Revision;
  readonly #ownLease: LeaseId | undefined;
  #number = 0;
  /** Writes of this term that were kept. */
  #links = 0;
  /** The mark of the last one. */
  #mark: Guard | undefined;
  #lease: AnswersLease | undefined;
  /** Of the last write that was kept. */
  lag: Milliseconds = milliseconds(0);

  /**
   * @param lease of this leadership; the marks go with it
   * @param answers granted before, so that the first answer need not wait for it
   */
  constructor(args: ZoneWriterArgs, term: Revision, lease: LeaseId | undefined, answers: AnswersLease | undefined) {
    this.#args = args;
    this.#term = term;
    this.#ownLease = lease;
    this.#lease = answers;
  }

  /** Gives 'kept' only when the store has all of it. */
  async write({ changes, answered }: Commit): Promise<Written> {
    const asked = systemClock.now().monotonic;
    const { keys } = this.#args;
    const puts: Put[] = [];
    const deletes: string[] = [];
    for (const [key, value] of changes)
      if (value === undefined) deletes.push(`${keys.state}${key}`);
      else puts.push({ key: `${keys.state}${key}`, value });
    // What goes, goes first: a call before its endpoint. The answers come last, with the last of the changes.
    const parts = chunks([...deletes.map((key) => ({ key })), ...puts], MOST_OPERATIONS - 3);
    if (answered.length > 0) {
      const lease = await this.#again(() => this.#answersLease());
      if (typeof lease !== 'object') return lease;
      const key = `${keys.state}${ANSWERS}${this.#term}-${++this.#number}`;
      const full = lease.octets > MOST_ANSWER_OCTETS;
      const value = answersRecord.encode(full ? answered.map(withoutOctets) : answered);
      lease.octets += value.length;
      const put = { key, value, lease: lease.id };
      const last = parts.at(-1);
      if (last === undefined) parts.push([put]);
      else last.push(put);
    }
    for (const part of parts) {
      const written = await this.#again((isDoubtful) => this.#commit(part, isDoubtful));
      if (written !== 'kept') return written;
    }
    this.lag = milliseconds(systemClock.now().monotonic - asked);
    return 'kept';
  }

  async #commit(part: readonly (Put | { readonly key: string })[], isDoubtful: boolean): Promise<'kept' | 'fenced'> {
    const { store, keys } = this.#args;
    const marks = [0, 1].map((n) => `${keys.chain}${this.#term}/${n}`);
    const link = this.#links + 1;
    const key = marks[link % 2] ?? '';
    const value = Buffer.from(String(link));
    const transaction: Transaction = {
      guards: [
        { key: keys.leader, modRevision: this.#term },
        // Of two marks one is there as soon as anything was written.
        ...(this.#mark === undefined ? marks.map((mark) => ({ key: mark, modRevision: revision(0) })) : [this.#mark]),
      ],
      puts: [
        ...part.filter((operation) => 'value' in operation),
        { key, value, ...(this.#ownLease !== undefined && { lease: this.#ownLease }) },
      ],
      deletes: [
        ...part.flatMap((operation) => ('value' in operation ? [] : [operation.key])),
        ...(this.#mark === undefined ? [] : [this.#mark.key]),
      ],
    };
    const outcome = await store.commit(transaction);
    let modRevision = outcome.kind === 'committed' ? outcome.revision : undefined;
    if (modRevision === undefined && isDoubtful) {
      // Refused because an earlier try was carried out?
      const { entries } = await store.read(key);
      modRevision = entries.find((entry) => Buffer.compare(entry.value, value) === 0)?.modRevision;
    }
    if (modRevision === undefined) return 'fenced';
    this.#links = link;
    this.#mark = { key, modRevision };
    return 'kept';
  }

  /** @param write is told whether an earlier try may have been carried out */
  async #again<T>(write: (isDoubtful: boolean) => Promise<T>): Promise<T | 'given up' | 'refused'> {
    const { mayLead, onUnreachable, onRefused } = this.#args;
    for (let isDoubtful = false; ; isDoubtful = true) {
      if (!mayLead()) return 'given up';
      try {
        return await write(isDoubtful);
      } catch (error) {
        if (!(error instanceof StoreUnreachableError)) {
          onRefused(error);
          // It may be the lease that is gone.
          this.#lease = undefined;
          return 'refused';
        }
        onUnreachable();
        await new Promise((resolve) => setTimeout(resolve, PAUSE));
      }
    }
  }

  /** Answers, and what was seen against replay, go when no timestamp of theirs can be fresh any more. */
  async #answersLease(): Promise<AnswersLease> {
    const now = systemClock.now().monotonic;
    if (this.#lease === undefined || now - this.#lease.since >= ANSWERS_TOGETHER)
      this.#lease = await grantAnswersLease(this.#args.store, this.#args.freshness);
    return this.#lease;
  }
}

/** What answers hang on: it outlives the last of them by the time in which it could be fresh. */
export async function grantAnswersLease(store: Store, freshness: number): Promise<AnswersLease> {
  const since = systemClock.now().monotonic;
  const { id } = await store.grantLease(2 * freshness + ANSWERS_TOGETHER / 1000);
  return { id, since, octets: 0 };
}

const withoutOctets = ({ at, key, nonce, from, request }: AnsweredRecord): AnsweredRecord => ({
  ...{ at, key, nonce, from, request },
  octets: new Uint8Array(0),
});

function chunks<T>(items: readonly T[], size: number): T[][] {
  const found: T[][] = [];
  for (let i = 0; i < items.length; i += size) found.push(items.slice(i, i + size));
  return found;
}
