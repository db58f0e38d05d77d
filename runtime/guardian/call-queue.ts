import type { GuardianCall } from './call-table.ts';
import type { CallPurpose } from './purpose.ts';

/**
 * Requests for calls that wait to be sent: for a registration, for room, or for an earlier request of the same call.
 * There is at most one of a kind for a call.
 */
export class CallQueue {
  #waiting: readonly CallPurpose[] = [];

  push(purpose: CallPurpose): void {
    this.#waiting = [...this.#waiting, purpose];
  }

  pushFirst(purposes: readonly CallPurpose[]): void {
    this.#waiting = [...purposes, ...this.#waiting];
  }

  has(call: GuardianCall, kind: CallPurpose['kind']): boolean {
    return this.#waiting.some((purpose) => purpose.call === call && purpose.kind === kind);
  }

  /** Takes out what waits for `call`, of one kind or of all. */
  withdraw(call: GuardianCall, kind?: CallPurpose['kind']): readonly CallPurpose[] {
    return this.#take((purpose) => purpose.call === call && (kind === undefined || purpose.kind === kind));
  }

  takeAll(): readonly CallPurpose[] {
    return this.#take(() => true);
  }

  /** Takes out up to `room` requests that can be sent now, one for each call that is not busy and not to be `held`. */
  takeReady(room: number, held: (purpose: CallPurpose) => boolean): readonly CallPurpose[] {
    const seen = new Set<GuardianCall>();
    let left = room;
    return this.#take((purpose) => {
      const { call } = purpose;
      const isFirst = !seen.has(call);
      seen.add(call);
      return isFirst && !call.busy && !held(purpose) && left-- > 0;
    });
  }

  #take(isWanted: (purpose: CallPurpose) => boolean): readonly CallPurpose[] {
    const taken = new Set(this.#waiting.filter(isWanted));
    if (taken.size > 0) this.#waiting = this.#waiting.filter((purpose) => !taken.has(purpose));
    return [...taken];
  }
}
