import { PerDecodeError } from '../asn1/index.ts';
import type { Registry, TerminalRecord } from '../config/index.ts';
import {
  encodeSigned,
  findToken,
  RAS_TAGS,
  type RasMessage,
  type RasTag,
  rasMessage,
  type Sign,
  type SignedToken,
  type SocketAddress,
  signedOctets,
} from '../h225/index.ts';
import { type Instant, type Milliseconds, milliseconds } from '../units.ts';
import { admit } from './admission.ts';
import type { Answer, Caller } from './answer.ts';
import { inspectToken, nonceOf, type TokenFault } from './authentication.ts';
import { changeBandwidth } from './bandwidth.ts';
import type { GatekeeperConfig } from './config.ts';
import { discover } from './discovery.ts';
import { disengage } from './disengage.ts';
import type { Effect, RasEvent } from './effects.ts';
import { eject, hasSameKey, relink } from './ejection.ts';
import { FloodBound } from './flood-bound.ts';
import { inform } from './information.ts';
import { type Pending, PendingRequests } from './pending-requests.ts';
import { inProgress, isRequest, notUnderstood, type Request, securityDenial, unknownMessage } from './refusals.ts';
import { register } from './registration.ts';
import { ReplayMemory } from './replay-memory.ts';
import { describeRequest } from './request-event.ts';
import { type Answered, ResponseCache, type StoredAnswer } from './response-cache.ts';
import { GatekeeperState } from './state.ts';
import type { DropReason } from './statistics.ts';
import { unregister } from './unregistration.ts';

/** What a gatekeeper needs besides its configuration. */
export interface GatekeeperSecrets {
  /** Unpredictable octets. */
  readonly random: (octets: number) => Uint8Array;
  /** Signs with the gatekeeper's own key. */
  readonly sign: Sign;
}

/** Answers are kept for stock retry timers: 5 s and two retries (H.225.0 clause 7.18.1), and some. */
const ANSWERS_KEPT = milliseconds(20_000);
const ANSWERS_OCTETS = 8 * 1024 * 1024;
const MOST_REPEATS = 8;
/** Datagrams a second that anybody can send and that still are answered and witnessed. */
const FAULTS_PER_SECOND = 200;
const DISCOVERIES_PER_SECOND = 200;
/** XRS gives a message back whole; a datagram must still hold both. */
const LONGEST_ECHO = 16_000;

/**
 * A gatekeeper (H.323 clause 6.4) as a machine: datagrams, verdicts on signatures and the time go in; datagrams to
 * send, lines to witness and signatures to verify come out of takeEffects(), to be carried out in order. The driver
 * calls advance() when nextDeadline() has come, and owns every socket, clock and log.
 */
export class Gatekeeper {
  readonly state: GatekeeperState;
  readonly #secrets: GatekeeperSecrets;
  readonly #answers = new ResponseCache(ANSWERS_KEPT, ANSWERS_OCTETS);
  readonly #replays: ReplayMemory;
  readonly #pending = new PendingRequests();
  /** Datagrams that are not authentic, and unsigned GRQs: a flood of the one must not keep the other out. */
  readonly #faults = new FloodBound(FAULTS_PER_SECOND);
  readonly #discoveries = new FloodBound(DISCOVERIES_PER_SECOND);
  #effects: Effect[] = [];

  constructor(config: GatekeeperConfig, registry: Registry, secrets: GatekeeperSecrets) {
    this.state = new GatekeeperState(config, registry, secrets.random);
    this.#secrets = secrets;
    this.#replays = new ReplayMemory(config.freshness);
  }

  /** Signatures that wait to be verified. */
  get pending(): number {
    return this.#pending.size;
  }

  /** What is to be done, in order; each effect is given once. */
  takeEffects(): readonly Effect[] {
    const effects = this.#effects;
    this.#effects = [];
    return effects;
  }

