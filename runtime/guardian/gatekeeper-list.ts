import {
  type AlternateGK,
  addressKey,
  type SocketAddress,
  toSocketAddress,
  toTransportAddress,
} from '../h225/index.ts';
import { type Gatekeeper, isOneZone } from './settings.ts';

/** Alternates that one gatekeeper may name. */
const MOST_ALTERNATES = 8;

/** One text for one address, however it is written. */
export function placeOf(address: SocketAddress): string {
  const transport = toTransportAddress(address);
  const key = transport === undefined ? undefined : addressKey(transport);
  return key ?? `${address.address} ${address.port}`;
}

const keyOf = ({ ras, gatekeeperId }: Gatekeeper): string => `${placeOf(ras)} ${gatekeeperId}`;

/**
 * Which gatekeeper a terminal speaks to, with which others that one forms a zone, and which comes next when the zone is
 * lost: the alternates that the last one named, by their priority, then those of the settings in their order. Each is
 * tried once until one has answered.
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

  /**
   * All that a request for `gatekeeper` can be sent to, the current gatekeeper first if it is one of them: those of the
   * settings, and alternates that said that registrations are shared.
   */
  zoneOf(gatekeeper: Gatekeeper): readonly Gatekeeper[] {
    const shared = this.#alternates.filter(({ needToRegister }) => !needToRegister);
    const members = new Map<string, Gatekeeper>();
    for (const member of [this.#current, gatekeeper, ...shared, ...this.#trusted]) {
      const place = placeOf(member.ras);
      if (isOneZone(member, gatekeeper) && !members.has(place)) members.set(place, member);
    }
    return [...members.values()];
  }

  /** The one of the current gatekeeper's zone that is at this address. */
  memberAt(from: SocketAddress): Gatekeeper | undefined {
    const place = placeOf(from);
    return this.zoneOf(this.#current).find(({ ras }) => placeOf(ras) === place);
  }

  /** Takes a new list of alternates for the old. */
  learn(alternates: readonly AlternateGK[]): void {
    this.#alternates = this.#known(alternates).slice(0, MOST_ALTERNATES);
  }

  /** Those of `alternates` that are of a zone, by their priority. They belong to it from now on. */
  named(alternates: readonly AlternateGK[], zone: Gatekeeper): readonly Gatekeeper[] {
    const members = this.#known(alternates).filter((named) => !named.needToRegister && isOneZone(named, zone));
    const known = new Set(this.zoneOf(zone).map(({ ras }) => placeOf(ras)));
    const fresh = members.filter(({ ras }) => !known.has(placeOf(ras)));
    this.#alternates = [...fresh, ...this.#alternates].slice(0, MOST_ALTERNATES);
    return members;
  }

  /** Alternates by their priority, without those that no key is pinned for: they are nobody to speak to. */
  #known(alternates: readonly AlternateGK[]): readonly Gatekeeper[] {
    const sorted = alternates.toSorted((a, b) => a.priority - b.priority);
    return sorted.flatMap(({ rasAddress, gatekeeperIdentifier, needToRegister }): Gatekeeper[] => {
      const ras = usable(toSocketAddress(rasAddress));
      if (ras === undefined) return [];
      const pinned = this.#trusted.filter(({ gatekeeperId }) => gatekeeperId === gatekeeperIdentifier);
      const place = placeOf(ras);
      const [found] = [...pinned.filter((gatekeeper) => placeOf(gatekeeper.ras) === place), ...pinned];
      return found === undefined ? [] : [{ ...found, ras, needToRegister }];
    });
  }

  /** One of the current gatekeeper's zone has answered: requests go to it first. */
  answeredBy(from: SocketAddress): void {
    this.#current = this.memberAt(from) ?? this.#current;
  }

  /** The current gatekeeper serves at another address (GCF). */
  moved(ras: SocketAddress | undefined): void {
    const address = usable(ras);
    if (address === undefined) return;
    // Where it was found counts as tried too, or it would send us round in circles when the new address is silent.
    this.#tried.add(keyOf(this.#current));
    this.#current = { ...this.#current, ras: address };
  }

  /** The zone is lost or will not have us: gives the first of the next one, or `undefined` where all were tried. */
  next(): Gatekeeper | undefined {
    for (const member of this.zoneOf(this.#current)) this.#tried.add(keyOf(member));
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
