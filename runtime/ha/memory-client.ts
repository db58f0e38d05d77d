import { StoreUnreachableError } from './errors.ts';
import type { MemoryData, Step } from './memory-data.ts';
import type { Lease, LeaseId, Outcome, Revision, Snapshot, Store, Transaction, Watch, WatchListener } from './store.ts';

/** One gatekeeper's way to a MemoryStore. It can be cut, for tests. */
export class MemoryClient implements Store {
  readonly #data: MemoryData;
  readonly #watches = new Set<MemoryWatch>();
  #reach: 'connected' | 'cut' | 'closed' = 'connected';

  constructor(data: MemoryData) {
    this.#data = data;
  }

  /** Answers on their way are lost with the connection; what they tell of has happened nevertheless. */
  disconnect(): void {
    if (this.#reach !== 'connected') return;
    this.#reach = 'cut';
    for (const watch of [...this.#watches]) watch.end('unreachable');
  }

  /** Watches that have ended stay so. */
  connect(): void {
    if (this.#reach === 'cut') this.#reach = 'connected';
  }

  grantLease(ttl: number): Promise<Lease> {
    return this.#call(() => this.#data.grantLease(ttl));
  }

  renewLease(id: LeaseId): Promise<number | undefined> {
    return this.#call(() => this.#data.renewLease(id));
  }

  revokeLease(id: LeaseId): Promise<void> {
    return this.#call(() => this.#data.revokeLease(id));
  }

  commit(transaction: Transaction): Promise<Outcome> {
    return this.#call(() => this.#data.commit(transaction));
  }

  read(prefix: string): Promise<Snapshot> {
    return this.#call(() => this.#data.read(prefix));
  }

  watch(prefix: string, from: Revision, listener: WatchListener): Watch {
    const watch = new MemoryWatch(prefix, listener, () => this.#watches.delete(watch));
    if (this.#reach === 'connected') {
      this.#watches.add(watch);
      watch.follow(this.#data, from);
    } else watch.end('unreachable');
    return watch;
  }

  /** Its watches are closed: their listeners hear nothing any more. */
  async close(): Promise<void> {
    this.#reach = 'closed';
    for (const watch of [...this.#watches]) watch.close();
  }

  async #call<T>(act: () => T): Promise<T> {
    this.#mustReach();
    const result = act();
    await undefined;
    this.#mustReach();
    return result;
  }

  #mustReach(): void {
    if (this.#reach === 'connected') return;
    throw new StoreUnreachableError(this.#reach === 'cut' ? 'the store cannot be reached' : 'the store was closed');
  }
}

/** Tells a microtask later, so that no listener is called from within a call of its own. */
class MemoryWatch implements Watch {
  readonly #prefix: string;
  readonly #listener: WatchListener;
  readonly #onOver: () => void;
  #unfollow: (() => void) | undefined;
  #state: 'open' | 'ending' | 'over' = 'open';

  constructor(prefix: string, listener: WatchListener, onOver: () => void) {
    this.#prefix = prefix;
    this.#listener = listener;
    this.#onOver = onOver;
  }

  follow(data: MemoryData, from: Revision): void {
    this.#unfollow = data.follow(from, (step) => this.#tell(step));
    if (this.#unfollow === undefined) this.end('compacted');
  }

  /** To be called while it is open. */
  end(reason: 'unreachable' | 'compacted'): void {
    this.#leave('ending');
    later(() => {
      if (this.#state === 'ending') this.#listener.ended(reason);
    });
  }

  close(): void {
    this.#leave('over');
  }

  #tell(step: Step): void {
    const changes = step.changes.filter(({ key }) => key.startsWith(this.#prefix));
    if (changes.length === 0) return;
    later(() => {
      if (this.#state === 'open') this.#listener.changed(changes, step.revision);
    });
  }

  #leave(state: 'ending' | 'over'): void {
    this.#state = state;
    this.#unfollow?.();
    this.#onOver();
  }
}

const later = (act: () => void): void => {
  Promise.resolve().then(act);
};
