import { PerDecodeError } from '../asn1/index.ts';
import { type RasMessage, rasMessage, type SocketAddress } from '../h225/index.ts';
import { type BandwidthUnits, type Instant, type Milliseconds, milliseconds } from '../units.ts';
import { Authenticity } from './authenticity.ts';
import { CallDesk } from './call-desk.ts';
import type { AdmissionArgs, CallHandle } from './call-table.ts';
import { GuardianError } from './errors.ts';
import type { GuardianEffect } from './events.ts';
import type { DatagramFault } from './faults.ts';
import { GatekeeperList } from './gatekeeper-list.ts';
import { isOrder, type Order, obey } from './orders.ts';
import type { Outstanding } from './outstanding.ts';
import { answers, type CallPurpose, isCallPurpose } from './purpose.ts';
import { describe, isStranger, lacksStore, redirectionOf, refusalOf } from './refusal.ts';
import { type Registering, Registrar } from './registrar.ts';
import { Reports } from './reports.ts';
import { type Build, unregistration } from './requests.ts';
import { type Gatekeeper, type GuardianSettings, type Profile, profileOf } from './settings.ts';
import { type GuardianDeps, Wire } from './wire.ts';

/** What a terminal is doing. */
export type Phase = Registering | 'leaving' | 'stopped';

/**
 * The RAS side of an H.323 terminal that signs (H.323 clause 7.2, H.225.0 clause 7) as a machine: wishes, datagrams and
 * the time go in; datagrams to send and events come out of takeEffects(). The driver calls advance() when
 * nextDeadline() has come, and owns every socket and clock.
 *
 * Nothing that is not signed by a key of the gatekeeper's changes its state (unless the settings say `unsigned`).
 */
export class GuardianTerminal {
  readonly #refused = new Map<DatagramFault, number>();
  readonly #profile: Profile;
  readonly #list: GatekeeperList;
  readonly #wire: Wire;
  readonly #desk: CallDesk;
  readonly #reports: Reports;
  readonly #registrar: Registrar;
  readonly #authenticity: Authenticity;
  #ending: 'leaving' | 'stopped' | undefined;

  /** @throws GuardianError `INVALID_SETTINGS` */
  constructor(settings: GuardianSettings, deps: GuardianDeps) {
    this.#profile = profileOf(settings);
    this.#list = new GatekeeperList(this.#profile.gatekeepers);
    this.#wire = new Wire(this.#profile, deps, (gatekeeper) => this.#list.zoneOf(gatekeeper));
    this.#desk = new CallDesk(this.#profile, this.#wire, deps.guid);
    this.#reports = new Reports(this.#profile.terminal, this.#desk, this.#wire);
    this.#registrar = new Registrar(this.#profile, deps.random32, this.#list, this.#wire, this.#desk);
    this.#authenticity = new Authenticity(settings.terminalId, this.#profile.signed);
  }

  get phase(): Phase {
    return this.#ending ?? this.#registrar.phase;
  }

  /** The gatekeeper that it is registered with, or tries to be. */
  get gatekeeper(): Pick<Gatekeeper, 'gatekeeperId' | 'ras'> {
    return this.#list.current;
  }

  get endpointIdentifier(): string | undefined {
    return this.#registrar.registration?.endpointIdentifier;
  }