  /** Takes a datagram; never throws for what is in it. The gatekeeper keeps `octets`: they must not change. */
  receive(octets: Buffer, from: SocketAddress, now: Instant): void {
    let message: RasMessage;
    try {
      message = rasMessage.decode(octets);
    } catch (error) {
      if (!(error instanceof PerDecodeError)) throw error;
      this.#drop('malformed');
      if (this.#mayReport(this.#faults, now)) this.#witness({ msgType: 'MALFORMED', peer: from, detail: error.code });
      return;
    }
    if (message.kind !== 'unknownExtension') this.state.statistics.received[RAS_TAGS[message.kind]]++;
    if (!isRequest(message)) return this.#refuseOther(message, octets, from, now);
    const token = findToken(message, octets);
    if (token === 'malformed') return this.#refuseFalse(message, from, now, 'malformed token');
    if (token !== 'absent') return this.#receiveSigned(message, token, octets, from, now);
    if (!this.state.lab) return this.#receiveUnsigned(message, octets, from, now);
    const key = unsignedKey(message, from);
    const answered = this.#answers.find(key, octets, from, now.monotonic);
    if (answered !== undefined) return this.#repeat(answered, from);
    this.#answers.put(key, this.#handle(message, octets, { from, terminal: undefined, now }), now.monotonic);
  }

  /** Only discovery is for everybody. It changes nothing, so a repeated one is simply answered anew. */
  #receiveUnsigned(request: Request, octets: Buffer, from: SocketAddress, now: Instant): void {
    if (request.kind !== 'gatekeeperRequest') return this.#refuseFalse(request, from, now, 'no signature');
    if (!this.#mayReport(this.#discoveries, now)) return this.#drop('suppressed');
    this.#handle(request, octets, { from, terminal: undefined, now });
  }

  #receiveSigned(request: Request, token: SignedToken, octets: Buffer, from: SocketAddress, now: Instant): void {
    const nonce = nonceOf(token);
    const answered = this.#answers.find(token.random, octets, from, now.monotonic);
    if (answered !== undefined) return this.#repeat(answered, from);
    const { gatekeeperId, freshness, maxPending } = this.state.config;
    const terminal = this.#replays.has(nonce)
      ? 'replay'
      : inspectToken(token, { gatekeeperId, freshness, registry: this.state.registry, now: now.epoch });
    if (typeof terminal === 'string') return this.#refuseFalse(request, from, now, terminal, token.sendersID);
    if (this.#pending.has(nonce, octets, from)) return this.#drop('already_pending');
    if (this.#pending.size >= maxPending) return this.#drop('verify_queue_full');
    const ticket = this.#pending.add({ request, octets, from, token, terminal, nonce, since: now.monotonic });
    this.#effects.push({
      kind: 'verify',
      ticket,
      publicKey: terminal.publicKey,
      octets: signedOctets(octets, token.offset),
      signature: token.signature,
    });
  }

  /** Takes the verdict on a signature that a 'verify' effect asked for. */
  verified(ticket: number, genuine: boolean, now: Instant): void {
    const pending = this.#pending.take(ticket);
    if (pending === undefined) return;
    const { request, from, token, octets } = pending;
    const terminal = this.#verdict(pending, genuine, now);
    if (terminal === 'replay_memory_full') this.#drop(terminal);
    else if (typeof terminal === 'string') this.#refuseFalse(request, from, now, terminal, token.sendersID);
    else this.#answers.put(token.random, this.#handle(request, octets, { from, terminal, now }, token), now.monotonic);
  }

