/** What an attacker sends a gatekeeper who has captures, knows live identifiers and holds some terminals' keys. */
import {
  findToken,
  type RasMessage,
  rasMessage,
  signedOctets,
  toTransportAddress,
  UnsignedMessage,
} from '../../runtime/h225/index.ts';
import { capturedCalls } from './captures.ts';
import { type LabTerminal, withTokens } from './gatekeeper-lab.ts';
import { mutate } from './mutate.ts';
import { type Prng, prng } from './prng.ts';
import { arq, brq, drq, grq, irr, rrq, urq } from './ras-requests.ts';
import { sampleVectors } from './vectors.ts';

export interface HostileTrafficArgs {
  readonly seed: number;
  readonly gatekeeperId: string;
  /** Terminals whose keys the attacker holds: what they sign is genuine, whatever it says. */
  readonly insiders: readonly [LabTerminal, ...LabTerminal[]];
  /** A genuine terminal whose identifier and addresses the attacker has seen, but not its key. */
  readonly victim: LabTerminal;
  /** The identifier that a terminal was given last. */
  readonly identifierOf: (terminal: LabTerminal) => string;
  /** How many of the attacker's own requests bear a token, 0 to 1. */
  readonly signedShare: number;
  /** Seconds since 1970-01-01T00:00:00Z. */
  readonly now: () => number;
}

export interface HostileDatagram {
  readonly octets: Buffer;
  /** As whom it is sent. */
  readonly insider: LabTerminal;
}

const alias = (value: string) => ({ kind: 'h323-ID', value }) as const;

/** The same message as an insider would send it: with its identifier, at this gatekeeper. */
function addressed(message: RasMessage, endpointIdentifier: string): RasMessage {
  const ours = { endpointIdentifier, gatekeeperIdentifier: undefined };
  switch (message.kind) {
    case 'registrationRequest':
      return { kind: message.kind, value: { ...message.value, ...ours, protocolIdentifier: '0.0.8.2250.0.8' } };
    case 'unregistrationRequest':
      return { kind: message.kind, value: { ...message.value, ...ours } };
    case 'admissionRequest':
      return { kind: message.kind, value: { ...message.value, ...ours } };
    case 'bandwidthRequest':
      return { kind: message.kind, value: { ...message.value, ...ours } };
    case 'disengageRequest':
      return { kind: message.kind, value: { ...message.value, ...ours } };
    case 'infoRequestResponse':
      return { kind: message.kind, value: { ...message.value, endpointIdentifier } };
    default:
      return message;
  }
}

const REQUESTS: ReadonlySet<string> = new Set<RasMessage['kind']>([
  'gatekeeperRequest',
  'registrationRequest',
  'unregistrationRequest',
  'admissionRequest',
  'bandwidthRequest',
  'disengageRequest',
  'infoRequestResponse',
]);

/** Mutated datagrams without end, the same ones for the same seed and the same answers of `identifierOf` and `now`. */
export class HostileTraffic {
  readonly #args: HostileTrafficArgs;
  readonly #random: Prng;
  readonly #captures: readonly [Buffer, ...Buffer[]];
  readonly #vectors: readonly [RasMessage, ...RasMessage[]];
  #last: Buffer;
  #sent: HostileDatagram | undefined;

  constructor(args: HostileTrafficArgs) {
    this.#args = args;
    this.#random = prng(args.seed);
    this.#captures = some([...capturedCalls().values()].flatMap((call) => call.map(({ bytes }) => bytes)));
    this.#vectors = some(sampleVectors('ras').map(({ per }) => rasMessage.decode(Buffer.from(per, 'hex'))));
    this.#last = this.#captures[0];
  }

