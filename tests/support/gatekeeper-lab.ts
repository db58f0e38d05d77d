/** A gatekeeper in invented time, with a driver that answers 'verify' and decodes whatever it sends. */
import assert from 'node:assert/strict';
import { type Effect, Gatekeeper, type GatekeeperConfig, type RasEvent } from '../../runtime/gatekeeper/index.ts';
import {
  type AdmissionRequest,
  type BandwidthRequest,
  type DisengageRequest,
  encodeSigned,
  findToken,
  type GatekeeperRequest,
  type InfoRequestResponse,
  RAS_TAGS,
  type RasMessage,
  type RegistrationRequest,
  rasMessage,
  type SignedToken,
  type SocketAddress,
  signedOctets,
  type TokenFields,
  toTransportAddress,
  type UnregistrationRequest,
} from '../../runtime/h225/index.ts';
import type { ClearToken } from '../../runtime/h235/index.ts';
import { bitsPerSecond, epochMilliseconds, type Instant, milliseconds } from '../../runtime/units.ts';
import { isGenuine, isGenuineTwice, type LabTerminal, labKeys, registryOf } from './lab-terminal.ts';
import type { Datagram } from './pcap.ts';
import { arq, brq, drq, grq, irr, rrq, urq } from './ras-requests.ts';

export * from './lab-terminal.ts';
export * from './ras-requests.ts';

export const GATEKEEPER_ID = 'council-gk-test';
export const GATEKEEPER_RAS: SocketAddress = { address: '192.0.2.250', port: 1719 };
const START = { monotonic: 5_000_000, epoch: Date.UTC(2026, 10, 21, 12) };

export interface Sent {
  readonly message: RasMessage;
  readonly octets: Buffer;
  readonly to: SocketAddress;
  /** Its signature is the gatekeeper's, seen to already. */
  readonly token: SignedToken | undefined;
}

/** What came of something that was done to the gatekeeper. */
export interface Outcome {
  readonly sent: readonly Sent[];
  readonly events: readonly RasEvent[];
  /** On the signatures it asked about. */
  readonly verdicts: readonly boolean[];
}

export interface LabArgs {
  readonly terminals?: readonly LabTerminal[];
  readonly config?: Partial<GatekeeperConfig>;
  /** Also ask tweetnacl about every signature; false where there are too many. */
  readonly secondOpinion?: boolean;
  /** Where its random numbers begin, so that two labs have none in common. */
  readonly randomFrom?: number;
}

type VerifyEffect = Extract<Effect, { kind: 'verify' }>;

export class GatekeeperLab {
  readonly gatekeeper: Gatekeeper;
  readonly keys = labKeys(255);
  /** The identifiers that terminals were given last, by terminal_id or, for unsigned ones, by their port. */
  readonly identifiers = new Map<string, string>();
  /** While true, signatures wait for release(). */
  holding = false;
  readonly held: VerifyEffect[] = [];
  /** What the zone's store was given, in its order. */
  readonly commits: Extract<Effect, { kind: 'commit' }>[] = [];
  /** All datagrams, both ways, in their order. */
  readonly traffic: Datagram[] = [];
  readonly #secondOpinion: boolean;
  readonly #lab: boolean;
  #elapsed = 0;
  #wallClockShift = 0;
  #seq = 0;
  #random = 0;

  constructor({ terminals = [], config = {}, secondOpinion = true, randomFrom = 0 }: LabArgs = {}) {
    this.#random = randomFrom;
    this.#secondOpinion = secondOpinion;
    this.#lab = config.policy === 'open-lab';
    const registry = registryOf(terminals.map(({ record }) => record));
    let counter = randomFrom;
    const random = (octets: number) => {
      const out = Buffer.alloc(octets, 0xa5);
      // The top bit is set, so that no sign is ever lost.
      out.writeUInt32BE(0x8000_0000 + ++counter, 0);
      return out;
    };
    this.gatekeeper = new Gatekeeper(
      {
        gatekeeperId: GATEKEEPER_ID,
        ras: GATEKEEPER_RAS,
        policy: 'signed',
        timeToLive: 60,
        freshness: 60,
        councilBandwidth: bitsPerSecond(100_000_000),
        maxSessions: 25,
        maxCalls: 1000,
        minimumGrant: bitsPerSecond(64_000),
        irrFrequency: 0,
        maxEndpoints: 100,
        maxPending: 64,
        ripAfter: milliseconds(1000),
        alternates: [],
        ...config,
      },
      registry,
      { random, sign: this.keys.sign },
    );
  }

  get state() {
    return this.gatekeeper.state;
  }

