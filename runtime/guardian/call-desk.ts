import { PerEncodeError } from '../asn1/index.ts';
import { type AdmissionConfirm, type RasMessage, rasMessage, toSocketAddress } from '../h225/index.ts';
import { type BandwidthUnits, bandwidthUnits, type Instant, type Milliseconds, milliseconds } from '../units.ts';
import { CallQueue } from './call-queue.ts';
import { type AdmissionArgs, type CallHandle, CallTable, type GuardianCall } from './call-table.ts';
import { GuardianError } from './errors.ts';
import type { Refusal } from './events.ts';
import type { Outstanding } from './outstanding.ts';
import { type CallPurpose, tagOf } from './purpose.ts';
import { isStranger, lacksStore, mayPass, refusalOf } from './refusal.ts';
import { admission, type Build, bandwidthChange, disengagement, type Registration } from './requests.ts';
import type { Gatekeeper, Profile } from './settings.ts';
import { READMIT_AFTER, READMIT_FOR } from './timers.ts';
import { MOST_OUTSTANDING, type Wire } from './wire.ts';

type BandwidthPurpose = Extract<CallPurpose, { kind: 'bandwidth' }>;

/** Room that calls leave for the terminal's own requests: registration, reports, farewell. */
const RESERVED = 4;

function checkBandwidth(units: BandwidthUnits): void {
  if (!Number.isInteger(units) || units < 1 || units > 0xffff_ffff)
    throw new GuardianError('INVALID_BANDWIDTH', `no call has ${units} units of bandwidth`);
}

/** What became of a request: `stranger`, the gatekeeper does not know the terminal, which has to register again. */
export type Outcome = 'done' | 'stranger';

/** The admission, bandwidth and end of a terminal's calls, whoever wants them. */
export class CallDesk {
  readonly table: CallTable;
  readonly #profile: Profile;
  readonly #wire: Wire;
  readonly #queue = new CallQueue();

  constructor(profile: Profile, wire: Wire, guid: () => Uint8Array) {
    this.table = new CallTable(guid);
    this.#profile = profile;
    this.#wire = wire;
  }

  /** Calls that are admitted, in the order in which they were wished for. */
  get live(): readonly GuardianCall[] {
    return this.table.all().filter(({ state }) => state === 'live');
  }

  /**
   * Takes the wish for a call; pump() sends it.
   * @throws GuardianError `TOO_MANY_CALLS`, `CALL_EXISTS`, `INVALID_ADMISSION`, `INVALID_BANDWIDTH`
   */
  admit(args: AdmissionArgs, now: Instant): CallHandle {
    checkBandwidth(args.bandwidth);
    const call = this.table.add(args, now);
    try {
      rasMessage.encode(admission(this.#profile.terminal, '?', '?', call)({ requestSeqNum: 1 }));
    } catch (cause) {
      this.table.delete(call);
      if (!(cause instanceof PerEncodeError)) throw cause;
      throw new GuardianError('INVALID_ADMISSION', cause.message, { cause });
    }
    this.#queue.push({ kind: 'admit', call });
    return call.handle;
  }

  /**
   * False where there is no such call any more. A wish that still waits is superseded.
   * @throws GuardianError `INVALID_BANDWIDTH`
   */
  changeBandwidth(handle: CallHandle, units: BandwidthUnits): boolean {
    checkBandwidth(units);
    const call = this.table.get(handle);
    if (call === undefined || call.state === 'ending') return false;
    this.#withdrawBandwidth(call, 'superseded');
    this.#queue.push({ kind: 'bandwidth', call, units });
    return true;
  }

  /** False where there is no such call any more. */
  disengage(handle: CallHandle): boolean {
    const call = this.table.get(handle);
    if (call === undefined || call.state === 'ending') return false;
    this.#end(call, false);
    return true;
  }

  /** The call is over for the terminal; what is left is to tell the gatekeeper, if it may know of it. */
  #end(call: GuardianCall, silent: boolean): void {
    call.state = 'ending';
    call.reports = undefined;
    this.#withdrawBandwidth(call, 'callEnded');
    this.#queue.withdraw(call, 'readmit');
    if (this.#queue.withdraw(call, 'admit').length > 0) this.#refuseAdmission(call, { reason: 'callEnded' });
    if (call.admittedAs !== undefined) this.#queue.push({ kind: 'disengage', call, silent });
    else this.#disengaged({ kind: 'disengage', call, silent }, true);
  }

  /** Sends what can be sent. */
  pump(gatekeeper: Gatekeeper, registration: Registration, now: Instant): void {
    // A ghost counts against the quota and the sessions that the next admission needs, so it goes first.
    const isHaunted = this.table.all().some(({ ghost }) => ghost);
    const isHeld = ({ kind, call }: CallPurpose): boolean =>
      kind === 'readmit' ? (call.readmission?.at ?? 0) > now.monotonic : kind === 'admit' && isHaunted;
    for (const purpose of this.#queue.takeReady(this.#room, isHeld)) {
      purpose.call.busy = true;
      if (purpose.kind === 'admit' || purpose.kind === 'readmit')
        purpose.call.admittedAs = registration.endpointIdentifier;
      this.#wire.request(purpose, this.#build(purpose, gatekeeper, registration), gatekeeper, now);
    }
  }

  get #room(): number {
    return MOST_OUTSTANDING - RESERVED - this.#wire.size;
  }

  #build(purpose: CallPurpose, { gatekeeperId }: Gatekeeper, { endpointIdentifier }: Registration): Build {
    const { kind, call } = purpose;
    if (kind === 'bandwidth') return bandwidthChange(gatekeeperId, endpointIdentifier, call, purpose.units);
    if (kind === 'disengage') return disengagement(gatekeeperId, endpointIdentifier, call);
    return admission(this.#profile.terminal, gatekeeperId, endpointIdentifier, call);
  }

  /** Takes back requests that got no answer, to be sent to the next gatekeeper before those that wait already. */
  requeue(purposes: readonly CallPurpose[]): void {
    for (const { call } of purposes) call.busy = false;
    this.#queue.pushFirst(purposes.filter((purpose) => !this.#isMoot(purpose)));
  }

  /** Whether a request that comes back has lost its point; then whoever wanted it hears of it here. */
  #isMoot(purpose: CallPurpose): boolean {
    const { kind, call } = purpose;
    const over = !this.table.has(call) || call.state === 'ending';
    if (kind === 'disengage') {
      if (!this.table.has(call)) this.#disengaged(purpose, true);
      return !this.table.has(call);
    }
    if (kind === 'bandwidth') {
      const superseded = this.#queue.has(call, 'bandwidth');
      if (over || superseded) this.#refuseBandwidth(purpose, { reason: over ? 'callEnded' : 'superseded' });
      return over || superseded;
    }
    if (over && kind === 'admit' && this.table.has(call)) this.#refuseAdmission(call, { reason: 'callEnded' });
    return over;
  }

