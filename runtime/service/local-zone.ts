import type { SocketAddress } from '../h225/index.ts';
import type { Role } from '../ha/index.ts';

export const SIDES = ['primary', 'secondary'] as const;
/** What a gatekeeper is meant as; which of them leads is another matter. */
export type Side = (typeof SIDES)[number];

/** What a gatekeeper is at the moment; `down`: it does not run. */
export type GatekeeperState = Role['kind'] | 'down';

/** One of the two gatekeepers of a local council. */
export interface LocalGatekeeper {
  readonly instance: string;
  readonly side: Side;
  readonly state: GatekeeperState;
  readonly ras: SocketAddress;
  /** URL of its metrics. */
  readonly metrics: string;
  /** Seconds that its lease still ran when it was last asked; `undefined` where that is not known. */
  readonly leaseLeft: number | undefined;
}

/** Two gatekeepers that share a store, on this machine. */
export interface LocalZone {
  readonly store: 'etcd' | 'memory';
  /** The store in plain words. */
  readonly storeNote: string;
  /** Milliseconds that a failover after killLeader() may take; `undefined` where no promise covers it. */
  readonly promise: number | undefined;
  readonly gatekeeperId: string;
  readonly publicKey: Uint8Array;
  /** Primary and secondary. */
  readonly gatekeepers: readonly LocalGatekeeper[];
  /** Asks the gatekeepers how long their leases still run. */
  look(): Promise<void>;
  /** Ends the gatekeeper that leads, as a crash would; gives its name, or `undefined` where none leads. */
  killLeader(): string | undefined;
  /** Stops everything within 1.5 s, if need be by force; false where something of this process's own goes on. */
  stop(): Promise<boolean>;
}

/** Something that a local council needs did not start. */
export class LocalZoneError extends Error {
  override readonly name = 'LocalZoneError';
  readonly code = 'NOT_STARTED';
}

/** Milliseconds until a zone that has no leader after its start is given up. */
const PATIENCE = 20_000;

/** How both gatekeepers are, and who waits for that. */
export class RoleBoard {
  readonly #states: Record<Side, GatekeeperState> = { primary: 'down', secondary: 'down' };
  #isLed: () => void = () => {};

  of(side: Side): GatekeeperState {
    return this.#states[side];
  }

  set(side: Side, state: GatekeeperState): void {
    this.#states[side] = state;
    this.#look();
  }

  #look(): void {
    const states = Object.values(this.#states);
    if (states.includes('leading') && states.includes('standby')) this.#isLed();
  }

  get leader(): Side | undefined {
    return SIDES.find((side) => this.#states[side] === 'leading');
  }

  /**
   * Done when one leads and the other one follows.
   * @param failed rejects when that will never be
   * @throws LocalZoneError after 20 s, the reason of `signal`, what `failed` rejects with
   */
  async led(signal: AbortSignal, failed: Promise<never>): Promise<void> {
    failed.catch(() => {});
    signal.throwIfAborted();
    let timer: NodeJS.Timeout | undefined;
    try {
      await Promise.race([
        new Promise<void>((resolve, reject) => {
          this.#isLed = resolve;
          this.#look();
          signal.addEventListener('abort', () => reject(signal.reason), { once: true });
          timer = setTimeout(() => {
            const found = SIDES.map((side) => `${side} ${this.#states[side]}`).join(', ');
            reject(new LocalZoneError(`no leader with a standby after ${PATIENCE / 1000} s: ${found}`));
          }, PATIENCE);
        }),
        failed,
      ]);
    } finally {
      clearTimeout(timer);
    }
  }
}

export const metricsUrl = (host: string, port: number): string =>
  `http://${host.includes(':') ? `[${host}]` : host}:${port}/metrics`;

/** Done after `ms`, at once where that is less than none, or when `signal` comes. */
export function pause(ms: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', done);
      resolve();
    };
    // Node 24 complains of negative ones.
    const timer = setTimeout(done, Math.max(0, ms));
    signal?.addEventListener('abort', done);
    if (signal?.aborted === true) done();
  });
}

/** Whether something was done within `ms`; it may go on afterwards. */
export async function within(ms: number, work: Promise<unknown>): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<false>((resolve) => {
    timer = setTimeout(() => resolve(false), ms);
  });
  try {
    return await Promise.race([work.then(() => true), late]);
  } finally {
    clearTimeout(timer);
  }
}
