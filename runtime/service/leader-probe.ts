import { get } from 'node:http';
import { systemClock } from '../adapters/clock.ts';
import type { SocketAddress } from '../h225/index.ts';
import type { Milliseconds } from '../units.ts';

/** How often the leader is asked whether it serves; after the first miss every QUICKLY. In ms. */
const EVERY = 2000;
const QUICKLY = 200;
/** An answer that takes longer is none. */
const PATIENCE = 500;

/**
 * Asks the leader's `/readyz`, for people and for the length of a failover: who leads is the store's to say. Nothing is
 * decided by it.
 */
export class LeaderProbe {
  #http: SocketAddress | undefined;
  #timer: NodeJS.Timeout | undefined;
  #lastSeen: Milliseconds | undefined;
  #firstMiss: Milliseconds | undefined;

  /** When it last answered that it serves. */
  get lastSeen(): Milliseconds | undefined {
    return this.#lastSeen;
  }

  /** When it was first asked in vain, since it last answered. */
  get firstMiss(): Milliseconds | undefined {
    return this.#firstMiss;
  }

  get healthy(): boolean {
    return this.#lastSeen !== undefined && this.#firstMiss === undefined;
  }

  /** Watches another leader, or none. */
  watch(http: SocketAddress | undefined): void {
    if (http?.address === this.#http?.address && http?.port === this.#http?.port) return;
    clearTimeout(this.#timer);
    this.#http = http;
    this.#lastSeen = undefined;
    this.#firstMiss = undefined;
    if (http !== undefined) this.#ask(http);
  }

  #ask(http: SocketAddress): void {
    const asked = systemClock.now().monotonic;
    let isOver = false;
    const answered = (ok: boolean): void => {
      if (isOver || http !== this.#http) return;
      isOver = true;
      if (ok) {
        this.#lastSeen = asked;
        this.#firstMiss = undefined;
      } else this.#firstMiss ??= asked;
      const pause = this.#firstMiss === undefined ? EVERY : QUICKLY;
      this.#timer = setTimeout(() => this.#ask(http), pause).unref();
    };
    const request = get({ host: http.address, port: http.port, path: '/readyz', agent: false }, (response) => {
      response.resume();
      answered(response.statusCode === 200);
    });
    request.on('error', () => answered(false));
    request.setTimeout(PATIENCE, () => request.destroy());
    setTimeout(() => {
      request.destroy();
      answered(false);
    }, PATIENCE).unref();
  }
}
