import type { Registry, TerminalRecord } from '../config/index.ts';
import { type AlternateGK, type TransportAddress, toTransportAddress } from '../h225/index.ts';
import { type BandwidthUnits, bandwidthUnits, bitsPerSecond, unitsForOneWayRate } from '../units.ts';
import { CallTable } from './calls.ts';
import type { GatekeeperConfig } from './config.ts';
import { EndpointTable } from './endpoints.ts';
import { ExpiryWheel } from './expiry-wheel.ts';
import { Journal } from './journal.ts';
import type { Call, Endpoint, Leg } from './model.ts';
import { type GatekeeperStatistics, newStatistics } from './statistics.ts';

/** What an unregistered terminal counts as under the lab policy: everything allowed, bandwidth as stock peers ask. */
export const LAB_QUOTA: BandwidthUnits = unitsForOneWayRate(bitsPerSecond(10_000_000));

/** Everything a gatekeeper knows, and the changes that more than one procedure makes to it. */
export class GatekeeperState {
  readonly config: GatekeeperConfig;
  readonly statistics: GatekeeperStatistics = newStatistics();
  /** What the zone's other gatekeepers are to be told. */
  readonly journal = new Journal();
  endpoints = new EndpointTable(this.journal);
  calls = new CallTable(this.journal);
  expiry = new ExpiryWheel<Endpoint>();
  readonly rasAddress: TransportAddress;
  /** `undefined` where there is none to tell of. */
  readonly alternates: readonly AlternateGK[] | undefined;
  readonly random: (octets: number) => Uint8Array;
  registry: Registry;
  /** Live calls may go on, and no new ones begin. */
  draining = false;
  #seqNum = 0;

  constructor(config: GatekeeperConfig, registry: Registry, random: (octets: number) => Uint8Array) {
    this.config = config;
    this.registry = registry;
    this.random = random;
    this.rasAddress = transport(config.ras);
    const alternates = config.alternates.map(({ ras, gatekeeperId, priority }) => ({
      rasAddress: transport(ras),
      gatekeeperIdentifier: gatekeeperId,
      needToRegister: false,
      priority,
    }));
    this.alternates = alternates.length > 0 ? alternates : undefined;
  }

  get lab(): boolean {
    return this.config.policy === 'open-lab';
  }

  /** The most a terminal's calls may have together. */
  quota(terminal: TerminalRecord | undefined): BandwidthUnits {
    return terminal === undefined ? LAB_QUOTA : unitsForOneWayRate(terminal.quota);
  }

  /** Room left for all calls together, apart from `leg`, which may give up what it has. */
  councilRoom(leg: Leg | undefined, call: Call | undefined): BandwidthUnits {
    if (this.lab) return bandwidthUnits(0xffffffff);
    let others = 0;
    for (const other of call?.legs ?? []) if (other !== leg) others = Math.max(others, other.units);
    const limit = unitsForOneWayRate(this.config.councilBandwidth);
    const used = this.calls.units - (call?.units ?? 0);
    // What the other end of this call has is spent anyway: a leg up to that size costs nothing more.
    return bandwidthUnits(Math.max(others, limit - used));
  }

  /** Forgets registrations and calls; nobody is told. */
  clear(): void {
    this.journal.recording = false;
    this.journal.take();
    this.endpoints = new EndpointTable(this.journal);
    this.calls = new CallTable(this.journal);
    this.expiry = new ExpiryWheel<Endpoint>();
  }

  /** Ends all that an endpoint has; gives the legs that were live. */
  drop(endpoint: Endpoint): Leg[] {
    const legs = this.endCalls(endpoint);
    this.expiry.remove(endpoint);
    this.endpoints.remove(endpoint);
    return legs;
  }

  endCalls(endpoint: Endpoint): Leg[] {
    const legs = [...endpoint.legs.values()];
    for (const leg of legs) this.calls.remove(leg);
    return legs;
  }

  /** The number of a request of the gatekeeper's own: 1 to 65535, around. */
  nextSeqNum(): number {
    this.#seqNum = (this.#seqNum % 65_535) + 1;
    return this.#seqNum;
  }

  /** A name nobody can guess: 128 random bits. */
  newIdentifier(): string {
    return Buffer.from(this.random(16)).toString('base64url');
  }
}

function transport(address: GatekeeperConfig['ras']): TransportAddress {
  const found = toTransportAddress(address);
  if (found === undefined) throw new TypeError(`'${address.address}' is no IP address`);
  return found;
}
