import assert from 'node:assert/strict';
import { createPublicKey, verify } from 'node:crypto';
import {
  type Exchange,
  type GuardianEvent,
  type GuardianSettings,
  GuardianTerminal,
  type GuardianTimers,
  type TrustedGatekeeper,
} from '../../runtime/guardian/index.ts';
import {
  findToken,
  RAS_TAGS,
  type RasMessage,
  type RasTag,
  rasMessage,
  type SocketAddress,
  signedOctets,
  type TokenFields,
} from '../../runtime/h225/index.ts';
import { epochMilliseconds, type Instant, milliseconds } from '../../runtime/units.ts';
import { type Answer, type Asked, type ScriptedGatekeeper, say, testKey } from './scripted-gatekeeper.ts';

export const TERMINAL_ID = 'if://guardian/technical';

/** A datagram that the terminal sent. */
export interface Sent extends Asked {
  readonly tag: RasTag;
  readonly to: SocketAddress;
}

export type EventOf<K extends GuardianEvent['kind']> = Extract<GuardianEvent, { kind: K }>;

export interface BenchArgs {
  readonly gatekeepers: readonly (ScriptedGatekeeper | TrustedGatekeeper)[];
  readonly settings?: Partial<GuardianSettings>;
  /** PLAIN_TIMERS unless given. */
  readonly timers?: Partial<GuardianTimers>;
  /** What the first request's number comes after, and the first of the terminal's randoms. */
  readonly seq?: number;
  readonly random?: number;
}

/** Times that are easy to count with: a request is sent three times, a second apart, and given up after the third. */
export const PLAIN_TIMERS: Partial<GuardianTimers> = {
  retransmitAfter: milliseconds(1000),
  leastRetransmit: milliseconds(1000),
  mostRetransmit: milliseconds(1000),
  mostRound: milliseconds(1000),
  patience: milliseconds(3000),
};

/** A terminal in invented time: everything that it sends and says is kept, and every signature of its looked at. */
export class GuardianBench {
  readonly terminal: GuardianTerminal;
  readonly events: GuardianEvent[] = [];
  readonly sent: Sent[] = [];
  readonly exchanges: Exchange[] = [];
  #monotonic = 10_000;
  #epoch = 1_750_000_000_000;
  readonly #signed: boolean;

  constructor({ gatekeepers, settings = {}, timers = PLAIN_TIMERS, seq = 100, random = seq }: BenchArgs) {
    let next = random;
    let seqGiven = false;
    let guid = 0;
    this.#signed = settings.unsigned !== true;
    this.terminal = new GuardianTerminal(
      {
        terminalId: TERMINAL_ID,
        rasAddress: { address: '192.0.2.10', port: 1719 },
        callSignalAddress: { address: '192.0.2.10', port: 1720 },
        gatekeepers: gatekeepers.map((gatekeeper) => ('trusted' in gatekeeper ? gatekeeper.trusted : gatekeeper)),
        timers,
        ...settings,
      },
      {
        sign: testKey(TERMINAL_ID).sign,
        random32: () => {
          // The terminal draws the number that it starts to count from first.
          if (seqGiven) return next++ % 2 ** 32;
          seqGiven = true;
          return seq;
        },
        guid: () => Buffer.alloc(16, ++guid),
      },
    );
  }

