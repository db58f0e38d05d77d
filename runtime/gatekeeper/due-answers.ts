import type { RasTag, SignedToken, UnsignedMessage } from '../h225/index.ts';
import type { Answer, Caller } from './answer.ts';
import type { StateChange } from './journal.ts';
import type { Outbox } from './outbox.ts';
import type { Request } from './refusals.ts';

/** A request's token whose signature was found to be genuine, and the ticket of that verdict. */
export interface Verified {
  readonly ticket: number;
  readonly token: SignedToken;
}

/** A request that was carried out, and what it changed that others must know. */
export interface CarriedOut {
  readonly request: Request;
  readonly octets: Buffer;
  readonly caller: Caller;
  readonly key: number | undefined;
  readonly verified: Verified | undefined;
  readonly changes: readonly StateChange[] | undefined;
}

/** An answer that waits for its signature. */
export interface DueAnswer {
  readonly done: CarriedOut;
  readonly answer: Answer;
  readonly message: UnsignedMessage;
}

/** An answer as it is sent. */
export interface SignedAnswer {
  readonly octets: Buffer;
  readonly tag: RasTag;
}

/** So many share a signature: their path has five levels, 161 octets, and what remains of the signature costs little. */
const MOST_A_SIGNATURE = 32;

/** Answers to signed requests that were carried out. As many as came together are signed with one signature. */
export class DueAnswers<T extends { readonly message: UnsignedMessage }> {
  #due: T[] = [];

  add(due: T): void {
    this.#due.push(due);
  }

  /**
   * Signs what is due, and gives each to `respond` in its order. One that cannot be encoded keeps no other from leaving.
   * @throws what kept the first of them from being encoded, when all others were given.
   */
  answer(outbox: Pick<Outbox, 'sign'>, respond: (due: T, signed: SignedAnswer) => void): void {
    if (this.#due.length === 0) return;
    const all = this.#due;
    this.#due = [];
    const failures: unknown[] = [];
    const sign = (some: readonly T[]): void => {
      let signed: readonly SignedAnswer[];
      try {
        signed = outbox.sign(some.map(({ message }) => message));
      } catch (error) {
        if (some.length === 1) failures.push(error);
        else for (const one of some) sign([one]);
        return;
      }
      for (const [index, due] of some.entries()) {
        const answer = signed[index];
        if (answer !== undefined) respond(due, answer);
      }
    };
    for (let from = 0; from < all.length; from += MOST_A_SIGNATURE) sign(all.slice(from, from + MOST_A_SIGNATURE));
    if (failures.length > 0) throw failures[0];
  }
}
