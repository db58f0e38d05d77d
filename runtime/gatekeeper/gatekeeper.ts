import { PerDecodeError } from '../asn1/index.ts';
import type { Registry, TerminalRecord } from '../config/index.ts';
import {
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
import type { Answer, Caller } from './answer.ts';
import { inspectToken, nonceOf, type TokenFault } from './authentication.ts';
import { BadDatagrams } from './bad-datagrams.ts';
import type { GatekeeperConfig } from './config.ts';
import { type CarriedOut, type DueAnswer, DueAnswers, type SignedAnswer, type Verified } from './due-answers.ts';
import type { Effect } from './effects.ts';
import { eject, hasSameKey, ownToken, relink } from './ejection.ts';
import { FloodReport } from './flood-report.ts';
import type { StateChange } from './journal.ts';
import type { Endpoint } from './model.ts';
import { Outbox } from './outbox.ts';
import { type Pending, PendingRequests } from './pending-requests.ts';
import { carryOut } from './procedures.ts';
import { inProgress, isRequest, type Request } from './refusals.ts';
import { ReplayMemory } from './replay-memory.ts';
import { Replica } from './replica.ts';
import { answeredRecord } from './replica-records.ts';
import { describeRequest } from './request-event.ts';
import { ResponseCache, type StoredAnswer } from './response-cache.ts';
import type { GatekeeperRole } from './role.ts';
import { GatekeeperState } from './state.ts';
import type { DropReason } from './statistics.ts';
import { isLight, postpone, redirect } from './turn-away.ts';

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
/** Unsigned GRQs a second that still are answered and witnessed. */
const DISCOVERIES_PER_SECOND = 200;

/**
 * A gatekeeper (H.323 clause 6.4) as a machine: datagrams, verdicts on signatures and the time go in; datagrams to
 * send, lines to witness and signatures to verify come out of takeEffects(), to be carried out in order. The driver
 * calls advance() when nextDeadline() has come, and owns every socket, clock and log.
 */
export class Gatekeeper {
  readonly state: GatekeeperState;
  readonly #secrets: GatekeeperSecrets;
  readonly #outbox: Outbox;
  #answers = new ResponseCache(ANSWERS_KEPT, ANSWERS_OCTETS);
  #replays: ReplayMemory;
  #replica: Replica;
  readonly #pending: PendingRequests;
  /** Carried out, and to be answered together. */
  readonly #due = new DueAnswers<DueAnswer>();
  /** Besides unsigned GRQs: a flood of the one must not keep the other out. */
  readonly #bad: BadDatagrams;
  readonly #discoveries: FloodReport;
  #role: GatekeeperRole;
  /** When this gatekeeper began to lead. */
  #leadsSince: Instant | undefined;

  constructor(config: GatekeeperConfig, registry: Registry, secrets: GatekeeperSecrets) {
    this.state = new GatekeeperState(config, registry, secrets.random);
    this.#secrets = secrets;
    this.#outbox = new Outbox(this.state, secrets.sign);
    this.#pending = new PendingRequests(config.maxPending);
    this.#bad = new BadDatagrams(this.state, this.#outbox);
    this.#discoveries = new FloodReport(DISCOVERIES_PER_SECOND, this.state, this.#outbox, 'discovery, not listed');
    this.#replays = new ReplayMemory(config.freshness);
    this.#replica = new Replica(this.state, this.#answers, this.#replays);
    this.#role = { kind: config.replicated === true ? 'isolated' : 'leading' };
  }

  /** Signatures that wait to be verified. */
  get pending(): number {
    return this.#pending.size;
  }

  /** What is to be done, in order; each effect is given once. What was verified since the last time is answered. */
  takeEffects(): readonly Effect[] {
    this.#due.answer(this.#outbox, ({ done, answer }, signed) => this.#respond(done, answer, signed));
    return this.#outbox.take();
  }

  /** Takes a datagram; never throws for what is in it. The gatekeeper keeps `octets`: they must not change. */
  receive(octets: Buffer, from: SocketAddress, now: Instant): void {
    let message: RasMessage;
    try {
      message = rasMessage.decode(octets);
    } catch (error) {
      if (!(error instanceof PerDecodeError)) throw error;
      return this.#bad.malformed(error.code, from, now);
    }
    if (message.kind !== 'unknownExtension') this.state.statistics.received[RAS_TAGS[message.kind]]++;
    if (!isRequest(message)) return this.#bad.notARequest(message, octets, from, now);
    const token = findToken(message, octets);
    if (token === 'malformed') return this.#bad.notAuthentic(message, from, now, 'malformed token');
    if (token !== 'absent') return this.#receiveSigned(message, token, octets, from, now);
    if (!this.state.lab) return this.#receiveUnsigned(message, octets, from, now);
    const key = unsignedKey(message, from);
    const answered = this.#answers.find(key, octets, from, now.monotonic);
    if (answered !== undefined) return this.#repeat(answered, message, from);
    this.#handle(message, octets, this.#callerOf(from, undefined, now), key);
  }

  /** Only discovery is for everybody. It changes nothing, so a repeated one is simply answered anew. */
  #receiveUnsigned(request: Request, octets: Buffer, from: SocketAddress, now: Instant): void {
    if (request.kind !== 'gatekeeperRequest') return this.#bad.notAuthentic(request, from, now, 'no signature');
    if (!this.#discoveries.take(now.monotonic)) return this.#drop('suppressed');
    this.#handle(request, octets, this.#callerOf(from, undefined, now));
  }

  #receiveSigned(request: Request, token: SignedToken, octets: Buffer, from: SocketAddress, now: Instant): void {
    const answered = this.#answers.find(token.random, octets, from, now.monotonic);
    if (answered !== undefined) return this.#repeat(answered, request, from, token.sendersID);
    const { gatekeeperId, freshness } = this.state.config;
    const claimed = token.sendersID;
    const nonce = nonceOf(token);
    const terminal = this.#replays.has(nonce)
      ? 'replay'
      : inspectToken(token, { gatekeeperId, freshness, registry: this.state.registry, now: now.epoch });
    if (typeof terminal === 'string') return this.#bad.notAuthentic(request, from, now, terminal, { claimed });
    if (this.#pending.has(token, octets, from)) return this.#drop('already_pending');
    if (this.#pending.isFull) return this.#drop('verify_queue_full');
    const ticket = this.#pending.add({ request, octets, from, token, terminal, nonce, since: now.monotonic });
    this.#outbox.add({
      kind: 'verify',
      ticket,
      publicKey: terminal.publicKey,
      octets: signedOctets(octets, token),
      signature: token.signature,
    });
  }

  /** Takes the verdict on a signature that a 'verify' effect asked for. */
  verified(ticket: number, genuine: boolean, now: Instant): void {
    const pending = this.#pending.take(ticket);
    if (pending === undefined) return;
    const { request, from, token, octets } = pending;
    const terminal = this.#signer(pending, genuine, now);
    // A terminal that waits asks both gatekeepers: the other one may just have answered, and this one heard of it.
    const answered = terminal === 'replay' ? this.#answers.find(token.random, octets, from, now.monotonic) : undefined;
    if (answered !== undefined) this.#repeat(answered, request, from, token.sendersID);
    else if (terminal === 'replay_memory_full') this.#drop(terminal);
    else if (typeof terminal === 'string')
      this.#bad.notAuthentic(request, from, now, terminal, { claimed: token.sendersID, ticket });
    else this.#handle(request, octets, this.#callerOf(from, terminal, now), token.random, { ticket, token });
  }

  /** Whose request it is, or why it is not taken up. */
  #signer(
    { terminal, nonce }: Pending,
    genuine: boolean,
    now: Instant,
  ): TerminalRecord | TokenFault | 'replay_memory_full' {
    if (!genuine) return 'wrong signature';
    if (this.#replays.has(nonce)) return 'replay';
    // The registry may have been replaced meanwhile.
    const current = this.state.registry.terminals.get(terminal.terminalId);
    if (current === undefined || !hasSameKey(current, terminal)) return 'unknown terminal';
    // Who only sends on to the leader takes nothing up, and may be asked the same when it leads itself.
    if (this.#role.kind !== 'leading') return current;
    return this.#replays.add(nonce, now.epoch) ? current : 'replay_memory_full';
  }

  /**
   * Who asks. For a while after another gatekeeper led, a keep-alive may be one that was captured there, since they are
   * not remembered in the store: it may renew, but not move, a registration.
   */
  #callerOf(from: SocketAddress, terminal: TerminalRecord | undefined, now: Instant): Caller {
    const { replicated = false, freshness } = this.state.config;
    const since = this.#leadsSince;
    const mayMove = !replicated || (since !== undefined && now.epoch > since.epoch + 2000 * freshness);
    return { from, terminal, now, mayMove };
  }

  /** Carries a request out and answers it, a signed one with others. Under `key` a retransmission finds the answer. */
  #handle(request: Request, octets: Buffer, caller: Caller, key?: number, verified?: Verified): void {
    const { from, now, terminal } = caller;
    this.#outbox.witness(describeRequest(request, from, terminal?.terminalId));
    const answer = this.#answer(request, caller);
    const done = { request, octets, caller, key, verified, changes: this.#changesBy(request, key) };
    if (answer === undefined) this.#keep(done);
    else if (verified === undefined) this.#respond(done, answer, this.#outbox.encode(answer, now.epoch, undefined));
    else this.#due.add({ done, answer, message: this.#outbox.unsigned(answer, now.epoch, verified.token) });
  }

  #respond(done: CarriedOut, { event }: Answer, { octets, tag }: SignedAnswer): void {
    const { request, caller, verified } = done;
    this.#keep(done, tag, octets);
    this.#outbox.witness({
      msgType: tag,
      answers: true,
      seq: request.value.requestSeqNum,
      peer: caller.from,
      terminalId: caller.terminal?.terminalId,
      endpoint: event?.endpoint,
      callId: event?.callId,
      bandwidth: event?.bandwidth,
      reason: event?.reason,
      policy: event?.policy,
      detail: event?.detail,
    });
    this.#outbox.send(octets, tag, caller.from, verified?.ticket);
  }

  #answer(request: Request, caller: Caller): Answer | undefined {
    switch (this.#role.kind) {
      case 'leading':
        return carryOut(this.state, request, caller);
      case 'standby':
        return redirect(request, this.#role.leader, this.state.config.gatekeeperId);
      case 'isolated':
        if (isLight(request)) return carryOut(this.state, request, caller);
        if (request.kind === 'admissionRequest') this.state.statistics.refused.STORE_UNAVAILABLE++;
        return postpone(request);
    }
  }

  /** What a request changed that the zone's other gatekeepers must know. */
  #changesBy(request: Request, key: number | undefined): readonly StateChange[] | undefined {
    const { journal } = this.state;
    return journal.recording && key !== undefined && !isLight(request) ? journal.take() : undefined;
  }

  /** Keeps what a retransmission gets, and has it and what changed kept by the zone's other gatekeepers too. */
  #keep({ request, octets, caller, key, verified, changes }: CarriedOut, response?: RasTag, answer?: Buffer): void {
    if (this.#role.kind !== 'leading' || key === undefined) return;
    const { from, now } = caller;
    const answered = { octets, from, request: RAS_TAGS[request.kind], response, answer };
    this.#answers.put(key, answered, now.monotonic);
    if (changes === undefined) return;
    const record = answeredRecord(answered, now.epoch, key, verified && nonceOf(verified.token));
    this.#outbox.add({ kind: 'commit', changes, answered: record });
  }

  /** The stored answer again, for the same request again. */
  #repeat({ answer, response, times }: StoredAnswer, request: Request, from: SocketAddress, terminalId?: string): void {
    // More often than any retry timer asks: somebody replays from the sender's own address.
    if (times > MOST_REPEATS) return this.#drop('suppressed');
    this.state.statistics.retransmissions++;
    const asked = { ...describeRequest(request, from, terminalId), retransmission: true };
    this.#outbox.witness(asked);
    if (answer === undefined || response === undefined) return;
    const { seq, callId } = asked;
    const line = { msgType: response, answers: true, seq, peer: from, terminalId, callId, retransmission: true };
    this.#outbox.witness(line);
    this.#outbox.add({ kind: 'send', octets: answer, to: from });
  }

  #drop(reason: DropReason): void {
    this.state.statistics.dropped[reason]++;
  }

  /** When advance() has something to do. */
  nextDeadline(): Milliseconds | undefined {
    const { oldest } = this.#pending;
    const rip = oldest === undefined ? undefined : milliseconds(oldest + this.state.config.ripAfter);
    const deadlines = [this.state.expiry.deadline, rip, this.#bad.deadline, this.#discoveries.deadline];
    const due = deadlines.filter((deadline) => deadline !== undefined);
    return due.length === 0 ? undefined : milliseconds(Math.min(...due));
  }

  /** Does what time asks for: registrations run out, late answers are announced, stored ones are forgotten. */
  advance(now: Instant): void {
    for (const endpoint of this.state.expiry.advance(now.monotonic)) {
      if (this.#outlives(endpoint, now.monotonic)) continue;
      this.state.statistics.expired++;
      this.#eject(eject(this.state, endpoint, 'ttlExpired'), now);
    }
    for (const pending of this.#pending.late(now.monotonic - this.state.config.ripAfter))
      this.#announceDelay(pending, now);
    this.#answers.advance(now.monotonic);
    this.#bad.advance(now.monotonic);
    this.#discoveries.advance(now.monotonic);
  }

  /** Keep-alives are the leader's alone to know: who has not led for long lets no registration run out. */
  #outlives(endpoint: Endpoint, now: Milliseconds): boolean {
    const lifetime = this.state.config.timeToLive * 1000;
    const since = this.#role.kind === 'leading' ? this.#leadsSince?.monotonic : now;
    if (since === undefined || now >= since + lifetime) return false;
    endpoint.expiresAt = milliseconds(since + lifetime);
    this.state.expiry.add(endpoint);
    return true;
  }

  #announceDelay(pending: Pending, now: Instant): void {
    const { requestSeqNum } = pending.request.value;
    const { octets, tag } = this.#outbox.encode(inProgress(requestSeqNum, 5000), now.epoch, pending.token);
    this.#outbox.witness({ msgType: tag, answers: true, seq: requestSeqNum, peer: pending.from });
    this.#outbox.send(octets, tag, pending.from);
  }

  /**
   * Takes a new registry. Who is no longer in it, or has another key, is ejected; quotas count from the next request
   * on. Who does not lead ejects nobody, and has to follow anew instead.
   */
  replaceRegistry(registry: Registry, now: Instant): void {
    this.state.registry = registry;
    for (const endpoint of [...this.state.endpoints.all()])
      if (!relink(this.state, endpoint) && this.#role.kind === 'leading')
        this.#eject(eject(this.state, endpoint, 'securityDenial'), now);
  }

  /** Puts every registration's end off by its full time: after a time in which none could be renewed. */
  extendRegistrations(now: Instant): void {
    const expiresAt = milliseconds(now.monotonic + this.state.config.timeToLive * 1000);
    for (const endpoint of this.state.endpoints.all())
      if (endpoint.expiresAt < expiresAt) endpoint.expiresAt = expiresAt;
  }

  /** Takes up another role in its zone. What it holds must be what the store holds. */
  become(role: GatekeeperRole, now: Instant): void {
    const led = this.#role.kind === 'leading';
    this.#role = role;
    const leads = role.kind === 'leading';
    this.state.journal.recording = leads && this.state.config.replicated === true;
    if (!leads) this.#leadsSince = undefined;
    else if (!led) {
      this.#leadsSince = now;
      // Whose terminal the registry does not know may have nothing.
      this.#commit(this.#replica.takeOrphans().map((key) => ({ key })));
    }
  }

  /** Follows a change that the zone's leader made. @throws PerDecodeError for a value that cannot be read */
  follow(change: StateChange, now: Instant): void {
    this.#replica.apply(change, now);
  }

  /** Forgets all registrations, calls and answers: they are to be followed anew. */
  clear(): void {
    this.state.clear();
    this.forgetAnswers();
  }

  /**
   * Forgets what it answered: whoever leads no longer, and not of its own accord, may have decided what nobody kept, and
   * must not say it to whoever asks again.
   */
  forgetAnswers(): void {
    this.#answers = new ResponseCache(ANSWERS_KEPT, ANSWERS_OCTETS);
    this.#replays = new ReplayMemory(this.state.config.freshness);
    this.#replica = new Replica(this.state, this.#answers, this.#replays);
  }

  #commit(changes: readonly StateChange[]): void {
    if (changes.length > 0) this.#outbox.add({ kind: 'commit', changes });
  }

  /** Sends what an ejected endpoint is told: DRQ for each call, then URQ. */
  #eject(farewell: ReturnType<typeof eject>, now: Instant): void {
    this.#commit(this.state.journal.take());
    for (const { answer, to, terminalId } of farewell) {
      const token = terminalId === undefined ? undefined : ownToken(terminalId, this.#secrets.random);
      const { octets, tag } = this.#outbox.encode(answer, now.epoch, token);
      this.#outbox.witness({ msgType: tag, answers: true, peer: to, terminalId, ...answer.event });
      this.#outbox.send(octets, tag, to);
    }
  }
}

/** What names an unsigned request, as an integer. */
const unsignedKey = ({ value }: Request, { port }: SocketAddress): number => (port << 16) | value.requestSeqNum;