  next(): HostileDatagram {
    const random = this.#random;
    // A replay, or as it may be a retransmission.
    if (this.#sent !== undefined && random.chance(0.02)) return this.#sent;
    const insider = random.pick(this.#args.insiders);
    const base = this.#base(insider);
    const octets = mutate(base, this.#last, random);
    this.#last = base;
    const signed = random.chance(0.8) ? signAnew(octets, insider) : undefined;
    this.#sent = { octets: signed ?? octets, insider };
    return this.#sent;
  }

  #base(insider: LabTerminal): Buffer {
    const random = this.#random;
    if (random.chance(0.1)) return random.pick(this.#captures);
    const vector = random.chance(0.3) ? random.pick(this.#vectors) : undefined;
    if (vector !== undefined && random.chance(0.3)) return rasMessage.encode(vector);
    const speaker = random.chance(0.1) ? this.#args.victim : insider;
    const message = vector === undefined ? this.#request(speaker) : addressed(vector, this.#args.identifierOf(speaker));
    if (!random.chance(this.#args.signedShare) || !REQUESTS.has(message.kind)) return rasMessage.encode(message);
    const fields = {
      generalID: this.#args.gatekeeperId,
      sendersID: insider.record.terminalId,
      timeStamp: this.#args.now(),
      random: random.below(2 ** 32),
    };
    // Whatever is signed before it is mutated is signed wrong; next() signs it when it is done.
    // As if it had been signed with others, now and then.
    const path = random.chance(0.1) ? 1 + 32 * (1 + random.below(8)) : 0;
    return new UnsignedMessage((tokens) => withTokens(message, tokens), fields).encode(path).octets;
  }

  /** What a terminal would ask. */
  #request(terminal: LabTerminal): RasMessage {
    const random = this.#random;
    const endpointIdentifier = this.#args.identifierOf(terminal);
    const rasAddress = toTransportAddress(terminal.ras) ?? terminal.signalling;
    const requestSeqNum = 1 + random.below(65_535);
    const call = 1 + random.below(3);
    const common = { requestSeqNum, endpointIdentifier };
    const where = { rasAddress: [rasAddress], callSignalAddress: [terminal.signalling] };
    const name = alias(`terminal-${terminal.ras.port}`);
    const called = { destCallSignalAddress: terminal.signalling, srcInfo: [name] };
    return random.pick<() => RasMessage>([
      () => grq({ requestSeqNum, rasAddress, endpointAlias: [name] }),
      () => rrq({ requestSeqNum, ...where, terminalAlias: [name, { kind: 'dialedDigits', value: '42' }] }),
      () => rrq({ ...common, ...where, terminalAlias: [name], timeToLive: 30 }),
      () => rrq({ ...common, rasAddress: [], callSignalAddress: [], keepAlive: true }),
      () => rrq({ ...common, ...where, additiveRegistration: null, terminalAlias: [alias(`x${random.below(99)}`)] }),
      () => arq(call, { ...common, ...called, destinationInfo: [name] }),
      () => arq(call, { ...common, ...called }),
      () => arq(call, { ...common, ...called, answerCall: true }),
      () => brq(call, { ...common, bandWidth: random.below(50_000) }),
      () => brq(call, { ...common, bandWidth: random.below(5000) }),
      () => irr({ ...common, rasAddress }),
      // What ends something is rare, or there would seldom be anything to end.
      () =>
        random.chance(0.5) ? drq(call, common) : random.chance(0.2) ? urq(common) : arq(call, { ...common, ...called }),
    ])();
  }
}

function some<T>(list: readonly T[]): readonly [T, ...T[]] {
  const [first, ...rest] = list;
  if (first === undefined) throw new TypeError('nothing to mutate');
  return [first, ...rest];
}

/** The datagram with a genuine signature where its token stands; `undefined` where it has none any more. */
function signAnew(octets: Buffer, { sign }: LabTerminal): Buffer | undefined {
  let message: RasMessage;
  try {
    message = rasMessage.decode(octets);
  } catch {
    return undefined;
  }
  const token = findToken(message, octets);
  if (token === 'absent' || token === 'malformed') return undefined;
  const signed = Buffer.from(octets);
  signed.set(sign(signedOctets(octets, token)), token.offset);
  return signed;
}
