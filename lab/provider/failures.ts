/** What can be done to a resource. */
export type Action = 'create' | 'read' | 'update' | 'delete';

/**
 * What goes wrong: an API error by its code (and AWS's sentence for it); `AnswerLost`, where AWS did it and the answer never
 * arrived; or an error with a sentence of the caller's.
 */
export type Failure =
  | 'Throttling'
  | 'AnswerLost'
  | 'InsufficientInstanceCapacity'
  | 'InternalError'
  | 'UnauthorizedOperation'
  | { readonly code: string; readonly message: string; readonly status?: number };

/** A call that waits at a gate until it is let go. */
export interface Hold {
  /** Resolves when a call has come to the gate. */
  readonly reached: Promise<void>;
  /** Lets that call, and the gate, go. */
  release(): void;
}

interface Planned {
  readonly type: string;
  readonly name: string | undefined;
  readonly action: Action;
  readonly failure: Failure;
  times: number;
}

interface Gate {
  readonly type: string;
  readonly action: Action;
  readonly arrive: () => void;
  readonly opened: Promise<void>;
}

/** Failures that a test plans; each call takes the first that fits, and uses it up. */
export class Failures {
  readonly #planned: Planned[] = [];
  readonly #gates: Gate[] = [];

  /**
   * The next calls that fit fail.
   *
   * @param type for example `aws:ec2/instance:Instance`
   * @param times how many attempts fail. A throttled attempt is made again, as the SDK does: three in all
   * @param name of the resource in the program; any if left out
   */
  next(type: string, action: Action, failure: Failure, times = 1, name?: string): void {
    this.#planned.push({ type, action, failure, times, name });
  }

  /** The next call that fits waits before anything is done, until it is released. */
  hold(type: string, action: Action): Hold {
    let arrive = (): void => {};
    let release = (): void => {};
    const reached = new Promise<void>((resolve) => {
      arrive = resolve;
    });
    const opened = new Promise<void>((resolve) => {
      release = resolve;
    });
    this.#gates.push({ type, action, arrive, opened });
    return { reached, release: () => release() };
  }

  /** What this call has to fail with, if it has to. */
  take(type: string, action: Action, name: string): Failure | undefined {
    const index = this.#planned.findIndex(
      (one) => one.type === type && one.action === action && (one.name ?? name) === name,
    );
    const planned = this.#planned[index];
    if (planned === undefined) return undefined;
    planned.times -= 1;
    if (planned.times <= 0) this.#planned.splice(index, 1);
    return planned.failure;
  }

  /** Waits where a gate is closed for this call. */
  async pass(type: string, action: Action): Promise<void> {
    const index = this.#gates.findIndex((gate) => gate.type === type && gate.action === action);
    const [gate] = index < 0 ? [] : this.#gates.splice(index, 1);
    gate?.arrive();
    await gate?.opened;
  }

  /** Failures that nothing has used up yet: a test that planned them should see 0 at its end. */
  get left(): number {
    return this.#planned.length;
  }

  clear(): void {
    this.#planned.length = 0;
  }
}
