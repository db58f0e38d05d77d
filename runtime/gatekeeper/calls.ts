import { type BandwidthUnits, bandwidthUnits } from '../units.ts';
import type { Journal } from './journal.ts';
import { type Call, type CallReference, type Endpoint, Leg } from './model.ts';

const NO_GUID = '\0'.repeat(16);

/** One text for one call: its callIdentifier, or for version 1 peers the conference and the call reference. */
export function callKey({ callIdentifier, conferenceID, callReferenceValue }: CallReference): string {
  const guid = callIdentifier === undefined ? NO_GUID : latin1(callIdentifier.guid);
  return guid === NO_GUID ? `${latin1(conferenceID)}${callReferenceValue}` : guid;
}

/** The log's field for a call. */
export const callIdOf = ({ callIdentifier }: Pick<CallReference, 'callIdentifier'>): Uint8Array | undefined =>
  callIdentifier?.guid;

/** What a leg was admitted with, as messages write it. */
export const referenceOf = ({ call, conference, callReferenceValue }: Leg): CallReference => ({
  callIdentifier: call.key.length === NO_GUID.length ? { guid: Buffer.from(call.key, 'latin1') } : undefined,
  conferenceID: Buffer.from(conference, 'latin1'),
  callReferenceValue,
});

function latin1(octets: Uint8Array): string {
  const buffer = Buffer.isBuffer(octets) ? octets : Buffer.from(octets.buffer, octets.byteOffset, octets.byteLength);
  return buffer.toString('latin1');
}

/**
 * An endpoint's leg of a call, of which it may be both ends; where the request does not say which end it is, the one
 * that made the call first.
 */
export function legOf(endpoint: Endpoint, call: Call | undefined, answer: boolean | undefined): Leg | undefined {
  let found: Leg | undefined;
  for (const leg of call?.legs ?? [])
    if (
      leg.endpoint === endpoint &&
      (answer === undefined ? found === undefined || !leg.answer : leg.answer === answer)
    )
      found = leg;
  return found;
}

/** Live calls. The sums are kept as calls change; nothing is ever added up again. */
export class CallTable {
  readonly #calls = new Map<string, Call>();
  readonly #journal: Journal;
  #legs = 0;
  #units: BandwidthUnits = bandwidthUnits(0);

  constructor(journal: Journal) {
    this.#journal = journal;
  }

  /** Calls, each once. */
  get size(): number {
    return this.#calls.size;
  }

  /** Admitted ends of calls: what a session is. */
  get legs(): number {
    return this.#legs;
  }

  /** Granted to all calls together, each once. */
  get units(): BandwidthUnits {
    return this.#units;
  }

  call(key: string): Call | undefined {
    return this.#calls.get(key);
  }

  /** Adds a leg that is not there yet, to a call or, by its key, to a new one. */
  add(to: Call | string, endpoint: Endpoint, reference: CallReference, answer: boolean, units: BandwidthUnits): Leg {
    const call = typeof to === 'string' ? this.#begin(to) : to;
    const leg = new Leg(endpoint, call, latin1(reference.conferenceID), reference.callReferenceValue, answer);
    // A list that grows has room for more, which most calls would keep empty.
    call.legs = call.legs.length === 0 ? [leg] : [...call.legs, leg];
    endpoint.legs.add(leg);
    this.#legs++;
    this.change(leg, units);
    return leg;
  }

  #begin(key: string): Call {
    const call: Call = { key, legs: [], units: bandwidthUnits(0) };
    this.#calls.set(key, call);
    return call;
  }

  /** Sets what a leg was granted. */
  change(leg: Leg, units: BandwidthUnits): void {
    const { endpoint, call } = leg;
    endpoint.units = bandwidthUnits(endpoint.units + units - leg.units);
    leg.units = units;
    this.#journal.legChanged(leg);
    this.#recount(call);
  }

  remove(leg: Leg): void {
    const { endpoint, call } = leg;
    if (!endpoint.legs.delete(leg)) return;
    this.#journal.legGone(leg);
    call.legs = call.legs.filter((other) => other !== leg);
    endpoint.units = bandwidthUnits(endpoint.units - leg.units);
    this.#legs--;
    this.#recount(call);
    if (call.legs.length === 0) this.#calls.delete(call.key);
  }

  #recount(call: Call): void {
    let largest = 0;
    for (const leg of call.legs) largest = Math.max(largest, leg.units);
    this.#units = bandwidthUnits(this.#units + largest - call.units);
    call.units = bandwidthUnits(largest);
  }
}
