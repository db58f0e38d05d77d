import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { z } from 'zod';
import type { Parameter, Parameters } from '../api/index.ts';
import type { Cloud } from '../provider/index.ts';

const PARAMETER = 'aws:ssm/parameter:Parameter';

const parameter = z.object({
  name: z.string(),
  type: z.string(),
  value: z.string(),
  version: z.number(),
  modified: z.number(),
});

/**
 * Parameters of SSM: those that the program made are the account's; those that operators put, secrets among them, are in
 * a file of their own that nobody else can read, and never in the account's.
 */
export class ParameterStore implements Parameters {
  readonly #cloud: Cloud;
  readonly #file: string;
  readonly #own: Map<string, Parameter>;

  constructor(cloud: Cloud, file: string) {
    this.#cloud = cloud;
    this.#file = file;
    const kept = existsSync(file) ? z.array(parameter).parse(JSON.parse(readFileSync(file, 'utf8'))) : [];
    this.#own = new Map(kept.map((one) => [one.name, one]));
  }

  all(): readonly Parameter[] {
    const declared = this.#cloud.all(PARAMETER).flatMap(({ id }) => this.#declared(id) ?? []);
    return [...declared, ...[...this.#own.values()].filter(({ name }) => this.#declared(name) === undefined)];
  }

  get(name: string): Parameter | undefined {
    return this.#declared(name) ?? this.#own.get(name);
  }

  put(name: string, type: string, value: string): Parameter {
    const before = this.get(name);
    const after = { name, type, value, version: (before?.version ?? 0) + 1, modified: Date.now() };
    if (this.#declared(name) !== undefined) {
      this.#cloud.change(PARAMETER, name, { value });
      return after;
    }
    this.#own.set(name, after);
    this.#save();
    return after;
  }

  remove(name: string): void {
    if (this.#declared(name) !== undefined) this.#cloud.remove(PARAMETER, name);
    else if (this.#own.delete(name)) this.#save();
  }

  #declared(name: string): Parameter | undefined {
    const outputs = this.#cloud.find(PARAMETER, name)?.outputs;
    if (outputs === undefined) return undefined;
    const { type, value, version } = outputs;
    return { name, type: String(type), value: String(value), version: Number(version ?? 1), modified: Date.now() };
  }

  #save(): void {
    writeFileSync(`${this.#file}.new`, JSON.stringify([...this.#own.values()]), { mode: 0o600 });
    renameSync(`${this.#file}.new`, this.#file);
  }
}
