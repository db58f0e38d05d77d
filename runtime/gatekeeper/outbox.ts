import {
  encodeSigned,
  RAS_TAGS,
  type RasMessage,
  type RasTag,
  rasMessage,
  type Sign,
  type SignedToken,
  type SocketAddress,
} from '../h225/index.ts';
import type { EpochMilliseconds } from '../units.ts';
import type { Answer } from './answer.ts';
import type { Effect, RasEvent } from './effects.ts';
import type { GatekeeperState } from './state.ts';

const tagOf = ({ kind }: RasMessage): RasTag => (kind === 'unknownExtension' ? 'XRS' : RAS_TAGS[kind]);

/** What is to be done, in the order in which it is asked for; and how answers become octets. */
export class Outbox {
  readonly #state: GatekeeperState;
  readonly #sign: Sign;
  #effects: Effect[] = [];

  constructor(state: GatekeeperState, sign: Sign) {
    this.#state = state;
    this.#sign = sign;
  }

  take(): readonly Effect[] {
    const effects = this.#effects;
    this.#effects = [];
    return effects;
  }

  add(effect: Effect): void {
    this.#effects.push(effect);
  }

  witness(event: RasEvent): void {
    this.#effects.push({ kind: 'witness', event });
  }

  send(octets: Uint8Array, tag: RasTag, to: SocketAddress): void {
    this.#state.statistics.sent[tag]++;
    this.#effects.push({ kind: 'send', octets, to });
  }

  /** Encodes an answer; signed, and bound to its request, where the request was. */
  encode(answer: Answer, now: EpochMilliseconds, token: SignedToken | undefined): { octets: Buffer; tag: RasTag } {
    if (token === undefined) {
      const message = answer.message(undefined);
      return { octets: rasMessage.encode(message), tag: tagOf(message) };
    }
    let tag: RasTag = 'XRS';
    const fields = {
      generalID: token.sendersID,
      sendersID: this.#state.config.gatekeeperId,
      timeStamp: Math.floor(now / 1000),
      random: token.random,
    };
    const octets = encodeSigned(
      (tokens) => {
        const message = answer.message(tokens);
        tag = tagOf(message);
        return message;
      },
      fields,
      this.#sign,
    );
    return { octets, tag };
  }
}
