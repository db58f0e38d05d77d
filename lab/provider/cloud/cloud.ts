import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { LabError } from '../errors.ts';
import type { Values } from '../values.ts';
import { type Account, type AccountOptions, account } from './account.ts';
import type { Call } from './calls.ts';
import { parseState } from './state-file.ts';

/** Something that exists in the account. */
export interface Resource {
  readonly type: string;
  readonly id: string;
  /** The resource's name in the program that made it. */
  readonly name: string;
  readonly urn: string;
  /** What was asked for. */
  readonly inputs: Values;
  /** What is there: every property, with those that AWS makes up. */
  readonly outputs: Values;
}

export interface CloudOptions extends AccountOptions {
  /** Where the account is kept between runs: read if it is there, written after every change. In memory if left out. */
  readonly file?: string;
}

/** The model of one AWS account: what exists, what it may have, and what was done to it in which order. */
export class Cloud {
  readonly account: Account;
  readonly #file: string | undefined;
  readonly #resources = new Map<string, Resource>();
  readonly #calls: Call[] = [];
  readonly #listeners = new Set<(call: Call) => void>();
  #counter = 0;

  constructor({ file, ...options }: CloudOptions = {}) {
    this.account = account(options);
    this.#file = file;
    if (file === undefined || !existsSync(file)) return;
    const state = parseState(readFileSync(file, 'utf8'), file);
    this.#counter = state.counter;
    for (const resource of state.resources) this.#resources.set(`${resource.type} ${resource.id}`, resource);
  }

  /** Everything of a type, oldest first. */
  all(type: string): Resource[] {
    return [...this.#resources.values()].filter((resource) => resource.type === type);
  }

  /** Every resource that a program made, oldest first; not what lies in buckets, nor keys that wait for their end. */
  everything(): Resource[] {
    return [...this.#resources.values()].filter(({ type }) => type.startsWith('aws:'));
  }

  find(type: string, id: string): Resource | undefined {
    return this.#resources.get(`${type} ${id}`);
  }

  /** The resource of that name in the program; where several stacks have one, the newest. */
  named(type: string, name: string): Resource {
    const found = this.all(type).findLast((resource) => resource.name === name);
    if (found === undefined) throw new LabError(`there is no ${type} named ${name}`);
    return found;
  }

  /** Enters a resource, or another state of it. */
  put(resource: Resource): void {
    this.#resources.set(`${resource.type} ${resource.id}`, resource);
    this.#save();
  }

  /** Takes a resource away, as somebody at the console would; no check is made, nothing is logged. */
  remove(type: string, id: string): void {
    this.#resources.delete(`${type} ${id}`);
    this.#save();
  }

  /** Changes a resource by hand, as somebody at the console would: drift that a refresh finds. */
  change(type: string, id: string, values: Values): void {
    const resource = this.find(type, id);
    if (resource === undefined) throw new LabError(`there is no ${type} with the id ${id}`);
    this.put({ ...resource, inputs: { ...resource.inputs, ...values }, outputs: { ...resource.outputs, ...values } });
  }

  /** What was done, in order. It is not kept in the file. */
  get calls(): readonly Call[] {
    return this.#calls;
  }

  /** Hears of every call, at its begin, retries and end; returns what ends that. */
  onCall(listener: (call: Call) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  record(call: Omit<Call, 'seq' | 'at'>): void {
    const entry = { seq: this.#calls.length + 1, at: Date.now(), ...call };
    this.#calls.push(entry);
    for (const listener of this.#listeners) listener(entry);
  }

  /** The next of this account's numbers, from which ids and addresses are made: the same order gives the same ids. */
  nextNumber(): number {
    this.#counter += 1;
    return this.#counter;
  }

  #save(): void {
    if (this.#file === undefined) return;
    const draft = `${this.#file}.new`;
    writeFileSync(draft, JSON.stringify({ counter: this.#counter, resources: [...this.#resources.values()] }), {
      mode: 0o600,
    });
    renameSync(draft, this.#file);
  }
}
