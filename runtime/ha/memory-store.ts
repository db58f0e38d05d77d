import type { Milliseconds } from '../units.ts';
import { MemoryClient } from './memory-client.ts';
import { MemoryData } from './memory-data.ts';

/**
 * The shared store within one process: what a gatekeeper that stands alone uses, and all gatekeepers of a council that
 * runs in one process. It keeps nothing beyond the process. What is asked for happens within the call; the answer comes
 * a microtask later, in the order of the calls, and watchers are told before whoever asked is answered. Values that are
 * handed out must not be changed.
 *
 * No timer is in it: when nextDeadline() has come, somebody has to call advance(), or watchers hear of leases that have
 * run out only when the next call comes.
 */
export class MemoryStore {
  readonly #data: MemoryData;

  /**
   * @param now a monotonic clock
   * @param mostSteps how many of the last transactions a watch can at least still be told of
   */
  constructor(now: () => Milliseconds, mostSteps = 1000) {
    this.#data = new MemoryData(now, mostSteps);
  }

  /** A store of one's own, over the data that all clients share. */
  client(): MemoryClient {
    return new MemoryClient(this.#data);
  }

  /** When the next lease runs out; `undefined` while there is none. */
  nextDeadline(): Milliseconds | undefined {
    return this.#data.nextDeadline();
  }

  /** Ends leases that have run out. */
  advance(): void {
    this.#data.advance();
  }
}
