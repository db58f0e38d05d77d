import { type Milliseconds, milliseconds } from '../units.ts';
import { StoreError } from './errors.ts';
import {
  type Change,
  type Entry,
  type Lease,
  type LeaseId,
  leaseId,
  MOST_OPERATIONS,
  type Outcome,
  type Put,
  type Revision,
  revision,
  type Snapshot,
  type Transaction,
} from './store.ts';

interface HeldLease {
  /** Seconds. */
  readonly ttl: number;
  endsAt: Milliseconds;
  readonly keys: Set<string>;
}

interface Kept {
  readonly entry: Entry;
  readonly lease: LeaseId | undefined;
}

/** What one transaction changed. */
export interface Step {
  readonly revision: Revision;
  readonly changes: readonly Change[];
}

export type Told = (step: Step) => void;

/**
 * What a store holds, within one process and without waiting: keys, leases, and the last steps of its history. A lease
 * that has run out is gone for every later call. Values are copied when put.
 */
export class MemoryData {
  readonly #now: () => Milliseconds;
  readonly #mostSteps: number;
  readonly #kept = new Map<string, Kept>();
  readonly #leases = new Map<LeaseId, HeldLease>();
  readonly #told = new Set<Told>();
  /** The latest steps, without a gap. */
  #steps: Step[] = [];
  /** As etcd's: an empty store is at revision 1 already. */
  #revision = revision(1);
  #leasesGranted = 0;

  constructor(now: () => Milliseconds, mostSteps: number) {
    this.#now = now;
    this.#mostSteps = mostSteps;
  }

  /** When the next lease runs out. */
  nextDeadline(): Milliseconds | undefined {
    let next: Milliseconds | undefined;
    for (const { endsAt } of this.#leases.values()) if (next === undefined || endsAt < next) next = endsAt;
    return next;
  }

  /** Ends leases that have run out, the oldest first. */
  advance(): void {
    const now = this.#now();
    const next = this.nextDeadline();
    if (next === undefined || next > now) return;
    const over = [...this.#leases].filter(([, { endsAt }]) => endsAt <= now);
    for (const [id] of over.sort(([, one], [, other]) => one.endsAt - other.endsAt)) this.revokeLease(id);
  }

  /** @throws RangeError for a `ttl` that is no whole number from 1 */
  grantLease(ttl: number): Lease {
    if (!Number.isSafeInteger(ttl) || ttl < 1) throw new RangeError(`${ttl} s is no time for a lease`);
    this.#leasesGranted++;
    const id = leaseId(`${this.#leasesGranted}`);
    this.#leases.set(id, { ttl, endsAt: this.#in(ttl), keys: new Set() });
    return { id, ttl };
  }

  renewLease(id: LeaseId): number | undefined {
    this.advance();
    const lease = this.#leases.get(id);
    if (lease === undefined) return undefined;
    lease.endsAt = this.#in(lease.ttl);
    return lease.ttl;
  }

  revokeLease(id: LeaseId): void {
    const lease = this.#leases.get(id);
    this.#leases.delete(id);
    if (lease !== undefined && lease.keys.size > 0) this.#step([], [...lease.keys]);
  }

  /** @throws StoreError for what etcd would not take either */
  commit({ guards, puts, deletes }: Transaction): Outcome {
    this.advance();
    if (puts.length + deletes.length > MOST_OPERATIONS) throw new StoreError('REFUSED', 'too many operations');
    const named = new Set([...puts.map(({ key }) => key), ...deletes]);
    if (named.size < puts.length + deletes.length) throw new StoreError('REFUSED', 'a key is named twice');
    const holds = guards.every(({ key, modRevision }) => this.#modRevision(key) === modRevision);
    if (!holds) return { kind: 'refused', revision: this.#revision };
    for (const { lease } of puts)
      if (lease !== undefined && !this.#leases.has(lease)) throw new StoreError('REFUSED', 'there is no such lease');
    this.#step(puts, deletes);
    return { kind: 'committed', revision: this.#revision };
  }

  read(prefix: string): Snapshot {
    this.advance();
    const found = [...this.#kept.values()].map(({ entry }) => entry).filter(({ key }) => key.startsWith(prefix));
    found.sort((one, other) => (one.key < other.key ? -1 : 1));
    return { entries: found, revision: this.#revision };
  }

  /**
   * Calls `told` for every step from revision `from` on, those of the past before it returns.
   *
   * @returns what ends it; `undefined` where that past is no longer known
   */
  follow(from: Revision, told: Told): (() => void) | undefined {
    this.advance();
    // The first step of all has revision 2.
    const known = this.#steps[0]?.revision ?? 2;
    if (from < known && known > 2) return undefined;
    for (const step of this.#steps) if (step.revision >= from) told(step);
    const later: Told = (step) => step.revision >= from && told(step);
    this.#told.add(later);
    return () => this.#told.delete(later);
  }

  #in(seconds: number): Milliseconds {
    return milliseconds(this.#now() + seconds * 1000);
  }

  #modRevision(key: string): Revision {
    return this.#kept.get(key)?.entry.modRevision ?? revision(0);
  }

  #step(puts: readonly Put[], deletes: readonly string[]): void {
    const at = revision(this.#revision + 1);
    const changes: Change[] = [];
    for (const { key, value: given, lease } of puts) {
      const value = new Uint8Array(given);
      this.#detach(key);
      this.#kept.set(key, { entry: { key, value, modRevision: at }, lease });
      if (lease !== undefined) this.#leases.get(lease)?.keys.add(key);
      changes.push({ key, value, modRevision: at });
    }
    for (const key of deletes) {
      if (!this.#kept.has(key)) continue;
      this.#detach(key);
      this.#kept.delete(key);
      changes.push({ key, modRevision: revision(0) });
    }
    if (changes.length === 0) return;
    this.#revision = at;
    const step = { revision: at, changes };
    this.#steps.push(step);
    // In bulk: taking one from the front each time would move all of them each time.
    if (this.#steps.length > 2 * this.#mostSteps) this.#steps = this.#steps.slice(-this.#mostSteps);
    for (const told of [...this.#told]) told(step);
  }

  #detach(key: string): void {
    const lease = this.#kept.get(key)?.lease;
    if (lease !== undefined) this.#leases.get(lease)?.keys.delete(key);
  }
}
