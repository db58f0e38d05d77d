import type { TerminalRecord } from '../config/index.ts';
import { type AliasAddress, addressKey, type SocketAddress, type TransportAddress } from '../h225/index.ts';
import type { Milliseconds } from '../units.ts';
import { AddressIndex, ipv4Key } from './address-index.ts';
import type { Journal } from './journal.ts';
import { Endpoint } from './model.ts';

/** What a registration says of an endpoint. */
export interface EndpointDescription {
  readonly aliases: readonly AliasAddress[];
  readonly signalAddresses: readonly TransportAddress[];
  /** Where its datagrams come from, and so where ours go. */
  readonly peer: SocketAddress;
}

/** The kinds of aliases that endpoints are looked up by, and the text of each. */
const LOOKED_UP = ['dialedDigits', 'h323-ID', 'url-ID', 'email-ID', 'partyNumber'] as const;
type LookedUp = (typeof LOOKED_UP)[number];

function textOf(alias: AliasAddress): { readonly kind: LookedUp; readonly text: string } | undefined {
  switch (alias.kind) {
    case 'dialedDigits':
    case 'h323-ID':
    case 'url-ID':
    case 'email-ID':
      return { kind: alias.kind, text: alias.value };
    case 'partyNumber':
      if (alias.value.kind !== 'e164Number') return undefined;
      return { kind: alias.kind, text: alias.value.value.publicNumberDigits };
    default:
      return undefined;
  }
}

/** Endpoints can be looked up by it. */
export const isLookedUp = (alias: AliasAddress): boolean => textOf(alias) !== undefined;

/** Names the same. Kinds that nobody is looked up by equal nothing. */
export function isSameAlias(a: AliasAddress, b: AliasAddress): boolean {
  const left = textOf(a);
  const right = textOf(b);
  return left !== undefined && left.kind === right?.kind && left.text === right.text;
}

export function isSameAddress(a: TransportAddress, b: TransportAddress): boolean {
  if (a.kind === 'ipAddress' && b.kind === 'ipAddress') return ipv4Key(a.value) === ipv4Key(b.value);
  return addressKey(a) === addressKey(b);
}

const isSameList = <T>(a: readonly T[], b: readonly T[], same: (a: T, b: T) => boolean): boolean =>
  a.length === b.length && a.every((item, i) => same(item, b[i] ?? item));

/** Registered endpoints; every look-up takes the same time, however many there are. */
export class EndpointTable {
  readonly #byIdentifier = new Map<string, Endpoint>();
  readonly #byAlias: Readonly<Record<LookedUp, Map<string, Endpoint>>> = {
    dialedDigits: new Map(),
    'h323-ID': new Map(),
    'url-ID': new Map(),
    'email-ID': new Map(),
    partyNumber: new Map(),
  };
  readonly #byAddress = new AddressIndex();
  readonly #byTerminal = new Map<string, Endpoint>();
  readonly #journal: Journal;
  #serial = 0;

  constructor(journal: Journal) {
    this.#journal = journal;
  }

  get size(): number {
    return this.#byIdentifier.size;
  }

  all(): IterableIterator<Endpoint> {
    return this.#byIdentifier.values();
  }

  byIdentifier(identifier: string): Endpoint | undefined {
    return this.#byIdentifier.get(identifier);
  }

  byAlias(alias: AliasAddress): Endpoint | undefined {
    const name = textOf(alias);
    return name === undefined ? undefined : this.#byAlias[name.kind].get(name.text);
  }

  bySignalAddress(address: TransportAddress): Endpoint | undefined {
    return this.#byAddress.get(address);
  }

  byTerminal(terminalId: string): Endpoint | undefined {
    return this.#byTerminal.get(terminalId);
  }

  /** @param serial of an endpoint that another gatekeeper of the zone registered */
  create(
    identifier: string,
    terminal: TerminalRecord | undefined,
    description: EndpointDescription,
    expiresAt: Milliseconds,
    serial = this.#serial + 1,
  ): Endpoint {
    this.#serial = Math.max(this.#serial, serial);
    const endpoint = new Endpoint(serial, identifier, terminal, description.peer, expiresAt);
    this.#byIdentifier.set(identifier, endpoint);
    if (terminal !== undefined) this.#byTerminal.set(terminal.terminalId, endpoint);
    this.describe(endpoint, description);
    return endpoint;
  }

  /** Replaces what is known of an endpoint. */
  describe(endpoint: Endpoint, { aliases, signalAddresses, peer }: EndpointDescription): void {
    if (endpoint.movesTo(peer)) this.#journal.endpointChanged(endpoint);
    if (
      isSameList(endpoint.aliases, aliases, isSameAlias) &&
      isSameList(endpoint.signalAddresses, signalAddresses, isSameAddress)
    )
      return;
    this.#journal.endpointChanged(endpoint);
    this.#forget(endpoint);
    endpoint.aliases = aliases;
    endpoint.signalAddresses = signalAddresses.map(owned);
    for (const alias of aliases) {
      const name = textOf(alias);
      if (name !== undefined) this.#byAlias[name.kind].set(name.text, endpoint);
    }
    for (const address of signalAddresses) this.#byAddress.add(address, endpoint);
  }

  remove(endpoint: Endpoint): void {
    this.#journal.endpointGone(endpoint);
    this.#forget(endpoint);
    this.#byIdentifier.delete(endpoint.identifier);
    const { terminal } = endpoint;
    if (terminal !== undefined && this.#byTerminal.get(terminal.terminalId) === endpoint)
      this.#byTerminal.delete(terminal.terminalId);
  }

  #forget(endpoint: Endpoint): void {
    for (const alias of endpoint.aliases) {
      const name = textOf(alias);
      if (name !== undefined && this.#byAlias[name.kind].get(name.text) === endpoint)
        this.#byAlias[name.kind].delete(name.text);
    }
    for (const address of endpoint.signalAddresses) this.#byAddress.remove(address, endpoint);
  }
}

/** A copy that keeps nothing of the datagram it came in. */
function owned(address: TransportAddress): TransportAddress {
  if (address.kind !== 'ipAddress' && address.kind !== 'ip6Address') return address;
  const { ip, port } = address.value;
  return { kind: address.kind, value: { ip: new Uint8Array(ip), port } };
}
