import { inspect } from 'node:util';

const SHOWN = '[secret]';

/** A secret that shows itself to nobody who does not ask for it by name: not in texts, not as JSON, not in a debugger's list. */
export class SecretText {
  readonly #value: string;

  constructor(value: string) {
    this.#value = value;
  }

  reveal(): string {
    return this.#value;
  }

  /** The same secret? One that was written by hand may end in a newline more. */
  equals(other: SecretText): boolean {
    return this.#value.trim() === other.#value.trim();
  }

  toString(): string {
    return SHOWN;
  }

  toJSON(): string {
    return SHOWN;
  }

  [inspect.custom](): string {
    return SHOWN;
  }
}