  /** Whose request it is, or why it is not taken up. */
  #verdict(
    { terminal, nonce }: Pending,
    genuine: boolean,
    now: Instant,
  ): TerminalRecord | TokenFault | 'replay_memory_full' {
    if (!genuine) return 'wrong signature';
    if (this.#replays.has(nonce)) return 'replay';
    // The registry may have been replaced meanwhile.
    const current = this.state.registry.terminals.get(terminal.terminalId);
    if (current === undefined || !hasSameKey(current, terminal)) return 'unknown terminal';
    return this.#replays.add(nonce, now.epoch) ? current : 'replay_memory_full';
  }

  /** Carries a request out and answers it; gives what a retransmission gets. */
  #handle(request: Request, received: Buffer, caller: Caller, token?: SignedToken): Answered {
    const { from, now, terminal } = caller;
    const seq = request.value.requestSeqNum;
    this.#witness(describeRequest(request, from, terminal?.terminalId));
    const answer = this.#procedure(request, caller);
    if (answer === undefined) return { octets: received, from, request: RAS_TAGS[request.kind] };
    const { octets, tag } = this.#encode(answer, now, token);
    const { event } = answer;
    this.#witness({
      msgType: tag,
      seq,
      peer: from,
      terminalId: terminal?.terminalId,
      endpoint: event?.endpoint,
      callId: event?.callId,
      bandwidth: event?.bandwidth,
      reason: event?.reason,
      policy: event?.policy,
      detail: event?.detail,
    });
    this.#send(octets, tag, from);
    return { octets: received, from, request: RAS_TAGS[request.kind], response: tag, answer: octets };
  }

  #procedure(request: Request, caller: Caller): Answer | undefined {
    switch (request.kind) {
      case 'gatekeeperRequest':
        return discover(this.state, request.value);
      case 'registrationRequest':
        return register(this.state, request.value, caller);
      case 'unregistrationRequest':
        return unregister(this.state, request.value, caller);
      case 'admissionRequest':
        return admit(this.state, request.value, caller);
      case 'bandwidthRequest':
        return changeBandwidth(this.state, request.value, caller);
      case 'disengageRequest':
        return disengage(this.state, request.value, caller);
      case 'infoRequestResponse':
        return inform(this.state, request.value, caller);
    }
  }

  /** Encodes an answer; signed, and bound to its request, where the request was. */
  #encode(answer: Answer, now: Instant, token: SignedToken | undefined): { octets: Buffer; tag: RasTag } {
    if (token === undefined) {
      const message = answer.message(undefined);
      return { octets: rasMessage.encode(message), tag: tagOf(message) };
    }
    let tag: RasTag = 'XRS';
    const fields = {
      generalID: token.sendersID,
      sendersID: this.state.config.gatekeeperId,
      timeStamp: Math.floor(now.epoch / 1000),
      random: token.random,
    };
    const octets = encodeSigned(
      (tokens) => {
        const message = answer.message(tokens);
        tag = tagOf(message);
        return message;
      },
      fields,
      this.#secrets.sign,
    );
    return { octets, tag };
  }

  #send(octets: Uint8Array, tag: RasTag, to: SocketAddress): void {
    this.state.statistics.sent[tag]++;
    this.#effects.push({ kind: 'send', octets, to });
  }

  /** The stored answer again, for the same request again. */
  #repeat({ answer, response, request, times }: StoredAnswer, from: SocketAddress): void {
    // More often than any retry timer asks: somebody replays from the sender's own address.
    if (times > MOST_REPEATS) return this.#drop('suppressed');
    this.state.statistics.retransmissions++;
    this.#witness({ msgType: request, peer: from, retransmission: true });
    if (answer === undefined || response === undefined) return;
    this.#witness({ msgType: response, peer: from, retransmission: true });
    this.#effects.push({ kind: 'send', octets: answer, to: from });
  }

  /** Refuses a request that is not authentic. The answer is unsigned: nobody asked for it who could check. */
  #refuseFalse(request: Request, from: SocketAddress, now: Instant, fault: TokenFault, claimed?: string): void {
    this.state.statistics.refused.INVALID_SIGNATURE++;
    if (fault === 'replay') this.state.statistics.replays++;
    if (!this.#mayReport(this.#faults, now)) return this.#drop('suppressed');
    // A name that the registry does not know may be anything, a person's too.
    const terminalId = claimed !== undefined && this.state.registry.terminals.has(claimed) ? claimed : undefined;
    const who = { peer: from, terminalId };
    this.#witness(describeRequest(request, from, terminalId));
    const answer = securityDenial(request, this.state.config.gatekeeperId);
    if (answer === undefined) {
      this.#witness({ msgType: 'REFUSED', ...who, policy: 'INVALID_SIGNATURE', detail: fault });
      return;
    }
    const { octets, tag } = this.#encode(answer, now, undefined);
    this.#witness({ msgType: tag, seq: request.value.requestSeqNum, ...who, ...answer.event, detail: fault });
    this.#send(octets, tag, from);
  }

  #refuseOther(message: RasMessage, octets: Buffer, from: SocketAddress, now: Instant): void {
    const seq = octets.length > LONGEST_ECHO ? undefined : notUnderstood(message);
    if (seq === undefined) return this.#drop('not_a_request');
    if (!this.#mayReport(this.#faults, now)) return this.#drop('suppressed');
    const msgType = message.kind === 'unknownExtension' ? 'UNKNOWN' : RAS_TAGS[message.kind];
    this.#witness({ msgType, seq, peer: from });
    this.#witness({ msgType: 'XRS', seq, peer: from });
    const answer = this.#encode(unknownMessage(seq, octets), now, undefined);
    this.#send(answer.octets, answer.tag, from);
  }

  #mayReport(bound: FloodBound, { monotonic }: Instant): boolean {
    this.#reportSuppressed(bound, monotonic);
    return bound.take();
  }

  #reportSuppressed(bound: FloodBound, now: Milliseconds): void {
    const count = bound.settle(now);
    if (count === 0) return;
    const detail = bound === this.#discoveries ? 'discovery, not listed' : 'not authentic, not listed';
    this.#witness({ msgType: 'SUPPRESSED', peer: this.state.config.ras, count, detail });
  }

  #drop(reason: DropReason): void {
    this.state.statistics.dropped[reason]++;
  }

  #witness(event: RasEvent): void {
    this.#effects.push({ kind: 'witness', event });
  }

  /** When advance() has something to do. */
  nextDeadline(): Milliseconds | undefined {
    const { oldest } = this.#pending;
    const rip = oldest === undefined ? undefined : milliseconds(oldest + this.state.config.ripAfter);
    const deadlines = [this.state.expiry.deadline, rip, this.#faults.deadline, this.#discoveries.deadline];
    const due = deadlines.filter((deadline) => deadline !== undefined);
    return due.length === 0 ? undefined : milliseconds(Math.min(...due));
  }

  /** Does what time asks for: registrations run out, late answers are announced, stored ones are forgotten. */
  advance(now: Instant): void {
    for (const endpoint of this.state.expiry.advance(now.monotonic)) {
      this.state.statistics.expired++;
      this.#eject(eject(this.state, endpoint, 'ttlExpired'), now);
    }
    for (const pending of this.#pending.late(now.monotonic - this.state.config.ripAfter))
      this.#announceDelay(pending, now);
    this.#answers.advance(now.monotonic);
    for (const bound of [this.#faults, this.#discoveries]) this.#reportSuppressed(bound, now.monotonic);
  }

  #announceDelay(pending: Pending, now: Instant): void {
    const { requestSeqNum } = pending.request.value;
    const { octets, tag } = this.#encode(inProgress(requestSeqNum, 5000), now, pending.token);
    this.#witness({ msgType: tag, seq: requestSeqNum, peer: pending.from });
    this.#send(octets, tag, pending.from);
  }

  /** Takes a new registry. Who is no longer in it, or has another key, is ejected; quotas count from the next request on. */
  replaceRegistry(registry: Registry, now: Instant): void {
    this.state.registry = registry;
    for (const endpoint of [...this.state.endpoints.all()])
      if (!relink(this.state, endpoint)) this.#eject(eject(this.state, endpoint, 'securityDenial'), now);
  }

  /** Puts every registration's end off by its full time: after a time in which none could be renewed. */
  extendRegistrations(now: Instant): void {
    const expiresAt = milliseconds(now.monotonic + this.state.config.timeToLive * 1000);
    for (const endpoint of this.state.endpoints.all())
      if (endpoint.expiresAt < expiresAt) endpoint.expiresAt = expiresAt;
  }

  /** Sends what an ejected endpoint is told: DRQ for each call, then URQ. */
  #eject(farewell: ReturnType<typeof eject>, now: Instant): void {
    for (const { answer, to, terminalId } of farewell) {
      const token = terminalId === undefined ? undefined : this.#ownToken(terminalId);
      const { octets, tag } = this.#encode(answer, now, token);
      this.#witness({ msgType: tag, peer: to, terminalId, ...answer.event });
      this.#send(octets, tag, to);
    }
  }

  /** What an unsolicited message is signed with: a random of its own. */
  #ownToken(terminalId: string): SignedToken {
    const random = Buffer.from(this.#secrets.random(4)).readInt32BE();
    return { generalID: '', sendersID: terminalId, timeStamp: 0, random, signature: new Uint8Array(0), offset: 0 };
  }
}

const tagOf = ({ kind }: RasMessage): RasTag => (kind === 'unknownExtension' ? 'XRS' : RAS_TAGS[kind]);

/** What names an unsigned request, as an integer. */
const unsignedKey = ({ value }: Request, { port }: SocketAddress): number => (port << 16) | value.requestSeqNum;