  /** Live calls and their bandwidths. */
  get calls(): ReadonlyMap<CallHandle, BandwidthUnits> {
    return new Map(this.#desk.live.map(({ handle, granted }) => [handle, granted]));
  }

  /** Datagrams that were not taken up, by reason. */
  get refused(): ReadonlyMap<DatagramFault, number> {
    return this.#refused;
  }

  /** What is to be done, in order; each effect is given once. */
  takeEffects(): readonly GuardianEffect[] {
    return this.#wire.takeEffects();
  }

  /** Looks for a gatekeeper and registers. A terminal starts once. */
  start(now: Instant): void {
    if (this.phase === 'idle') this.#registrar.discover(now);
  }

  /**
   * Asks for a call; `admitted` or `admissionRefused` follows, when the terminal is registered.
   * @throws GuardianError `NOT_RUNNING`, `TOO_MANY_CALLS`, `CALL_EXISTS`, `INVALID_ADMISSION`, `INVALID_BANDWIDTH`
   */
  admit(args: AdmissionArgs, now: Instant): CallHandle {
    if (this.#ending !== undefined || this.phase === 'idle')
      throw new GuardianError('NOT_RUNNING', `the terminal is ${this.phase}`);
    const call = this.#desk.admit(args, now);
    this.#pump(now);
    return call;
  }

  /**
   * `bandwidthChanged` or `bandwidthRefused` follows; false where there is no such call any more.
   * @param units 1 to 4294967295
   * @throws GuardianError `INVALID_BANDWIDTH`
   */
  changeBandwidth(call: CallHandle, units: BandwidthUnits, now: Instant): boolean {
    const isKnown = this.#desk.changeBandwidth(call, units);
    this.#pump(now);
    return isKnown;
  }

  /** `disengaged` follows; false where there is no such call any more. */
  disengage(call: CallHandle, now: Instant): boolean {
    const isKnown = this.#desk.disengage(call);
    this.#pump(now);
    return isKnown;
  }

  /** Renews the registration now; `renewed` follows. False where there is none to renew, or it is being renewed. */
  renew(now: Instant): boolean {
    return this.#ending === undefined && this.#registrar.renew(now);
  }

  /** Ends all calls and the registration; `stopped` follows, after the patience with a DRQ and a URQ at the latest. */
  stop(now: Instant): void {
    if (this.#ending !== undefined) return;
    const hasRegistration = this.#registrar.registration !== undefined;
    const isKnown = hasRegistration || this.#wire.has('register');
    this.#desk.requeue(this.#wire.takeCalls());
    this.#desk.close();
    if (!hasRegistration) this.#desk.abandon();
    if (!isKnown) return this.#finish(false);
    this.#ending = 'leaving';
    this.#leave(now);
  }

  /** Takes a datagram; never throws for what is in it. The terminal may keep `octets`: they must not change. */
  receive(octets: Uint8Array, from: SocketAddress, now: Instant): void {
    let message: RasMessage;
    try {
      message = rasMessage.decode(octets);
    } catch (error) {
      if (!(error instanceof PerDecodeError)) throw error;
      return this.#refuse('malformed', from);
    }
    if (isOrder(message)) return this.#obey(message, octets, from, now);
    const seq = 'requestSeqNum' in message.value ? message.value.requestSeqNum : 0;
    const outstanding = this.#wire.get(seq);
    if (outstanding === undefined || !answers(message, outstanding.purpose)) return this.#refuse('unexpected', from);
    const fault = this.#authenticity.ofAnswer(message, octets, from, outstanding, now);
    if (fault !== undefined) {
      outstanding.hint =
        fault === 'unsigned' ? `unsigned answer said: ${describe(message)}` : `refused answer: ${fault}`;
      return this.#refuse(fault, from);
    }
    if (message.kind === 'requestInProgress') return this.#wire.extend(outstanding, from, message.value.delay, now);
    if (this.#goesOn(outstanding, message, from, now)) return;
    this.#wire.settle(outstanding, { message, from }, now);
    this.#list.answeredBy(from);
    this.#answered(outstanding, message, now);
  }

  /** Whether an answer is a reject after which the zone is asked on. */
  #goesOn(outstanding: Outstanding, message: RasMessage, from: SocketAddress, now: Instant): boolean {
    const refusal = refusalOf(message);
    if (refusal === undefined) return false;
    if (message.kind === 'admissionReject' && lacksStore(refusal)) {
      this.#wire.postpone(outstanding, { message, from }, now);
      return true;
    }
    const named = this.#list.named(redirectionOf(message), outstanding.gatekeeper);
    if (named.length === 0) return false;
    outstanding.hint = `sent on to another gatekeeper: ${describe(message)}`;
    this.#wire.redirect(outstanding, from, named, now);
    return true;
  }

  #answered(outstanding: Outstanding, message: RasMessage, now: Instant): void {
    const { purpose } = outstanding;
    const refusal = refusalOf(message);
    // A gatekeeper that answers GRQs alone must not keep the others from being tried.
    if (refusal === undefined && purpose.kind !== 'discover') this.#list.settle();
    if (refusal !== undefined && this.#ending === undefined)
      if (this.#registrar.redirected(outstanding, refusal, redirectionOf(message), now)) return;
    if (isCallPurpose(purpose)) {
      const outcome = this.#desk.answered(outstanding, message, now);
      if (outcome === 'stranger' && this.#ending === undefined) this.#registrar.strange(now);
      this.#pump(now);
    } else if (purpose.kind === 'leave')
      this.#finish(refusal === undefined || refusal.reason === 'notCurrentlyRegistered');
    else if (purpose.kind !== 'report') this.#registrar.answered(outstanding, message, refusal, now);
    else if (refusal !== undefined && isStranger(refusal)) this.#registrar.strange(now);
  }

  /** A request of the gatekeeper's own. */
  #obey(order: Order, octets: Uint8Array, from: SocketAddress, now: Instant): void {
    const asker = this.#list.memberAt(from) ?? this.#list.current;
    const { registration } = this.#registrar;
    if (registration === undefined) return this.#refuse('unexpected', from);
    const verdict = this.#authenticity.ofRequest(order, octets, from, asker, now);
    if (typeof verdict === 'string') return this.#refuse(verdict, from);
    if ('answer' in verdict) return this.#wire.repeat(verdict.answer, asker);
    const { reply, to = asker.ras, ejection } = obey(order, this.#profile.terminal, registration, this.#desk);
    const { requestSeqNum } = order.value;
    const answer = this.#wire.reply(reply, requestSeqNum, verdict.random, { ...asker, ras: to }, now);
    this.#authenticity.remember(verdict, octets, from, answer);
    if (ejection === undefined) return this.#pump(now);
    this.#registrar.ejected(ejection);
    if (this.#ending !== undefined) this.#finish(true);
    else this.#registrar.comeBack(ejection, now);
  }

  #pump(now: Instant): void {
    if (this.#ending === undefined) this.#registrar.pump(now);
    else if (this.#ending === 'leaving') this.#leave(now);
  }

  /** Disengages what is left to be, then unregisters. */
  #leave(now: Instant): void {
    const { current } = this.#list;
    const { registration } = this.#registrar;
    if (registration !== undefined) this.#desk.pump(current, registration, now);
    if (this.#desk.table.size === 0 && !this.#wire.has('leave'))
      this.#wire.request({ kind: 'leave' }, this.#farewellTo(current), current, now);
  }

  /** The gatekeeper is silent while the terminal leaves: it is told once more, and not waited for. */
  #giveUp(unanswered: readonly CallPurpose[], now: Instant): void {
    this.#desk.requeue([...unanswered, ...this.#wire.takeCalls()]);
    this.#desk.abandon();
    if (unanswered.length > 0) this.#wire.indicate(this.#farewellTo(this.#list.current), this.#list.current, now);
    this.#finish(false);
  }

  #farewellTo = ({ gatekeeperId }: Gatekeeper): Build =>
    unregistration(this.#profile.terminal, gatekeeperId, this.endpointIdentifier);

  #finish(confirmed: boolean): void {
    this.#wire.takeCalls();
    this.#registrar.close();
    this.#ending = 'stopped';
    this.#wire.emit({ kind: 'stopped', confirmed });
  }

  #refuse(why: DatagramFault, from: SocketAddress): void {
    const count = (this.#refused.get(why) ?? 0) + 1;
    this.#refused.set(why, count);
    this.#wire.emit({ kind: 'refusedDatagram', why, from, count });
  }

  /** When advance() has something to do. */
  nextDeadline(): Milliseconds | undefined {
    const deadlines = [this.#wire.nextDeadline()];
    if (this.#ending === undefined) deadlines.push(this.#registrar.nextDeadline());
    if (this.phase === 'registered') deadlines.push(this.#reports.nextDeadline(), this.#desk.nextDeadline());
    const due = deadlines.filter((deadline) => deadline !== undefined);
    return due.length === 0 ? undefined : milliseconds(Math.min(...due));
  }

  /** Does what time asks for: repeats requests, gives gatekeepers up, renews the registration, reports calls. */
  advance(now: Instant): void {
    for (let lost = this.#wire.advance(now); lost !== undefined; lost = this.#wire.advance(now))
      if (lost.verdict !== undefined) this.#answered(lost, lost.verdict, now);
      else if (this.#ending === undefined) this.#registrar.lost(lost, now);
      else this.#giveUp(isCallPurpose(lost.purpose) ? [lost.purpose] : [], now);
    if (this.#ending === undefined) this.#registrar.advance(now);
    const { registration } = this.#registrar;
    if (this.phase === 'registered' && registration !== undefined)
      this.#reports.advance(this.#list.current, registration, now);
    this.#pump(now);
  }
}
