import { encodeSigned, RAS_TAGS, type RasMessage, rasMessage, type Sign, type SocketAddress } from '../h225/index.ts';
import { type Instant, type Milliseconds, milliseconds } from '../units.ts';
import type { GuardianEffect, GuardianEvent } from './events.ts';
import { placeOf } from './gatekeeper-list.ts';
import { askedAt, type Outstanding } from './outstanding.ts';
import { type CallPurpose, isCallPurpose, type Purpose, tagOf } from './purpose.ts';
import type { Build } from './requests.ts';
import { Retransmission } from './retransmission.ts';
import type { Gatekeeper, Profile } from './settings.ts';
import { MOST_REDIRECTS, MOST_RIP_TIME } from './timers.ts';

/** An answer, and where it came from. */
interface Answer {
  readonly message: RasMessage;
  readonly from: SocketAddress;
}

/** What a terminal needs besides its settings. */
export interface GuardianDeps {
  /** Signs with the terminal's key. */
  readonly sign: Sign;
  /** 0 to 4294967295, unpredictable. */
  readonly random32: () => number;
  /** 16 octets that nobody else makes. */
  readonly guid: () => Uint8Array;
}

/** Requests that wait at once. */
export const MOST_OUTSTANDING = 64;

/** Numbers, signs, sends and repeats a terminal's requests, and collects what its driver is to do. */
export class Wire {
  readonly #profile: Profile;
  readonly #deps: GuardianDeps;
  readonly #zoneOf: (gatekeeper: Gatekeeper) => readonly Gatekeeper[];
  readonly #retransmission: Retransmission;
  readonly #outstanding = new Map<number, Outstanding>();
  #effects: GuardianEffect[] = [];
  #seq: number;

