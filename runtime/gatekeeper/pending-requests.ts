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

/**
 * Signed requests that wait for the verdict on their signature, in the order of their coming. They are told apart by
 * all their octets, not by their nonce: a forgery under a nonce that somebody saw must not keep the genuine one out.
 */
export class PendingRequests {
  readonly #waiting = new Map<number, Pending>();
  /** Those whose senders know that it takes long. */
  readonly #told = new Map<number, Pending>();
  readonly #byNonce = new Map<string, Pending[]>();
  #ticket = 0;

  get size(): number {
    return this.#waiting.size + this.#told.size;
  }

  has(nonce: string, octets: Buffer, { address, port }: SocketAddress): boolean {
    const alike = this.#byNonce.get(nonce) ?? [];
    return alike.some(
      ({ octets: known, from }) => from.port === port && from.address === address && known.equals(octets),
    );
  }

  /** Gives the ticket by which take() finds it. */
  add(pending: Pending): number {
    this.#waiting.set(++this.#ticket, pending);
    const alike = this.#byNonce.get(pending.nonce);
    if (alike === undefined) this.#byNonce.set(pending.nonce, [pending]);
    else alike.push(pending);
    return this.#ticket;
  }

  take(ticket: number): Pending | undefined {
    const pending = this.#waiting.get(ticket) ?? this.#told.get(ticket);
    if (pending === undefined) return undefined;
    this.#waiting.delete(ticket);
    this.#told.delete(ticket);
    const others = this.#byNonce.get(pending.nonce)?.filter((other) => other !== pending) ?? [];
    if (others.length === 0) this.#byNonce.delete(pending.nonce);
    else this.#byNonce.set(pending.nonce, others);
    return pending;
  }

  /** Since when the one that has waited longest, and was not told, has waited. */
  get oldest(): Milliseconds | undefined {
    for (const { since } of this.#waiting.values()) return since;
    return undefined;
  }

  /** Those that have waited since `at` or longer; each is given once, to be told. */
  late(at: number): Pending[] {
    const late: Pending[] = [];
    for (const [ticket, pending] of this.#waiting) {
      if (pending.since > at) break;
      this.#waiting.delete(ticket);
      this.#told.set(ticket, pending);
      late.push(pending);
    }
    return late;
  }
}
