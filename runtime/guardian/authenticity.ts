import { type KeyObject, verify } from 'node:crypto';
import { findToken, type RasMessage, type SignedToken, type SocketAddress, signedOctets } from '../h225/index.ts';
import type { Instant } from '../units.ts';
import type { DatagramFault } from './faults.ts';
import { placeOf } from './gatekeeper-list.ts';
import type { Outstanding } from './outstanding.ts';
import { ReplayMemory } from './replay-memory.ts';
import type { Gatekeeper } from './settings.ts';

/** Seconds that a timestamp may be off, either way. */
const FRESHNESS = 60;
/** Requests of gatekeepers that are remembered; they send a few an hour. */
const MOST_REMEMBERED = 1024;
/** A verification takes 0.2 ms; so many a second may come to nothing before no more are made in that second. */
const MOST_FALSE = 50;
/** How often an answer is given again. */
const MOST_REPEATS = 4;

/** A request of a gatekeeper's that was obeyed, and what it was answered. */
export interface Obeyed {
  readonly octets: Uint8Array;
  readonly from: SocketAddress;
  readonly answer: Uint8Array;
  repeats: number;
}

/** A request of a gatekeeper's that may be obeyed: its random, and its name for remember(). */
export interface Authentic {
  readonly random: number;
  readonly nonce: string | undefined;
  readonly timeStamp: number;
}

const UNSIGNED: Authentic = { random: 0, nonce: undefined, timeStamp: 0 };

/** Tells what a gatekeeper has sent from what anybody else has. */
export class Authenticity {
  readonly #terminalId: string;
  readonly #signed: boolean;
  readonly #memory = new ReplayMemory<Obeyed>(FRESHNESS, MOST_REMEMBERED);
  #false = 0;
  #falseSince = 0;

  constructor(terminalId: string, signed: boolean) {
    this.#terminalId = terminalId;
    this.#signed = signed;
  }

  /** What is wrong with an answer; `undefined` where a gatekeeper that was asked gave it to this request. */
  ofAnswer(
    message: RasMessage,
    octets: Uint8Array,
    from: SocketAddress,
    { gatekeeper, random, asked }: Outstanding,
    now: Instant,
  ): DatagramFault | undefined {
    if (!this.#signed) return asked.has(placeOf(from)) ? undefined : 'wrong sender';
    const token = findToken(message, octets);
    if (typeof token === 'string') return token === 'absent' ? 'unsigned' : 'malformed token';
    return (
      this.#tokenFault(token, gatekeeper, now) ??
      (token.random === random ? undefined : 'wrong random') ??
      (this.#isGenuine(token, octets, gatekeeper.keys, now) ? undefined : 'wrong signature')
    );
  }

  /**
   * Whether a request may be obeyed as the gatekeeper's; an `Obeyed` one came before, and is due its answer again.
   * What is obeyed must be given to remember().
   */
  ofRequest(
    message: RasMessage,
    octets: Uint8Array,
    from: SocketAddress,
    gatekeeper: Gatekeeper,
    now: Instant,
  ): Authentic | Obeyed | DatagramFault {
    if (!this.#signed) return isFrom(gatekeeper, from) ? UNSIGNED : 'wrong sender';
    const token = findToken(message, octets);
    if (typeof token === 'string') return token === 'absent' ? 'unsigned' : 'malformed token';
    const { sendersID, timeStamp, random } = token;
    const fault = this.#tokenFault(token, gatekeeper, now);
    if (fault !== undefined) return fault;
    if (this.#memory.isForgotten(timeStamp)) return 'stale timestamp';
    const nonce = `${timeStamp} ${random} ${sendersID}`;
    const obeyed = this.#memory.get(nonce);
    if (obeyed !== undefined) return isRepetition(obeyed, octets, from) ? obeyed : 'replay';
    if (this.#isSuppressed(now)) return 'suppressed';
    if (!this.#isGenuine(token, octets, gatekeeper.keys, now)) return 'wrong signature';
    return this.#memory.hasRoom(now.epoch / 1000) ? { random, nonce, timeStamp } : 'replay memory full';
  }

  /** A request was obeyed, and is never to be again. */
  remember({ nonce, timeStamp }: Authentic, octets: Uint8Array, from: SocketAddress, answer: Uint8Array): void {
    if (nonce !== undefined) this.#memory.add(nonce, timeStamp, { octets, from, answer, repeats: 0 });
  }

  #tokenFault(token: SignedToken, gatekeeper: Gatekeeper, now: Instant): DatagramFault | undefined {
    if (token.sendersID !== gatekeeper.gatekeeperId) return 'wrong sender';
    if (token.generalID !== this.#terminalId) return 'wrong recipient';
    return Math.abs(now.epoch / 1000 - token.timeStamp) > FRESHNESS ? 'stale timestamp' : undefined;
  }

  #isGenuine(token: SignedToken, octets: Uint8Array, keys: readonly KeyObject[], now: Instant): boolean {
    const signed = signedOctets(octets, token);
    if (keys.some((key) => verify(null, signed, key, token.signature))) return true;
    if (!this.#isSuppressed(now)) this.#false++;
    return false;
  }

  #isSuppressed({ monotonic }: Instant): boolean {
    if (monotonic - this.#falseSince >= 1000) {
      this.#falseSince = monotonic;
      this.#false = 0;
    }
    return this.#false >= MOST_FALSE;
  }
}

const isFrom = ({ ras }: Gatekeeper, from: SocketAddress): boolean =>
  (from.port === ras.port && from.address === ras.address) || placeOf(from) === placeOf(ras);

/** The same datagram from the same place: its answer was lost. From elsewhere it is a replay. */
function isRepetition(obeyed: Obeyed, octets: Uint8Array, from: SocketAddress): boolean {
  if (obeyed.repeats >= MOST_REPEATS || Buffer.compare(obeyed.octets, octets) !== 0) return false;
  if (from.port !== obeyed.from.port || from.address !== obeyed.from.address) return false;
  obeyed.repeats++;
  return true;
}
