import { SecretsError } from './errors.ts';
import { SecretText } from './secret-text.ts';

/** A parameter as it is in the store. */
export interface StoredSecret {
  /** The whole SSM path. */
  readonly name: string;
  readonly value: SecretText;
  readonly isEncrypted: boolean;
}

/** By whole SSM path. */
export type Inventory = ReadonlyMap<string, StoredSecret>;

/** One thing to do to the store; in the order in which they are listed. */
export type Change =
  | { readonly kind: 'create' | 'replace'; readonly name: string; readonly value: SecretText }
  | { readonly kind: 'remove'; readonly name: string };

/** What the store holds once changes are made. */
export function afterChanges(inventory: Inventory, changes: readonly Change[]): Inventory {
  const after = new Map(inventory);
  for (const change of changes)
    if (change.kind === 'remove') after.delete(change.name);
    else after.set(change.name, { name: change.name, value: change.value, isEncrypted: true });
  return after;
}

/** What the store would hold: what it holds, and what was changed here since. */
export class Draft {
  readonly changes: Change[] = [];
  readonly #values: Map<string, SecretText>;

  constructor(inventory: Inventory) {
    this.#values = new Map([...inventory].map(([name, { value }]) => [name, value]));
  }

  has(name: string): boolean {
    return this.#values.has(name);
  }

  read(name: string): string | undefined {
    return this.#values.get(name)?.reveal();
  }

  /** @throws SecretsError where there is none */
  need(name: string): string {
    const value = this.read(name);
    if (value === undefined) throw new SecretsError(`${name} is missing`);
    return value;
  }

  /** What is there stays; otherwise it is created with what `make` gives. */
  keepOr(name: string, make: () => string): string {
    const present = this.read(name);
    if (present !== undefined) return present;
    const value = make();
    this.#set('create', name, value);
    return value;
  }

  /** Whatever is there; the same value again is no change. */
  write(name: string, value: string): void {
    const present = this.read(name);
    if (present !== value) this.#set(present === undefined ? 'create' : 'replace', name, value);
  }

  remove(name: string): void {
    if (!this.#values.delete(name)) return;
    this.changes.push({ kind: 'remove', name });
  }

  #set(kind: 'create' | 'replace', name: string, text: string): void {
    const value = new SecretText(text);
    this.#values.set(name, value);
    this.changes.push({ kind, name, value });
  }
}