  get now(): Instant {
    return { monotonic: milliseconds(this.#monotonic), epoch: epochMilliseconds(this.#epoch) };
  }

  /** Lets time pass; the terminal is told when it wants to be. */
  wait(ms: number): void {
    const end = this.#monotonic + ms;
    for (let steps = 0; ; steps++) {
      assert(steps < 10_000, 'the terminal never stops wanting to be called');
      const next = this.terminal.nextDeadline();
      if (next === undefined || next > end) break;
      this.#pass(Math.max(0, next - this.#monotonic));
      this.terminal.advance(this.now);
      this.drain();
    }
    this.#pass(end - this.#monotonic);
  }

  #pass(ms: number): void {
    this.#monotonic += ms;
    this.#epoch += ms;
  }

  /** The wall clock is set. */
  setWallClock(by: number): void {
    this.#epoch += by;
  }

  /** Does something to the terminal and takes what comes of it. */
  do<T>(change: (terminal: GuardianTerminal, now: Instant) => T): T {
    const result = change(this.terminal, this.now);
    this.drain();
    return result;
  }

  drain(): void {
    for (const effect of this.terminal.takeEffects()) {
      if (effect.kind === 'event') {
        this.events.push(effect.event);
        continue;
      }
      if (effect.kind === 'exchange') {
        this.exchanges.push(effect.exchange);
        continue;
      }
      const message = rasMessage.decode(effect.octets);
      assert(message.kind !== 'unknownExtension');
      if (this.#signed) assertSigned(message, effect.octets);
      this.sent.push({ message, octets: effect.octets, tag: RAS_TAGS[message.kind], to: effect.to });
    }
  }

  /** The last datagram sent, which has to be a `tag`. */
  last(tag: RasTag): Sent {
    const last = this.sent.at(-1);
    assert(last !== undefined, 'nothing was sent');
    assert.equal(last.tag, tag);
    return last;
  }

  /** The last message of a kind. */
  said<K extends RasMessage['kind']>(kind: K): Extract<RasMessage, { kind: K }> {
    const isOfKind = (message: RasMessage): message is Extract<RasMessage, { kind: K }> => message.kind === kind;
    const last = this.sent.map(({ message }) => message).findLast(isOfKind);
    assert(last !== undefined, `no ${kind} was sent`);
    return last;
  }

  tags(from = 0): RasTag[] {
    return this.sent.slice(from).map(({ tag }) => tag);
  }

  receive(octets: Uint8Array, from: SocketAddress): void {
    this.do((terminal, now) => terminal.receive(octets, from, now));
  }

  /** The gatekeeper answers a datagram; `fields` puts wrong things into the token. */
  answer(gatekeeper: ScriptedGatekeeper, asked: Asked, build: Answer, fields: Partial<TokenFields> = {}): Buffer {
    const octets = gatekeeper.answer(asked, build, this.now.epoch, fields);
    this.receive(octets, gatekeeper.ras);
    return octets;
  }

  /** The gatekeeper asks something of the terminal. */
  order(gatekeeper: ScriptedGatekeeper, build: Answer, fields: Partial<TokenFields> = {}): Buffer {
    const octets = gatekeeper.order(build, TERMINAL_ID, this.now.epoch, fields);
    this.receive(octets, gatekeeper.ras);
    return octets;
  }

  /** Starts the terminal and registers it. */
  register(gatekeeper: ScriptedGatekeeper, ...confirm: Parameters<typeof say.rcf>): void {
    this.do((terminal, now) => terminal.start(now));
    this.answer(gatekeeper, this.last('GRQ'), say.gcf(gatekeeper));
    this.answer(gatekeeper, this.last('RRQ'), say.rcf(...confirm));
    assert.equal(this.terminal.phase, 'registered');
  }

  ofKind<K extends GuardianEvent['kind']>(kind: K): EventOf<K>[] {
    return this.events.filter((event): event is EventOf<K> => event.kind === kind);
  }

  /** The only event of its kind. */
  only<K extends GuardianEvent['kind']>(kind: K): EventOf<K> {
    const [event, ...more] = this.ofKind(kind);
    assert(event !== undefined, `no event ${kind} among ${this.events.map((e) => e.kind).join(', ')}`);
    assert.equal(more.length, 0, `more than one ${kind}`);
    return event;
  }
}

const PUBLIC_KEY = createPublicKey({
  key: Buffer.concat([Buffer.from('302a300506032b6570032100', 'hex'), testKey(TERMINAL_ID).publicKey]),
  format: 'der',
  type: 'spki',
});

function assertSigned(message: RasMessage, octets: Uint8Array): void {
  const token = findToken(message, octets);
  assert(typeof token === 'object', `${message.kind} has a token that is ${JSON.stringify(token)}`);
  assert.equal(token.sendersID, TERMINAL_ID);
  assert(verify(null, signedOctets(octets, token), PUBLIC_KEY, token.signature), `${message.kind}: signature`);
}

export const gatekeeperAt = (name: string, host: number): { gatekeeperId: string; ras: SocketAddress } => ({
  gatekeeperId: name,
  ras: { address: `192.0.2.${host}`, port: 1719 },
});
