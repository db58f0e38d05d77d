import { type BandwidthUnits, bandwidthUnits } from '../units.ts';
import type { Call, CallReference, Endpoint, Leg } from './model.ts';

const NO_GUID = '\0'.repeat(16);

/** One text for one call: its callIdentifier, or for version 1 peers the conference and the call reference. */
export function callKey({ callIdentifier, conferenceID, callReferenceValue }: CallReference): string {
  const guid = callIdentifier === undefined ? NO_GUID : latin1(callIdentifier.guid);
  return guid === NO_GUID ? `${latin1(conferenceID)}${callReferenceValue}` : guid;
}

/** The log's field for a call. */
export const callIdOf = ({ callIdentifier }: Pick<CallReference, 'callIdentifier'>): Uint8Array | undefined =>
  callIdentifier?.guid;

/** A reference that keeps nothing of the datagram it came in. */
function owned({ callIdentifier, conferenceID, callReferenceValue }: CallReference): CallReference {
  return {
    callIdentifier: callIdentifier === undefined ? undefined : { guid: new Uint8Array(callIdentifier.guid) },
    conferenceID: new Uint8Array(conferenceID),
    callReferenceValue,
  };
}

function latin1(octets: Uint8Array): string {
  const buffer = Buffer.isBuffer(octets) ? octets : Buffer.from(octets.buffer, octets.byteOffset, octets.byteLength);
  return buffer.toString('latin1');
}

/** An endpoint may be both ends of a call. */
const legKey = (call: string, answer: boolean): string => (answer ? `answer ${call}` : call);

/** Live calls. The sums are kept as calls change; nothing is ever added up again. */
export class CallTable {
  readonly #calls = new Map<string, Call>();
  #legs = 0;
  #units: BandwidthUnits = bandwidthUnits(0);

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

  /** An endpoint's leg of a call; where the request does not say which end it is, the one that made the call first. */
  leg(endpoint: Endpoint, call: string, answer: boolean | undefined): Leg | undefined {
    if (answer !== undefined) return endpoint.legs.get(legKey(call, answer));
    return endpoint.legs.get(legKey(call, false)) ?? endpoint.legs.get(legKey(call, true));
  }

  /** Adds a leg that is not there yet. */
  add(endpoint: Endpoint, reference: CallReference, answer: boolean, units: BandwidthUnits): Leg {
    const key = callKey(reference);
    let call = this.#calls.get(key);
    if (call === undefined) {
      call = { key, legs: [], units: bandwidthUnits(0) };
      this.#calls.set(key, call);
    }
    const leg: Leg = {
      endpoint,
      call,
      key: legKey(key, answer),
      reference: owned(reference),
      answer,
      units: bandwidthUnits(0),
    };
    call.legs.push(leg);
    endpoint.legs.set(leg.key, leg);
    this.#legs++;
    this.change(leg, units);
    return leg;
  }

  /** Sets what a leg was granted. */
  change(leg: Leg, units: BandwidthUnits): void {
    const { endpoint, call } = leg;
    endpoint.units = bandwidthUnits(endpoint.units + units - leg.units);
    leg.units = units;
    this.#recount(call);
  }

  remove(leg: Leg): void {
    const { endpoint, call } = leg;
    const place = call.legs.indexOf(leg);
    if (place < 0) return;
    call.legs.splice(place, 1);
    endpoint.legs.delete(leg.key);
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
