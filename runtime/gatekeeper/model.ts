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
  /** Its live calls by leg key. */
  readonly legs = new Map<string, Leg>();
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
}

/** What messages name a call by. */
export interface CallReference {
  readonly callIdentifier?: CallIdentifier | undefined;
  readonly conferenceID: Uint8Array;
  readonly callReferenceValue: number;
}

/** One end of a call: what one endpoint was admitted to. */
export interface Leg {
  readonly endpoint: Endpoint;
  readonly call: Call;
  readonly key: string;
  readonly reference: CallReference;
  /** Took the call, did not make it. */
  readonly answer: boolean;
  units: BandwidthUnits;
}

/** A call that at least one end is admitted to. Its media flow once, so it counts with its larger leg. */
export interface Call {
  readonly key: string;
  /** Mostly one or two. */
  readonly legs: Leg[];
  units: BandwidthUnits;
}
