import { bandwidthUnits, type Instant, milliseconds } from '../units.ts';
import { legOf } from './calls.ts';
import type { StateChange } from './journal.ts';
import type { ReplayMemory } from './replay-memory.ts';
import {
  ANSWERS,
  type AnsweredRecord,
  answersRecord,
  ENDPOINTS,
  endpointRecord,
  LEGS,
  legRecord,
  parseLegKey,
  tagOfNumber,
} from './replica-records.ts';
import type { ResponseCache } from './response-cache.ts';
import type { GatekeeperState } from './state.ts';

/** How old an answer may be that is still kept for retransmissions, in ms. */
const ANSWERS_FOLLOWED = 20_000;

/** Follows what another gatekeeper of the zone does, change by change, so that this one can go on at any moment. */
export class Replica {
  readonly #state: GatekeeperState;
  readonly #answers: ResponseCache;
  readonly #replays: ReplayMemory;
  /** Keys of registrations, and of their calls, that the registry of this gatekeeper knows no terminal for. */
  readonly #orphans = new Set<string>();

  constructor(state: GatekeeperState, answers: ResponseCache, replays: ReplayMemory) {
    this.#state = state;
    this.#answers = answers;
    this.#replays = replays;
  }

  /**
   * Takes over a change. Keys of a newer release are left alone.
   * @throws PerDecodeError for a value that cannot be read
   */
  apply({ key, value }: StateChange, now: Instant): void {
    if (key.startsWith(ENDPOINTS)) this.#endpoint(key, key.slice(ENDPOINTS.length), value, now);
    else if (key.startsWith(LEGS)) this.#leg(key, value);
    else if (key.startsWith(ANSWERS) && value !== undefined)
      for (const answered of answersRecord.decode(Buffer.from(value))) this.#answered(answered, now);
  }

  /** The keys of what nobody here may have; they are given once. */
  takeOrphans(): string[] {
    const keys = [...this.#orphans];
    this.#orphans.clear();
    return keys;
  }

  #endpoint(key: string, identifier: string, value: Uint8Array | undefined, now: Instant): void {
    const state = this.#state;
    const known = state.endpoints.byIdentifier(identifier);
    this.#orphans.delete(key);
    if (value === undefined) {
      if (known !== undefined) state.drop(known);
      return;
    }
    const { serial, terminalId, ...description } = endpointRecord.decode(Buffer.from(value));
    const terminal = terminalId === undefined ? undefined : state.registry.terminals.get(terminalId);
    if (terminal === undefined && !(terminalId === undefined && state.lab)) {
      this.#orphans.add(key);
      return;
    }
    if (known !== undefined) return state.endpoints.describe(known, description);
    const expiresAt = milliseconds(now.monotonic + state.config.timeToLive * 1000);
    state.expiry.add(state.endpoints.create(identifier, terminal, description, expiresAt, serial));
  }

  #leg(key: string, value: Uint8Array | undefined): void {
    this.#orphans.delete(key);
    const name = parseLegKey(key);
    if (name === undefined) return;
    const { endpoints, calls } = this.#state;
    const endpoint = endpoints.byIdentifier(name.identifier);
    const call = calls.call(name.call);
    const leg = endpoint === undefined ? undefined : legOf(endpoint, call, name.answer);
    if (value === undefined) {
      if (leg !== undefined) calls.remove(leg);
    } else if (endpoint === undefined) this.#orphans.add(key);
    else {
      const { units, ...reference } = legRecord.decode(Buffer.from(value));
      if (leg !== undefined) calls.change(leg, bandwidthUnits(units));
      else calls.add(call ?? name.call, endpoint, reference, name.answer, bandwidthUnits(units));
    }
  }

  #answered({ at, key, nonce, from, request, octets, response, answer }: AnsweredRecord, now: Instant): void {
    if (nonce !== undefined) this.#replays.add(Buffer.from(nonce).toString(), now.epoch);
    const tag = tagOfNumber(request);
    const responseTag = response === undefined ? undefined : tagOfNumber(response);
    // Where there was too much to keep, only what guards against replay was kept.
    if (tag === undefined || octets.length === 0 || now.epoch - at > ANSWERS_FOLLOWED) return;
    this.#answers.put(
      key,
      {
        octets: Buffer.from(octets),
        from,
        request: tag,
        ...(responseTag !== undefined && answer !== undefined && { response: responseTag, answer }),
      },
      now.monotonic,
    );
  }
}
