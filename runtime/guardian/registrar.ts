import {
  type AlternateGK,
  type GatekeeperConfirm,
  type RasMessage,
  type RegistrationConfirm,
  toSocketAddress,
} from '../h225/index.ts';
import { type Instant, type Milliseconds, milliseconds } from '../units.ts';
import type { CallDesk } from './call-desk.ts';
import type { Refusal } from './events.ts';
import type { GatekeeperList } from './gatekeeper-list.ts';
import type { Ejection } from './orders.ts';
import type { Outstanding } from './outstanding.ts';
import { type CallPurpose, isCallPurpose, redirect, tagOf } from './purpose.ts';
import { isStranger } from './refusal.ts';
import { discovery, type Registration, registration, renewal } from './requests.ts';
import { type Gatekeeper, isOneZone, type Profile } from './settings.ts';
import { RENEW_AFTER, RENEWAL_JITTER } from './timers.ts';
import type { Wire } from './wire.ts';

/** `pausing`: no gatekeeper is to be had; they are all tried again later. */
export type Registering = 'idle' | 'discovering' | 'registering' | 'registered' | 'pausing';

/** Registrations asked for in a row after which a gatekeeper that keeps asking for another one is left. */
const MOST_ATTEMPTS = 3;

/** Reasons of a URQ that ask for a new registration at once. */
const RETURN_AT_ONCE: ReadonlySet<string> = new Set(['ttlExpired', 'reregistrationRequired']);

/** Finds a gatekeeper, registers with it, keeps the registration alive, and goes to the next one when it is lost. */
export class Registrar {
  readonly #profile: Profile;
  readonly #random32: () => number;
  readonly #list: GatekeeperList;
  readonly #wire: Wire;
  readonly #desk: CallDesk;
  #phase: Registering = 'idle';
  /** Kept while another is looked for, so that calls can go on under it. */
  #registration: Registration | undefined;
  /** Of the zone that gave the registration, as long as that has not said that it does not know it. */
  #registeredAt: Gatekeeper | undefined;
  #attempts = 0;
  #pauses = 0;
  /** The last one since a gatekeeper was to be had. */
  #hint: string | undefined;
  #renewAt: Milliseconds | undefined;
  #retryAt: Milliseconds | undefined;

  constructor(profile: Profile, random32: () => number, list: GatekeeperList, wire: Wire, desk: CallDesk) {
    this.#profile = profile;
    this.#random32 = random32;
    this.#list = list;
    this.#wire = wire;
    this.#desk = desk;
  }

  get phase(): Registering {
    return this.#phase;
  }

  get registration(): Registration | undefined {
    return this.#registration;
  }

