import type { Endpoint, Leg } from './model.ts';
import { endpointKey, endpointRecord, legKey, legRecord } from './replica-records.ts';

/** One key of the zone's state as it is now; without `value` it is gone. */
export interface StateChange {
  readonly key: string;
  readonly value?: Uint8Array;
}

/**
 * Notes what changed, for the other gatekeepers of the zone. What is noted is a thing, not its change: however often
 * it changed meanwhile, what take() gives is how it is at last.
 */
export class Journal {
  /** Only who leads a zone with others in it has anybody to tell. */
  recording = false;
  readonly #endpoints = new Map<string, Endpoint | undefined>();
  readonly #legs = new Map<string, Leg | undefined>();

  endpointChanged(endpoint: Endpoint): void {
    if (this.recording) this.#endpoints.set(endpointKey(endpoint.identifier), endpoint);
  }

  endpointGone({ identifier }: Endpoint): void {
    if (this.recording) this.#endpoints.set(endpointKey(identifier), undefined);
  }

  legChanged(leg: Leg): void {
    if (this.recording) this.#legs.set(legKey(leg), leg);
  }

  legGone(leg: Leg): void {
    if (this.recording) this.#legs.set(legKey(leg), undefined);
  }

  /**
   * What changed since it was last asked, each key once. Endpoints come before their legs, and legs go before their
   * endpoints, so that whoever follows never meets a leg of nobody.
   */
  take(): StateChange[] {
    const gone: StateChange[] = [];
    const changed: StateChange[] = [];
    for (const [key, leg] of this.#legs) if (leg === undefined) gone.push({ key });
    for (const [key, endpoint] of this.#endpoints)
      if (endpoint === undefined) gone.push({ key });
      else changed.push({ key, value: encodeEndpoint(endpoint) });
    for (const [key, leg] of this.#legs) if (leg !== undefined) changed.push({ key, value: encodeLeg(leg) });
    this.#endpoints.clear();
    this.#legs.clear();
    return [...gone, ...changed];
  }
}

const encodeEndpoint = ({ serial, terminal, aliases, signalAddresses, peer }: Endpoint): Uint8Array =>
  endpointRecord.encode({ serial, terminalId: terminal?.terminalId, aliases, signalAddresses, peer });

const encodeLeg = ({ conference, callReferenceValue, units }: Leg): Uint8Array =>
  legRecord.encode({ conferenceID: Buffer.from(conference, 'latin1'), callReferenceValue, units });
