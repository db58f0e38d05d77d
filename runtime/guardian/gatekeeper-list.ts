import {
  type AlternateGK,
  addressKey,
  type SocketAddress,
  toSocketAddress,
  toTransportAddress,
} from '../h225/index.ts';
import type { Gatekeeper } from './settings.ts';

/** Alternates that one gatekeeper may name. */
const MOST_ALTERNATES = 8;

/** One text for one address, however it is written. */
export function canonical(address: SocketAddress): string | undefined {
  const transport = toTransportAddress(address);
  return transport === undefined ? undefined : addressKey(transport);
}

const keyOf = ({ ras, gatekeeperId }: Gatekeeper): string => `${canonical(ras)} ${gatekeeperId}`;

/**
 * Which gatekeeper a terminal speaks to, and which comes next: the alternates that the last one named, by their
 * priority, then those of the settings in their order. Each is tried once until one has answered.
 */
export class GatekeeperList {
  readonly #trusted: readonly Gatekeeper[];
  #alternates: readonly Gatekeeper[] = [];
  #current: Gatekeeper;
  readonly #tried = new Set<string>();

  /** @param trusted not empty */
  constructor(trusted: readonly Gatekeeper[]) {
    const [first] = trusted;
    if (first === undefined) throw new RangeError('no gatekeepers');
    this.#trusted = trusted;
    this.#current = first;
  }

  get current(): Gatekeeper {
    return this.#current;
  }

  /** Takes a new list of alternates for the old. Those without a pinned key are nobody to speak to. */
  learn(alternates: readonly AlternateGK[]): void {
    const sorted = alternates.toSorted((a, b) => a.priority - b.priority);
    const known = sorted.flatMap(({ rasAddress, gatekeeperIdentifier, needToRegister }): Gatekeeper[] => {
      const pinned = this.#trusted.find(({ gatekeeperId }) => gatekeeperId === gatekeeperIdentifier);
      const ras = usable(toSocketAddress(rasAddress));
      return pinned === undefined || ras === undefined ? [] : [{ ...pinned, ras, needToRegister }];
    });
    this.#alternates = known.slice(0, MOST_ALTERNATES);
  }

  /** The current gatekeeper serves at another address (GCF). */
  moved(ras: SocketAddress | undefined): void {
    const address = usable(ras);
    if (address === undefined) return;
    // Where it was found counts as tried too, or it would send us round in circles when the new address is silent.
    this.#tried.add(keyOf(this.#current));
    this.#current = { ...this.#current, ras: address };
  }

  /** The current gatekeeper is lost or will not have us: gives the next one, or `undefined` where all were tried. */
  next(): Gatekeeper | undefined {
    this.#tried.add(keyOf(this.#current));
    const found = [...this.#alternates, ...this.#trusted].find((gatekeeper) => !this.#tried.has(keyOf(gatekeeper)));
    if (found !== undefined) this.#current = found;
    return found;
  }

  /** The current gatekeeper has answered: when it is lost, all the others may be tried again. */
  settle(): void {
    this.#tried.clear();
  }

  /** Begins again with the first of the settings. */
  restart(): void {
    this.#tried.clear();
    this.#alternates = [];
    this.#current = this.#trusted[0] ?? this.#current;
  }
}

function usable(address: SocketAddress | undefined): SocketAddress | undefined {
  if (address === undefined || address.port === 0) return undefined;
  return address.address === '0.0.0.0' || address.address === '0:0:0:0:0:0:0:0' ? undefined : address;
}