  /** @param zoneOf all gatekeepers that a request for one can be sent to, itself among them */
  constructor(profile: Profile, deps: GuardianDeps, zoneOf: (gatekeeper: Gatekeeper) => readonly Gatekeeper[]) {
    this.#profile = profile;
    this.#deps = deps;
    this.#zoneOf = zoneOf;
    this.#retransmission = new Retransmission(profile.timers);
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
    const { timeout } = this.#retransmission;
    const { monotonic } = now;
    const outstanding: Outstanding = {
      ...{ seq, purpose, gatekeeper, octets, random, timeout },
      ...{ firstSentAt: monotonic, asked: new Map(), rounds: 0, redirects: 0 },
      deadline: milliseconds(monotonic + timeout),
      until: milliseconds(monotonic + this.#profile.timers.patience),
      ...{ excusedUntil: monotonic, delayed: 0, hint: undefined, verdict: undefined },
    };
    this.#outstanding.set(seq, outstanding);
    this.#ask(outstanding, gatekeeper, now);
  }

  #ask({ asked, octets }: Outstanding, gatekeeper: Gatekeeper, { monotonic }: Instant): void {
    const place = placeOf(gatekeeper.ras);
    const times = (asked.get(place)?.times ?? 0) + 1;
    asked.set(place, { times, sentAt: monotonic, awaited: true, quietUntil: milliseconds(0) });
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

  /** A request has its answer, or (`undefined`) is given up. */
  settle(outstanding: Outstanding, answer: Answer | undefined, { monotonic }: Instant): void {
    const { seq, purpose, firstSentAt, asked, rounds, delayed } = outstanding;
    this.#outstanding.delete(seq);
    const by = answer === undefined ? undefined : askedAt(outstanding, answer.from);
    if (rounds === 0 && delayed === 0 && by?.times === 1)
      this.#retransmission.measured(milliseconds(monotonic - by.sentAt));
    const message = answer?.message ?? outstanding.verdict;
    const exchange = {
      request: tagOf(purpose),
      ...('call' in purpose && { call: purpose.call.handle }),
      answer: message === undefined || message.kind === 'unknownExtension' ? undefined : RAS_TAGS[message.kind],
      from: answer?.from,
      datagrams: [...asked.values()].reduce((sum, { times }) => sum + times, 0),
      firstSentAt,
      elapsed: milliseconds(monotonic - firstSentAt),
    };
    this.#effects.push({ kind: 'exchange', exchange });
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
      if (!isCallPurpose(outstanding.purpose)) this.#outstanding.delete(outstanding.seq);
  }

  /**
   * RIP (H.225.0 clause 7.17): the answer will come within `delay` ms. Whoever says so is not asked again before; the
   * others of its zone are, for it may be lost meanwhile. The time does not count against the patience.
   */
  extend(outstanding: Outstanding, from: SocketAddress, delay: number, { monotonic }: Instant): void {
    const excusedUntil = Math.max(outstanding.excusedUntil, monotonic);
    const granted = Math.max(0, Math.min(monotonic + delay - excusedUntil, MOST_RIP_TIME - outstanding.delayed));
    outstanding.delayed += granted;
    outstanding.excusedUntil = milliseconds(excusedUntil + granted);
    outstanding.until = milliseconds(outstanding.until + granted);
    const by = askedAt(outstanding, from);
    if (by !== undefined) by.quietUntil = milliseconds(Math.min(monotonic + delay, outstanding.excusedUntil));
    outstanding.deadline = milliseconds(Math.max(outstanding.deadline, this.#quietUntil(outstanding)));
  }

  /** Until when every gatekeeper of the zone has asked to be left in peace. */
  #quietUntil({ gatekeeper, asked }: Outstanding): number {
    const times = this.#zoneOf(gatekeeper).map(({ ras }) => asked.get(placeOf(ras))?.quietUntil ?? 0);
    return Math.min(...times);
  }

  /**
   * A gatekeeper sends the request on to the first of `named`. One that is asked already is left to answer; after a few
   * redirects all wait for the next time-out.
   */
  redirect(outstanding: Outstanding, from: SocketAddress, named: readonly Gatekeeper[], now: Instant): void {
    this.#heard(outstanding, from);
    const [to] = named;
    if (to !== undefined && outstanding.asked.get(placeOf(to.ras))?.awaited !== true)
      this.#sendOn(outstanding, to, now);
  }

  /** A reject that need not be the last word: the request goes on, also to those of the zone that were not asked yet. */
  postpone(outstanding: Outstanding, { message, from }: Answer, now: Instant): void {
    this.#heard(outstanding, from);
    outstanding.verdict = message;
    const { asked, gatekeeper } = outstanding;
    const other = this.#zoneOf(gatekeeper).find(({ ras }) => !asked.has(placeOf(ras)));
    if (other !== undefined) this.#sendOn(outstanding, other, now);
  }

  #heard(outstanding: Outstanding, from: SocketAddress): void {
    const by = askedAt(outstanding, from);
    if (by === undefined) return;
    by.awaited = false;
    by.quietUntil = milliseconds(0);
  }

  #sendOn(outstanding: Outstanding, to: Gatekeeper, now: Instant): void {
    if (outstanding.redirects >= MOST_REDIRECTS) return;
    outstanding.redirects++;
    outstanding.deadline = milliseconds(Math.max(outstanding.deadline, this.#nextRound(outstanding, now)));
    this.#ask(outstanding, to, now);
  }

  nextDeadline(): Milliseconds | undefined {
    let next: Milliseconds | undefined;
    for (const { deadline, until } of this.#outstanding.values()) {
      const due = deadline < until ? deadline : until;
      if (next === undefined || due < next) next = due;
    }
    return next;
  }

  /** Repeats what is due; gives the first request that is given up. */
  advance(now: Instant): Outstanding | undefined {
    for (const outstanding of this.#outstanding.values()) {
      if (outstanding.until <= now.monotonic) {
        this.settle(outstanding, undefined, now);
        return outstanding;
      }
      if (outstanding.deadline <= now.monotonic) this.#again(outstanding, now);
    }
    return undefined;
  }

  /** To the current gatekeeper and at once to the others of its zone: any of them may lead by now. */
  #again(outstanding: Outstanding, now: Instant): void {
    const { gatekeeper, asked, firstSentAt } = outstanding;
    if (outstanding.rounds++ === 0) this.#retransmission.expired(firstSentAt, now);
    outstanding.redirects = 0;
    for (const member of this.#zoneOf(gatekeeper))
      if ((asked.get(placeOf(member.ras))?.quietUntil ?? 0) <= now.monotonic) this.#ask(outstanding, member, now);
    outstanding.deadline = this.#nextRound(outstanding, now);
  }

  #nextRound({ timeout, rounds, gatekeeper }: Outstanding, { monotonic }: Instant): Milliseconds {
    const isAlone = this.#zoneOf(gatekeeper).length < 2;
    return milliseconds(monotonic + this.#retransmission.after(timeout, rounds, isAlone));
  }

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