  /** Sends the requests for calls that can be sent. */
  pump(now: Instant): void {
    if (this.#phase === 'registered' && this.#registration !== undefined)
      this.#desk.pump(this.#list.current, this.#registration, now);
  }

  /** Asks the current gatekeeper whether it serves us (GRQ). */
  discover(now: Instant): void {
    this.#phase = 'discovering';
    this.#renewAt = undefined;
    const { current } = this.#list;
    this.#wire.request({ kind: 'discover' }, discovery(this.#profile.terminal, current.gatekeeperId), current, now);
  }

  /** Registers in full with the current gatekeeper, going on with the registration there is. */
  register(now: Instant): void {
    this.#phase = 'registering';
    this.#renewAt = undefined;
    this.#wire.cancelOwn();
    const { current } = this.#list;
    const identifier = this.#registration?.endpointIdentifier;
    const build = registration(this.#profile.terminal, current.gatekeeperId, identifier);
    this.#wire.request({ kind: 'register' }, build, current, now);
  }

  /** The gatekeeper does not know the terminal. */
  strange(now: Instant): void {
    this.#registeredAt = undefined;
    if (this.#phase === 'registered') this.register(now);
  }

  #renew(known: Registration, now: Instant): void {
    this.#renewAt = undefined;
    const { current } = this.#list;
    this.#wire.request({ kind: 'renew' }, renewal(this.#profile.terminal, current.gatekeeperId, known), current, now);
  }

  /** Takes the answer to a GRQ or an RRQ. */
  answered(outstanding: Outstanding, message: RasMessage, refusal: Refusal | undefined, now: Instant): void {
    if (message.kind === 'gatekeeperConfirm') this.#discovered(message.value, now);
    else if (message.kind === 'registrationConfirm') this.#registered(outstanding, message.value, now);
    else if (refusal !== undefined) this.#refused(outstanding, refusal, now);
  }

  #discovered({ alternateGatekeeper, rasAddress }: GatekeeperConfirm, now: Instant): void {
    this.#list.learn(alternateGatekeeper ?? []);
    this.#list.moved(toSocketAddress(rasAddress));
    const { current } = this.#list;
    const { gatekeeperId, ras } = current;
    this.#wire.emit({ kind: 'discovered', gatekeeperId, ras });
    const isKnown = this.#registeredAt !== undefined && isOneZone(this.#registeredAt, current);
    if (this.#registration === undefined || !isKnown) return this.register(now);
    // It was away and is back: it says itself if it has forgotten us.
    this.#phase = 'registering';
    this.#renew(this.#registration, now);
  }

  /** Asks for a renewal before it is due; false where there is nothing to renew, or it is under way. */
  renew(now: Instant): boolean {
    if (this.#phase !== 'registered' || this.#registration === undefined || this.#wire.has('renew')) return false;
    this.#renew(this.#registration, now);
    return true;
  }

  #registered({ purpose, firstSentAt }: Outstanding, confirm: RegistrationConfirm, now: Instant): void {
    const { endpointIdentifier, timeToLive, willRespondToIRR = false, alternateGatekeeper } = confirm;
    if (alternateGatekeeper !== undefined) this.#list.learn(alternateGatekeeper);
    const isRenewal = purpose.kind === 'renew' && endpointIdentifier === this.#registration?.endpointIdentifier;
    this.#registration = { endpointIdentifier, willRespondToIRR };
    this.#registeredAt = this.#list.current;
    this.#phase = 'registered';
    this.#attempts = 0;
    this.#pauses = 0;
    this.#hint = undefined;
    if (timeToLive !== undefined) {
      // From the sending on: the gatekeeper's time cannot have begun before.
      const part = timeToLive * 1000 * (RENEW_AFTER + RENEWAL_JITTER * this.#jitter());
      this.#renewAt = milliseconds(Math.max(firstSentAt + part, now.monotonic + 1));
    }
    const { gatekeeperId } = this.#list.current;
    const common = { gatekeeperId, timeToLive, roundTrip: milliseconds(now.monotonic - firstSentAt) };
    if (isRenewal) this.#wire.emit({ kind: 'renewed', ...common });
    else this.#wire.emit({ kind: 'registered', endpointIdentifier, ...common });
    this.#desk.registered(this.#registration);
    this.pump(now);
  }

  #refused({ purpose }: Outstanding, refusal: Refusal, now: Instant): void {
    if (isStranger(refusal)) this.#registeredAt = undefined;
    if (isStranger(refusal) && ++this.#attempts < MOST_ATTEMPTS) {
      if (refusal.reason === 'discoveryRequired') this.discover(now);
      else this.register(now);
      return;
    }
    const request = purpose.kind === 'discover' ? 'GRQ' : 'RRQ';
    const { gatekeeperId } = this.#list.current;
    const { signed } = this.#profile;
    this.#wire.emit({ kind: 'registrationRefused', gatekeeperId, request, signed, ...refusal });
    // Who shares this gatekeeper's registrations need not be asked to go on with one that it refuses.
    this.#phase = 'registering';
    this.#moveOn(refusal, now);
  }

  /** A reject points to gatekeepers of other zones; false where it is to be taken as it is. */
  redirected({ purpose }: Outstanding, refusal: Refusal, alternates: readonly AlternateGK[], now: Instant): boolean {
    const unanswered = redirect(purpose);
    if (alternates.length === 0 || unanswered === undefined) return false;
    this.#list.learn(alternates);
    this.#moveOn(refusal, now, unanswered);
    return true;
  }

  /** A request stayed without an answer that counts, wherever in the zone it was sent to. */
  lost({ purpose, gatekeeper, hint }: Outstanding, now: Instant): void {
    const { gatekeeperId } = gatekeeper;
    const hinted = hint === undefined ? {} : { hint };
    this.#wire.emit({ kind: 'gatekeeperLost', gatekeeperId, request: tagOf(purpose), ...hinted });
    this.#hint = hint ?? this.#hint;
    const why = { reason: 'timedOut', ...(this.#hint !== undefined && { hint: this.#hint }) };
    this.#moveOn(why, now, isCallPurpose(purpose) ? [purpose] : []);
  }

  /** On to the next zone, with all that is not answered yet; after the last one, pauses. */
  #moveOn(why: Refusal, now: Instant, unanswered: readonly CallPurpose[] = []): void {
    this.#desk.requeue([...unanswered, ...this.#wire.takeCalls()]);
    this.#attempts = 0;
    const next = this.#list.next();
    if (next === undefined) this.#pause(why, now);
    else if (this.#phase === 'registered' && this.#registration !== undefined && !next.needToRegister) {
      // It shares the registrations of the one that is lost: it is told where we are, and asked what that one was.
      this.#renew(this.#registration, now);
      this.pump(now);
    } else this.discover(now);
  }

  #pause(why: Refusal, now: Instant): void {
    this.#phase = 'pausing';
    this.#renewAt = undefined;
    const { firstPause, longestPause } = this.#profile.timers;
    // A random part, so that terminals that lost the same gatekeeper do not all come back at once.
    const pause = Math.min(firstPause * 2 ** this.#pauses++, longestPause) * (1 + this.#jitter() / 4);
    this.#retryAt = milliseconds(now.monotonic + pause);
    this.#wire.emit({ kind: 'registrationFailed', retryAfter: milliseconds(pause), ...why });
    this.#desk.fail(why.hint);
  }

  /** 0 to 1. */
  #jitter = (): number => this.#random32() / 2 ** 32;

  /** URQ: the registration is over, and its calls with it (H.225.0 clause 7.10). */
  ejected({ reason, alternates }: Ejection): void {
    this.#wire.emit({ kind: 'ejected', gatekeeperId: this.#list.current.gatekeeperId, reason });
    this.#desk.requeue(this.#wire.takeCalls());
    this.#desk.dropAll(reason);
    if (alternates !== undefined) this.#list.learn(alternates);
    this.close();
  }

  /** After an ejection, as its reason asks. */
  comeBack({ reason }: Ejection, now: Instant): void {
    if (RETURN_AT_ONCE.has(reason)) this.register(now);
    else if (reason === 'maintenance') this.#moveOn({ reason }, now);
    else this.#pause({ reason }, now);
  }

  /** Forgets the registration. */
  close(): void {
    this.#phase = 'idle';
    this.#registration = undefined;
    this.#registeredAt = undefined;
    this.#renewAt = undefined;
  }

  nextDeadline(): Milliseconds | undefined {
    return this.#phase === 'pausing' ? this.#retryAt : this.#phase === 'registered' ? this.#renewAt : undefined;
  }

  /** Tries again after a pause, and renews the registration. */
  advance(now: Instant): void {
    const due = this.nextDeadline();
    if (due === undefined || due > now.monotonic) return;
    if (this.#phase === 'pausing') {
      this.#list.restart();
      this.discover(now);
    } else if (this.#registration !== undefined) this.#renew(this.#registration, now);
  }
}
