import type { TerminalRecord } from '../config/index.ts';
import type { AliasAddress, CallIdentifier, SocketAddress, TransportAddress } from '../h225/index.ts';
import { type BandwidthUnits, bandwidthUnits, type Milliseconds } from '../units.ts';
import type { Expiring } from './expiry-wheel.ts';

/** A registered endpoint. */
export class Endpoint implements Expiring {
  /** Names it in logs; its identifier is a secret between it and the gatekeeper. */
  readonly serial: number;
  readonly identifier: string;
  /** Whose key it registered with; `undefined` under the lab policy. */
  terminal: TerminalRecord | undefined;
  aliases: readonly AliasAddress[] = [];
  signalAddresses: readonly TransportAddress[] = [];
  peer: SocketAddress;
  expiresAt: Milliseconds;
  /** Its ends of live calls. */
  readonly legs = new LegList();
  /** The sum of its legs' grants. */
  units: BandwidthUnits = bandwidthUnits(0);

  constructor(
    serial: number,
    identifier: string,
    terminal: TerminalRecord | undefined,
    peer: SocketAddress,
    expiresAt: Milliseconds,
  ) {
    this.serial = serial;
    this.identifier = identifier;
    this.terminal = terminal;
    this.peer = peer;
    this.expiresAt = expiresAt;
  }

  /**
   * Takes up where it is now; true where that is elsewhere. Otherwise nothing is kept of the datagram that said so: what
   * an old object holds of a young one, the garbage collector carries along.
   */
  movesTo(peer: SocketAddress): boolean {
    if (this.peer.port === peer.port && this.peer.address === peer.address) return false;
    this.peer = peer;
    return true;
  }
}

/** What messages name a call by. */
export interface CallReference {
  readonly callIdentifier?: CallIdentifier | undefined;
  readonly conferenceID: Uint8Array;
  readonly callReferenceValue: number;
}

/** One end of a call: what one endpoint was admitted to. */
export class Leg {
  readonly endpoint: Endpoint;
  readonly call: Call;
  /** The sixteen octets of the conferenceID, as Latin-1: a text costs less to keep than an array. */
  readonly conference: string;
  readonly callReferenceValue: number;
  /** Took the call, did not make it. */
  readonly answer: boolean;
  units: BandwidthUnits = bandwidthUnits(0);
  /** The LegList's own: its neighbours there, and whether it is there. */
  previous: Leg | undefined = undefined;
  next: Leg | undefined = undefined;
  listed = false;

  constructor(endpoint: Endpoint, call: Call, conference: string, callReferenceValue: number, answer: boolean) {
    this.endpoint = endpoint;
    this.call = call;
    this.conference = conference;
    this.callReferenceValue = callReferenceValue;
    this.answer = answer;
  }
}

/** An endpoint's legs, oldest first: linked to each other, so that an endpoint without calls costs next to nothing. */
export class LegList {
  #first: Leg | undefined;
  #last: Leg | undefined;
  #size = 0;

  get size(): number {
    return this.#size;
  }

  /** Adds a leg that is in no list. */
  add(leg: Leg): void {
    leg.listed = true;
    leg.previous = this.#last;
    if (this.#last === undefined) this.#first = leg;
    else this.#last.next = leg;
    this.#last = leg;
    this.#size++;
  }

  /** False where it was removed before. */
  delete(leg: Leg): boolean {
    if (!leg.listed) return false;
    const { previous, next } = leg;
    if (previous === undefined) this.#first = next;
    else previous.next = next;
    if (next === undefined) this.#last = previous;
    else next.previous = previous;
    leg.listed = false;
    leg.previous = undefined;
    leg.next = undefined;
    this.#size--;
    return true;
  }

  *values(): IterableIterator<Leg> {
    for (let leg = this.#first; leg !== undefined; leg = leg.next) yield leg;
  }
}

/** A call that at least one end is admitted to. Its media flow once, so it counts with its larger leg. */
export interface Call {
  readonly key: string;
  /** Mostly one or two. */
  legs: readonly Leg[];
  units: BandwidthUnits;
}
