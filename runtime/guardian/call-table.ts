import type { AliasAddress, SocketAddress } from '../h225/index.ts';
import { type BandwidthUnits, bandwidthUnits, type Instant, type Milliseconds } from '../units.ts';
import { GuardianError } from './errors.ts';

/** Names a call of a terminal: its callIdentifier in hex, and `/answer` behind it where the terminal answers it. */
export type CallHandle = string;

export interface AdmissionArgs {
  /** The other party: who is called, or for `answerCall` who calls. */
  readonly destination: AliasAddress | SocketAddress;
  /** Both directions together, in units of 100 bit/s; at least 1. */
  readonly bandwidth: BandwidthUnits;
  /** 16 octets; a new conference unless given. */
  readonly conferenceID?: Uint8Array;
  /** 16 octets, and 1 to 32767: those of the SETUP that is answered, new ones unless given. */
  readonly callIdentifier?: Uint8Array;
  readonly callReferenceValue?: number;
  readonly answerCall?: boolean;
}

/** A call of a terminal, from the wish for it until the gatekeeper has heard of its end. */
export interface GuardianCall {
  readonly handle: CallHandle;
  readonly callIdentifier: Uint8Array;
  readonly conferenceID: Uint8Array;
  readonly callReferenceValue: number;
  readonly party: AliasAddress | SocketAddress;
  readonly answer: boolean;
  readonly askedAt: Milliseconds;
  /** What an ARQ asks for. */
  wanted: BandwidthUnits;
  granted: BandwidthUnits;
  state: 'asking' | 'live' | 'ending';
  /** A request for it is outstanding. There is one at a time, so that none can overtake another. */
  busy: boolean;
  /** The endpointIdentifier of the last ARQ: who may know of the call. `undefined`: none was sent. */
  admittedAs: string | undefined;
  routed: boolean;
  /** Its admission was given up, but a gatekeeper may have granted it, and count it until it hears of its end. */
  ghost: boolean;
  /** While it waits to be admitted again: not before `at`, and not after `until`. */
  readmission: { readonly at: Milliseconds; readonly until: Milliseconds } | undefined;
  /** When the next IRR is due, and the time between them; `undefined` where none are wanted. */
  reports: { readonly every: Milliseconds; at: Milliseconds } | undefined;
}

/** Calls at once, those included whose end the gatekeeper has not heard of. */
export const MOST_CALLS = 64;

/** A terminal's calls. */
export class CallTable {
  readonly #guid: () => Uint8Array;
  readonly #calls = new Map<CallHandle, GuardianCall>();
  #callReference = 0;

  constructor(guid: () => Uint8Array) {
    this.#guid = guid;
  }

  get size(): number {
    return this.#calls.size;
  }

  get(handle: CallHandle): GuardianCall | undefined {
    return this.#calls.get(handle);
  }

  /** All calls, as they are now: the table may change meanwhile. */
  all(): readonly GuardianCall[] {
    return [...this.#calls.values()];
  }

  /** @throws GuardianError `TOO_MANY_CALLS`, `CALL_EXISTS` */
  add(args: AdmissionArgs, now: Instant): GuardianCall {
    const { answerCall = false, callIdentifier = this.#guid(), conferenceID = this.#guid() } = args;
    if (this.size >= MOST_CALLS) throw new GuardianError('TOO_MANY_CALLS', `there are ${MOST_CALLS} calls already`);
    const handle = `${Buffer.from(callIdentifier).toString('hex')}${answerCall ? '/answer' : ''}`;
    if (this.#calls.has(handle)) throw new GuardianError('CALL_EXISTS', `there is a call ${handle} already`);
    const call: GuardianCall = {
      handle,
      callIdentifier: Uint8Array.from(callIdentifier),
      conferenceID: Uint8Array.from(conferenceID),
      callReferenceValue: args.callReferenceValue ?? this.#nextReference(),
      party: args.destination,
      answer: answerCall,
      askedAt: now.monotonic,
      wanted: args.bandwidth,
      granted: bandwidthUnits(0),
      state: 'asking',
      busy: false,
      admittedAs: undefined,
      routed: false,
      ghost: false,
      readmission: undefined,
      reports: undefined,
    };
    this.#calls.set(handle, call);
    return call;
  }

  delete({ handle }: GuardianCall): void {
    this.#calls.delete(handle);
  }

  has(call: GuardianCall): boolean {
    return this.#calls.get(call.handle) === call;
  }

  /**
   * The call that the gatekeeper means; it may leave out the identifier, or which end of the call it is. Calls that are
   * over for the terminal are not found.
   */
  find(
    guid: Uint8Array | undefined,
    callReferenceValue: number,
    answer: boolean | undefined,
  ): GuardianCall | undefined {
    const known = guid?.some((octet) => octet !== 0) === true ? guid : undefined;
    const isMeant = (call: GuardianCall): boolean =>
      known === undefined
        ? call.callReferenceValue === callReferenceValue
        : Buffer.compare(call.callIdentifier, known) === 0;
    const meant = this.all().filter((call) => call.state !== 'ending' && isMeant(call));
    return meant.find((call) => answer === undefined || call.answer === answer);
  }

  /** 1 to 32767: the upper bit is Q.931's flag. */
  #nextReference(): number {
    const used = new Set(this.all().map(({ callReferenceValue }) => callReferenceValue));
    do this.#callReference = (this.#callReference % 32_767) + 1;
    while (used.has(this.#callReference));
    return this.#callReference;
  }
}
