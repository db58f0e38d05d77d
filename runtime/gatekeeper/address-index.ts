import { addressKey, type TransportAddress } from '../h225/index.ts';
import type { Endpoint } from './model.ts';

/**
 * Endpoints by their call signalling addresses. Several may share one (a host with several terminals); each of them is
 * found by it for as long as it is there, whoever else claims it or leaves it.
 */
export class AddressIndex {
  readonly #endpoints = new Map<string | number, Endpoint | Set<Endpoint>>();

  /** One of the endpoints there. */
  get(address: TransportAddress): Endpoint | undefined {
    const key = lookUpKey(address);
    const there = key === undefined ? undefined : this.#endpoints.get(key);
    if (!(there instanceof Set)) return there;
    for (const endpoint of there) return endpoint;
    return undefined;
  }

  add(address: TransportAddress, endpoint: Endpoint): void {
    const key = lookUpKey(address);
    if (key === undefined) return;
    const there = this.#endpoints.get(key);
    if (there instanceof Set) there.add(endpoint);
    else this.#endpoints.set(key, there === undefined || there === endpoint ? endpoint : new Set([there, endpoint]));
  }

  remove(address: TransportAddress, endpoint: Endpoint): void {
    const key = lookUpKey(address);
    if (key === undefined) return;
    const there = this.#endpoints.get(key);
    if (there instanceof Set) there.delete(endpoint);
    if (there === endpoint || (there instanceof Set && there.size === 0)) this.#endpoints.delete(key);
  }
}

/** A number for IPv4, which costs no text to make; the text of the address for the rest. */
const lookUpKey = (address: TransportAddress): string | number | undefined =>
  address.kind === 'ipAddress' ? ipv4Key(address.value) : addressKey(address);

/** An IPv4 address and port as one integer. */
export function ipv4Key({ ip, port }: Extract<TransportAddress, { kind: 'ipAddress' }>['value']): number {
  // By index: taking an array apart would ask its iterator, on the path of every registration.
  const number = (((ip[0] ?? 0) * 256 + (ip[1] ?? 0)) * 256 + (ip[2] ?? 0)) * 256 + (ip[3] ?? 0);
  return number * 65_536 + port;
}