  /** When pump() can send something that it could not before. */
  nextDeadline(): Milliseconds | undefined {
    if (this.#room <= 0) return undefined;
    const waiting = this.live.filter((call) => !call.busy && this.#queue.has(call, 'readmit'));
    const deadlines = waiting.flatMap(({ readmission }) => readmission?.at ?? []);
    return deadlines.length === 0 ? undefined : milliseconds(Math.min(...deadlines));
  }

  /** After a registration: live calls that were admitted under another one are admitted again. */
  registered({ endpointIdentifier }: Registration): void {
    const unknown = this.live.filter(
      (call) => call.admittedAs !== endpointIdentifier && !this.#queue.has(call, 'readmit'),
    );
    this.#queue.pushFirst(unknown.map((call) => ({ kind: 'readmit', call })));
  }

  /** No gatekeeper is to be had for now: wishes have come to nothing; ends stay to be told to the next that is. */
  fail(hint: string | undefined): void {
    const hinted = hint === undefined ? {} : { hint };
    for (const purpose of this.#queue.takeAll()) {
      const { kind, call } = purpose;
      if (kind === 'readmit') continue; // done again after the next registration
      if (kind === 'disengage') this.#queue.push({ kind, call, silent: true });
      if (kind === 'disengage' && purpose.silent) continue;
      this.#wire.emit({ kind: 'timedOut', request: tagOf(purpose), call: call.handle, ...hinted });
      if (kind === 'disengage') this.#wire.emit({ kind: 'disengaged', call: call.handle, confirmed: false });
      if (kind === 'bandwidth') this.#refuseBandwidth(purpose, { reason: 'timedOut', ...hinted });
      if (kind === 'admit') {
        this.#refuseAdmission(call, { reason: 'timedOut', ...hinted });
        call.ghost = true;
        this.#end(call, true);
      }
    }
  }

  /** Takes the answer to a request for a call. */
  answered(outstanding: Outstanding, message: RasMessage, now: Instant): Outcome {
    const { purpose } = outstanding;
    if (!('call' in purpose)) return 'done';
    const { call } = purpose;
    call.busy = false;
    if (!this.table.has(call)) {
      this.#isMoot(purpose);
      return 'done';
    }
    if (message.kind === 'admissionConfirm') this.#admitted(outstanding, call, message.value, now);
    else if (message.kind === 'disengageConfirm' && purpose.kind === 'disengage') this.#disengaged(purpose, true);
    else if (message.kind === 'bandwidthConfirm' && purpose.kind === 'bandwidth') {
      call.wanted = purpose.units;
      this.#grant(call, bandwidthUnits(message.value.bandWidth), purpose.units);
    } else return this.#refused(purpose, message, now);
    return 'done';
  }

  #admitted(
    { purpose, gatekeeper: { gatekeeperId }, firstSentAt }: Outstanding,
    call: GuardianCall,
    { bandWidth, callModel, destCallSignalAddress, irrFrequency }: AdmissionConfirm,
    { monotonic }: Instant,
  ): void {
    call.granted = bandwidthUnits(bandWidth);
    call.readmission = undefined;
    call.routed = callModel.kind === 'gatekeeperRouted';
    if (call.state === 'asking') call.state = 'live';
    const every = milliseconds((irrFrequency ?? 0) * 1000);
    call.reports = call.state === 'live' && every > 0 ? { every, at: milliseconds(monotonic + every) } : undefined;
    const common = { call: call.handle, gatekeeperId, granted: call.granted };
    if (purpose.kind === 'readmit') this.#wire.emit({ kind: 'readmitted', ...common });
    else
      this.#wire.emit({
        kind: 'admitted',
        ...common,
        destCallSignalAddress: toSocketAddress(destCallSignalAddress),
        callModel: call.routed ? 'gatekeeperRouted' : 'direct',
        firstSentAt,
        roundTrip: milliseconds(monotonic - firstSentAt),
        elapsed: milliseconds(monotonic - call.askedAt),
      });
  }

  #refused(purpose: CallPurpose, message: RasMessage, now: Instant): Outcome {
    const refusal = refusalOf(message) ?? { reason: message.kind };
    const { kind, call } = purpose;
    const stranger = isStranger(refusal);
    if (kind === 'disengage')
      this.#disengaged(purpose, true); // what the gatekeeper does not know is over
    else if (stranger && purpose.again !== true) this.requeue([{ ...purpose, again: true }]);
    else if (kind === 'bandwidth') {
      const allowed = message.kind === 'bandwidthReject' ? message.value.allowedBandWidth : undefined;
      this.#refuseBandwidth(purpose, refusal, allowed);
    } else if (kind === 'readmit' && mayPass(refusal) && now.monotonic < (call.readmission?.until ?? Infinity)) {
      const until = call.readmission?.until ?? milliseconds(now.monotonic + READMIT_FOR);
      call.readmission = { at: milliseconds(now.monotonic + READMIT_AFTER), until };
      this.requeue([purpose]);
    } else {
      if (kind === 'admit') this.#refuseAdmission(call, refusal);
      if (kind === 'admit' && lacksStore(refusal)) {
        // It may have been granted before the store was lost, or by another of the zone whose answer got lost.
        call.ghost = true;
        this.#end(call, true);
        return 'done';
      }
      if (kind === 'readmit') this.#wire.emit({ kind: 'forcedDrop', call: call.handle, ...refusal });
      this.#forget(call);
    }
    return stranger ? 'stranger' : 'done';
  }

  /** The gatekeeper sets a call's bandwidth (BRQ). */
  ordered(call: GuardianCall, units: BandwidthUnits): void {
    call.wanted = units;
    this.#grant(call, units, undefined);
  }

  /** The gatekeeper ended a call. */
  drop(call: GuardianCall, reason: string): void {
    this.#wire.emit({ kind: 'forcedDrop', call: call.handle, reason });
    this.#forget(call);
  }

  /** The registration is over, and with it what was admitted under it. What was not yet admitted stays wished for. */
  dropAll(reason: string): void {
    for (const call of this.table.all())
      if (call.state === 'live') this.drop(call, reason);
      else if (call.state === 'ending') this.#forget(call);
      else call.admittedAs = undefined;
  }

  /** The terminal stops: wishes end here; calls that a gatekeeper may know of are left to be disengaged. */
  close(): void {
    for (const call of this.table.all()) {
      const asking = call.state === 'asking';
      if (asking && this.#queue.withdraw(call, 'admit').length > 0) this.#refuseAdmission(call, { reason: 'stopped' });
      if (call.state !== 'ending') this.#end(call, asking);
    }
  }

  /** After close(): nobody is left to tell. */
  abandon(): void {
    for (const purpose of this.#queue.takeAll()) if (purpose.kind === 'disengage') this.#disengaged(purpose, false);
  }

  /** A call that no gatekeeper knows any more: what waits for it comes to its end. */
  #forget(call: GuardianCall): void {
    this.table.delete(call);
    for (const purpose of this.#queue.withdraw(call)) this.#isMoot(purpose);
  }

  #disengaged({ call, silent }: CallPurpose & { readonly kind: 'disengage' }, confirmed: boolean): void {
    this.table.delete(call);
    if (!silent) this.#wire.emit({ kind: 'disengaged', call: call.handle, confirmed });
  }

  #grant(call: GuardianCall, granted: BandwidthUnits, asked: BandwidthUnits | undefined): void {
    call.granted = granted;
    this.#wire.emit({ kind: 'bandwidthChanged', call: call.handle, granted, asked });
  }

  #refuseAdmission({ handle }: GuardianCall, refusal: Refusal): void {
    this.#wire.emit({ kind: 'admissionRefused', call: handle, ...refusal });
  }

  #refuseBandwidth({ call, units }: BandwidthPurpose, refusal: Refusal, allowed?: number): void {
    const more = allowed === undefined ? {} : { allowed: bandwidthUnits(allowed) };
    this.#wire.emit({ kind: 'bandwidthRefused', call: call.handle, asked: units, ...refusal, ...more });
  }

  #withdrawBandwidth(call: GuardianCall, reason: string): void {
    for (const purpose of this.#queue.withdraw(call, 'bandwidth'))
      if (purpose.kind === 'bandwidth') this.#refuseBandwidth(purpose, { reason });
  }
}
