import {
  RAS_TAGS,
  type RasMessage,
  type RasTag,
  rasMessage,
  type Sign,
  type SignedToken,
  type SocketAddress,
  signAlone,
  signTogether,
  UnsignedMessage,
} from '../h225/index.ts';
import type { EpochMilliseconds } from '../units.ts';
import type { Answer } from './answer.ts';
import type { Effect, RasEvent } from './effects.ts';
import type { GatekeeperState } from './state.ts';

const tagOf = ({ kind }: RasMessage): RasTag => (kind === 'unknownExtension' ? 'XRS' : RAS_TAGS[kind]);

/** What a signed message answers, or at least whom it tells what. */
export type AnswersTo = Pick<SignedToken, 'sendersID' | 'random'>;

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

  /** @param ticket that of the verdict which is answered */
  send(octets: Uint8Array, tag: RasTag, to: SocketAddress, ticket?: number): void {
    this.#state.statistics.sent[tag]++;
    this.#effects.push({ kind: 'send', octets, to, ticket });
  }

  /** An answer as it is to be signed, bound to its request. */
  unsigned(answer: Answer, now: EpochMilliseconds, { sendersID, random }: AnswersTo): UnsignedMessage {
    return new UnsignedMessage((tokens) => answer.message(tokens), {
      generalID: sendersID,
      sendersID: this.#state.config.gatekeeperId,
      timeStamp: Math.floor(now / 1000),
      random,
    });
  }

  /** Signs with one signature. @throws PerEncodeError where one of them does not fit its type */
  sign(messages: readonly UnsignedMessage[]): { octets: Buffer; tag: RasTag }[] {
    const tags = messages.map(({ message }) => tagOf(message));
    return signTogether(messages, this.#sign).map((octets, index) => ({ octets, tag: tags[index] ?? 'XRS' }));
  }

  /** Encodes a message, signed alone; without `to`, unsigned. */
  encode(answer: Answer, now: EpochMilliseconds, to: AnswersTo | undefined): { octets: Buffer; tag: RasTag } {
    const unsigned = to === undefined ? undefined : this.unsigned(answer, now, to);
    const message = unsigned?.message ?? answer.message(undefined);
    const octets = unsigned === undefined ? rasMessage.encode(message) : signAlone(unsigned, this.#sign);
    return { octets, tag: tagOf(message) };
  }
}