  get now(): Instant {
    return {
      monotonic: milliseconds(START.monotonic + this.#elapsed),
      epoch: epochMilliseconds(START.epoch + this.#elapsed + this.#wallClockShift),
    };
  }

  /** Somebody sets the wall clock; the monotonic one goes on. */
  setWallClock(shift: number): void {
    this.#wallClockShift += shift;
  }

  nextSeq(): number {
    this.#seq = (this.#seq % 65_535) + 1;
    return this.#seq;
  }

  // Requests of terminals, under a number of their own.

  grq(terminal: LabTerminal, more: Partial<GatekeeperRequest> = {}): RasMessage {
    const rasAddress = toTransportAddress(terminal.ras);
    assert(rasAddress);
    return grq({ requestSeqNum: this.nextSeq(), rasAddress, ...more });
  }

  rrq(terminal: LabTerminal, more: Partial<RegistrationRequest> = {}): RasMessage {
    const rasAddress = toTransportAddress(terminal.ras);
    assert(rasAddress);
    const { signalling } = terminal;
    return rrq({ requestSeqNum: this.nextSeq(), rasAddress: [rasAddress], callSignalAddress: [signalling], ...more });
  }

  keepAlive(terminal: LabTerminal, more: Partial<RegistrationRequest> = {}): RasMessage {
    return this.rrq(terminal, { keepAlive: true, endpointIdentifier: this.identifier(terminal), ...more });
  }

  urq(terminal: LabTerminal, more: Partial<UnregistrationRequest> = {}): RasMessage {
    return urq({ requestSeqNum: this.nextSeq(), endpointIdentifier: this.identifier(terminal), ...more });
  }

  /** Calls `destination`, or answers a call where `answerCall` is true. */
  arq(terminal: LabTerminal, call: number, more: Partial<AdmissionRequest> = {}): RasMessage {
    const destCallSignalAddress = terminal.signalling;
    return arq(call, {
      requestSeqNum: this.nextSeq(),
      endpointIdentifier: this.identifier(terminal),
      destCallSignalAddress,
      ...more,
    });
  }

  brq(terminal: LabTerminal, call: number, more: Partial<BandwidthRequest> = {}): RasMessage {
    return brq(call, { requestSeqNum: this.nextSeq(), endpointIdentifier: this.identifier(terminal), ...more });
  }

  drq(terminal: LabTerminal, call: number, more: Partial<DisengageRequest> = {}): RasMessage {
    return drq(call, { requestSeqNum: this.nextSeq(), endpointIdentifier: this.identifier(terminal), ...more });
  }

  irr(terminal: LabTerminal, more: Partial<InfoRequestResponse> = {}): RasMessage {
    const rasAddress = toTransportAddress(terminal.ras);
    assert(rasAddress);
    const endpointIdentifier = this.identifier(terminal);
    return irr({ requestSeqNum: this.nextSeq(), endpointIdentifier, rasAddress, ...more });
  }

  /** The identifier that a terminal was given last; one that nobody has where it was given none. */
  identifier({ record }: LabTerminal): string {
    return this.identifiers.get(record.terminalId) ?? 'nobody';
  }

  // Datagrams.

  sign(message: RasMessage, terminal: LabTerminal, fields: Partial<TokenFields> = {}): Buffer {
    const complete = {
      generalID: this.state.config.gatekeeperId,
      sendersID: terminal.record.terminalId,
      timeStamp: Math.floor(this.now.epoch / 1000),
      // Spread over the 32 bits, signs too.
      random: Math.imul(++this.#random, 0x9e37_79b1),
      ...fields,
    };
    return encodeSigned((tokens) => withTokens(message, tokens), complete, terminal.sign);
  }

  /** Sends a message as the terminal would: signed, or under the lab policy unsigned. */
  send(message: RasMessage, terminal: LabTerminal): Outcome {
    const octets = this.#lab ? rasMessage.encode(message) : this.sign(message, terminal);
    const outcome = this.deliver(octets, terminal.ras);
    for (const { message: answer } of outcome.sent)
      if (answer.kind === 'registrationConfirm')
        this.identifiers.set(terminal.record.terminalId, answer.value.endpointIdentifier);
    return outcome;
  }

  /** Sends a message and gives its one answer. */
  ask(message: RasMessage, terminal: LabTerminal): RasMessage {
    const { sent } = this.send(message, terminal);
    const [only, ...more] = sent;
    assert(only !== undefined && more.length === 0, `${sent.length} answers to one request`);
    return only.message;
  }

  /** Registers a terminal; gives its endpointIdentifier. */
  register(terminal: LabTerminal, more: Partial<RegistrationRequest> = {}): string {
    const answer = this.ask(this.rrq(terminal, more), terminal);
    assert.equal(tagOf(answer), 'RCF');
    return this.identifier(terminal);
  }

  /** Admits a terminal to a call; gives the bandwidth granted. */
  admit(terminal: LabTerminal, call: number, more: Partial<AdmissionRequest> = {}): number {
    const answer = this.ask(this.arq(terminal, call, more), terminal);
    assert(answer.kind === 'admissionConfirm', `${tagOf(answer)} ${reasonOf(answer)}`);
    return answer.value.bandWidth;
  }

  deliver(octets: Buffer, from: SocketAddress): Outcome {
    this.traffic.push({ octets, from, to: GATEKEEPER_RAS });
    this.gatekeeper.receive(octets, from, this.now);
    return this.carryOut();
  }

  /** Lets time pass, and the gatekeeper do what is due in the moment it is due. */
  pass(ms: number): Outcome {
    const until = this.#elapsed + ms;
    const outcomes: Outcome[] = [];
    for (;;) {
      const deadline = this.gatekeeper.nextDeadline();
      const elapsed = deadline === undefined ? until : Math.max(this.#elapsed, deadline - START.monotonic);
      if (elapsed >= until) break;
      this.#elapsed = elapsed;
      this.gatekeeper.advance(this.now);
      outcomes.push(this.carryOut());
      assert.notEqual(this.gatekeeper.nextDeadline(), deadline, 'the same deadline again: a driver would spin');
    }
    this.#elapsed = until;
    const deadline = this.gatekeeper.nextDeadline();
    if (deadline !== undefined && deadline <= this.now.monotonic) this.gatekeeper.advance(this.now);
    outcomes.push(this.carryOut());
    return merge(outcomes);
  }

  /** Gives the verdicts that were held back, in their order or that of `tickets`. */
  release(order: readonly VerifyEffect[] = this.held): Outcome {
    const effects = [...order];
    this.holding = false;
    const outcomes = effects.map((effect) => {
      this.held.splice(this.held.indexOf(effect), 1);
      return this.#judge(effect);
    });
    return merge(outcomes);
  }

  /** Gives the verdicts that were held back all at once, as a driver does with those of one turn. */
  releaseTogether(): Outcome {
    this.holding = false;
    const verdicts = this.held.splice(0).map((effect) => this.#verify(effect));
    return merge([{ sent: [], events: [], verdicts }, this.carryOut()]);
  }

  /** Carries out what the gatekeeper asks for, until it asks for nothing more. */
  carryOut(): Outcome {
    const sent: Sent[] = [];
    const events: RasEvent[] = [];
    const outcomes: Outcome[] = [];
    for (const effect of this.gatekeeper.takeEffects()) {
      if (effect.kind === 'witness') events.push(effect.event);
      else if (effect.kind === 'send') {
        const answer = this.#read(effect);
        const line = events.at(-1);
        assert.deepEqual([line?.msgType, line?.peer], [tagOf(answer.message), answer.to], 'no line before the answer');
        sent.push(answer);
      } else if (effect.kind === 'commit') this.commits.push(effect);
      else if (this.holding) this.held.push(effect);
      else outcomes.push(this.#judge(effect));
    }
    return merge([{ sent, events, verdicts: [] }, ...outcomes]);
  }

  #judge(effect: VerifyEffect): Outcome {
    const verdicts = [this.#verify(effect)];
    return merge([{ sent: [], events: [], verdicts }, this.carryOut()]);
  }

  /** Tells the gatekeeper whether a signature is genuine. */
  #verify({ ticket, publicKey, octets, signature }: VerifyEffect): boolean {
    const genuine = (this.#secondOpinion ? isGenuineTwice : isGenuine)(publicKey, octets, signature);
    this.gatekeeper.verified(ticket, genuine, this.now);
    return genuine;
  }

  #read({ octets, to }: Extract<Effect, { kind: 'send' }>): Sent {
    const datagram = Buffer.from(octets);
    this.traffic.push({ octets: datagram, from: GATEKEEPER_RAS, to });
    const message = rasMessage.decode(datagram);
    const token = findToken(message, datagram);
    assert(token !== 'malformed', 'the gatekeeper sends a malformed token');
    if (token === 'absent') return { message, octets: datagram, to, token: undefined };
    assert.equal(token.sendersID, this.state.config.gatekeeperId);
    assert(isGenuine(this.keys.publicKey, signedOctets(datagram, token), token.signature), 'a false answer');
    return { message, octets: datagram, to, token };
  }
}

const merge = (outcomes: readonly Outcome[]): Outcome => ({
  sent: outcomes.flatMap(({ sent }) => sent),
  events: outcomes.flatMap(({ events }) => events),
  verdicts: outcomes.flatMap(({ verdicts }) => verdicts),
});

/** The message with other tokens. Every request has room for them; the encoder would refuse another message. */
export const withTokens = (message: RasMessage, tokens: readonly ClearToken[]): RasMessage =>
  ({ ...message, value: { ...message.value, tokens } }) as RasMessage;

/** `ARQ`, `ACF`, … */
export const tagOf = (message: RasMessage): string =>
  message.kind === 'unknownExtension' ? 'unknown' : RAS_TAGS[message.kind];

/** `ACF`, `ARJ`, … of all that was sent. */
export const tags = ({ sent }: Outcome): string[] => sent.map(({ message }) => tagOf(message));

/** The standard reason of a reject. */
export function reasonOf(message: RasMessage): string | undefined {
  const { value } = message;
  if ('rejectReason' in value) return value.rejectReason.kind;
  return 'nakReason' in value ? value.nakReason.kind : undefined;
}
