import { encodeSigned, rasMessage, type Sign } from '../h225/index.ts';
import { type Instant, type Milliseconds, milliseconds } from '../units.ts';
import type { GuardianEffect, GuardianEvent } from './events.ts';
import { type CallPurpose, isCallPurpose, type Purpose } from './purpose.ts';
import type { Build } from './requests.ts';
import type { Gatekeeper, Profile } from './settings.ts';
import { MOST_RIP_TIME } from './timers.ts';

/** What a terminal needs besides its settings. */
export interface GuardianDeps {
  /** Signs with the terminal's key. */
  readonly sign: Sign;
  /** 0 to 4294967295, unpredictable. */
  readonly random32: () => number;
  /** 16 octets that nobody else makes. */
  readonly guid: () => Uint8Array;
}

/** A request that waits for its answer. */
export interface Outstanding {
  readonly seq: number;
  readonly purpose: Purpose;
  readonly gatekeeper: Gatekeeper;
  readonly octets: Uint8Array;
  /** The answer has to repeat it. */
  readonly random: number;
  readonly firstSentAt: Milliseconds;
  sendings: number;
  deadline: Milliseconds;
  /** Milliseconds that RIPs have added. */
  delayed: number;
  /** What answers said that did not count. */
  hint: string | undefined;
}

/** Requests that wait at once. */
export const MOST_OUTSTANDING = 64;

/** Numbers, signs, sends and repeats a terminal's requests, and collects what its driver is to do. */
export class Wire {
  readonly #profile: Profile;
  readonly #deps: GuardianDeps;
  readonly #outstanding = new Map<number, Outstanding>();
  #effects: GuardianEffect[] = [];
  #seq: number;

  constructor(profile: Profile, deps: GuardianDeps) {
    this.#profile = profile;
    this.#deps = deps;
    this.#seq = deps.random32() % 65_536;
  }

  get size(): number {
    return this.#outstanding.size;
  }

  takeEffects(): readonly GuardianEffect[] {
    const effects = this.#effects;
    this.#effects = [];
    return effects;
  }

  emit(event: GuardianEvent): void {
    this.#effects.push({ kind: 'event', event });
  }

  /** The request that `seq` numbers, if it waits for an answer. */
  get(seq: number): Outstanding | undefined {
    return this.#outstanding.get(seq);
  }

  has(kind: Purpose['kind']): boolean {
    for (const { purpose } of this.#outstanding.values()) if (purpose.kind === kind) return true;
    return false;
  }

  /** Sends a request, and again until it is settled or given up. */
  request(purpose: Purpose, build: Build, gatekeeper: Gatekeeper, now: Instant): void {
    if (this.size >= MOST_OUTSTANDING) throw new RangeError(`${MOST_OUTSTANDING} requests are outstanding`);
    const seq = this.#nextSeq();
    const random = this.#random();
    const octets = this.#encode(build, seq, random, gatekeeper, now);
    this.#outstanding.set(seq, {
      ...{ seq, purpose, gatekeeper, octets, random },
      firstSentAt: now.monotonic,
      sendings: 1,
      deadline: this.#after(now),
      delayed: 0,
      hint: undefined,
    });
    this.#send(octets, gatekeeper);
  }

  /** Signed 32 bits: tshark 4.0 calls a message with a larger RandomVal malformed, which would hide half of ours. */
  #random(): number {
    return this.#deps.random32() | 0;
  }

  /** Sends a message that no answer is asked for. */
  indicate(build: Build, gatekeeper: Gatekeeper, now: Instant): void {
    this.#send(this.#encode(build, this.#nextSeq(), this.#random(), gatekeeper, now), gatekeeper);
  }

  /** Answers a request of the gatekeeper's, whose number and random the answer repeats. Gives what was sent. */
  reply(build: Build, seq: number, random: number, gatekeeper: Gatekeeper, now: Instant): Uint8Array {
    const octets = this.#encode(build, seq, random, gatekeeper, now);
    this.#send(octets, gatekeeper);
    return octets;
  }

  /** Sends an answer again. */
  repeat(octets: Uint8Array, gatekeeper: Gatekeeper): void {
    this.#send(octets, gatekeeper);
  }

  settle({ seq }: Outstanding): void {
    this.#outstanding.delete(seq);
  }

  /** Takes out all that waits: gives the requests for calls, to be made elsewhere, and forgets the others. */
  takeCalls(): readonly CallPurpose[] {
    const purposes = [...this.#outstanding.values()].map(({ purpose }) => purpose);
    this.#outstanding.clear();
    return purposes.filter(isCallPurpose);
  }

  /** Forgets the requests that are not for calls; their answers count no more. */
  cancelOwn(): void {
    for (const outstanding of this.#outstanding.values())
      if (!isCallPurpose(outstanding.purpose)) this.settle(outstanding);
  }

  /** RIP (H.225.0 clause 7.17): the answer will come within `delay` ms. */
  extend(outstanding: Outstanding, delay: number, now: Instant): void {
    const granted = Math.min(delay, MOST_RIP_TIME - outstanding.delayed);
    outstanding.delayed += granted;
    outstanding.deadline = milliseconds(Math.max(outstanding.deadline, now.monotonic + granted));
  }

  nextDeadline(): Milliseconds | undefined {
    let next: Milliseconds | undefined;
    for (const { deadline } of this.#outstanding.values()) if (next === undefined || deadline < next) next = deadline;
    return next;
  }

  /** Repeats what is due; gives the first request whose last repetition stayed unanswered. */
  advance(now: Instant): Outstanding | undefined {
    for (const outstanding of this.#outstanding.values()) {
      if (outstanding.deadline > now.monotonic) continue;
      if (outstanding.sendings > this.#profile.timers.retries) {
        this.settle(outstanding);
        return outstanding;
      }
      outstanding.sendings++;
      outstanding.deadline = this.#after(now);
      this.#send(outstanding.octets, outstanding.gatekeeper);
    }
    return undefined;
  }

  #after = ({ monotonic }: Instant): Milliseconds => milliseconds(monotonic + this.#profile.timers.retransmitAfter);

  /** 1 to 65535, around; none that an answer may still come for. */
  #nextSeq(): number {
    do this.#seq = (this.#seq % 65_535) + 1;
    while (this.#outstanding.has(this.#seq));
    return this.#seq;
  }

  #encode(build: Build, requestSeqNum: number, random: number, { gatekeeperId }: Gatekeeper, now: Instant): Uint8Array {
    if (!this.#profile.signed) return rasMessage.encode(build({ requestSeqNum }));
    const fields = {
      generalID: gatekeeperId,
      sendersID: this.#profile.terminal.terminalId,
      timeStamp: Math.floor(now.epoch / 1000),
      random,
    };
    return encodeSigned((tokens) => build({ requestSeqNum, tokens }), fields, this.#deps.sign);
  }

  #send(octets: Uint8Array, { ras }: Gatekeeper): void {
    this.#effects.push({ kind: 'send', octets, to: ras });
  }
}
