import type { CharacterStringNode, SchemaNode } from './schema.ts';

/** Collects the functions and constants that generated code refers to. */
export class CodeBuilder {
  readonly #constants: unknown[] = [];
  readonly #functions: string[] = [];
  readonly #names = new Map<SchemaNode, string>();

  /** The expression for a value that source text cannot hold. */
  constant(value: unknown): string {
    const known = this.#constants.indexOf(value);
    return `K[${known < 0 ? this.#constants.push(value) - 1 : known}]`;
  }

  optionalConstant(value: unknown): string {
    return value === undefined ? 'undefined' : this.constant(value);
  }

  /** The set of permitted code points, where a range does not say it. */
  characterCheck({ permitted }: CharacterStringNode): string {
    if (permitted === undefined) return 'undefined';
    return this.constant(new Set([...permitted].map((character) => character.charCodeAt(0))));
  }

  /** The name of the function for a type; `body` is asked once, after the name exists, so that types may recur. */
  functionFor(prefix: string, node: SchemaNode, body: () => string): string {
    const known = this.#names.get(node);
    if (known !== undefined) return known;
    const name = `${prefix}${this.#names.size}`;
    this.#names.set(node, name);
    this.#functions.push(`function ${name}${body()}`);
    return name;
  }

  /** Compiles the collected functions and gives the value of `result`. */
  build(result: string, scope: Readonly<Record<string, unknown>>): unknown {
    const source = `'use strict';\n${this.#functions.join('\n')}\nreturn ${result};`;
    return new Function('K', ...Object.keys(scope), source)(this.#constants, ...Object.values(scope));
  }
}
