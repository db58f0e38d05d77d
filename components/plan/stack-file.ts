import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  type Document,
  isAlias,
  isMap,
  isScalar,
  isSeq,
  LineCounter,
  type Node,
  type Pair,
  parseDocument,
  type YAMLError,
} from 'yaml';
import type { StackValues } from './recorder.ts';

/** A stack's file that cannot be used, or that is not there; the message is for people and has a line a problem. */
export class StackFileError extends Error {
  override readonly name = 'StackFileError';
  readonly code = 'STACK_FILE';
}

/**
 * Stands for a value that is encrypted in the file: only Pulumi can decrypt it, with the key that it has. It is an
 * address, because what may be secret in a stack's file are the addresses of contacts.
 */
export const ENCRYPTED = 'encrypted@secret.invalid';

const NAME = /^[A-Za-z0-9_.-]{1,100}$/;
const FILE = /^Pulumi\.([A-Za-z0-9_.-]{1,100})\.yaml$/;

/** Pulumi's own keys of such a file; `environment` is none of them here, because its values are in Pulumi's cloud. */
const TOP_KEYS: readonly string[] = ['config', 'encryptedkey', 'encryptionsalt', 'secretsprovider'];

/** `NAMESPACE:KEY`, as the Pulumi CLI writes them. */
const CONFIG_KEY = /^[A-Za-z0-9_-]+:[A-Za-z0-9_.-]+$/;

/** The stacks that have a file in the folder. */
export const stackNames = (folder: string): readonly string[] =>
  readdirSync(folder)
    .flatMap((file) => FILE.exec(file)?.[1] ?? [])
    .sort();

/**
 * Reads `Pulumi.STACK.yaml`.
 * @throws StackFileError for a name that is none, a stack that is not there, and all that is wrong with its file
 */
export function readStackFile(folder: string, stack: string): StackValues {
  if (!NAME.test(stack))
    throw new StackFileError(`${JSON.stringify(stack)} is no stack's name: letters, digits, - _ . are, 100 at most`);
  const file = `Pulumi.${stack}.yaml`;
  return parseStackFile(file, readText(folder, file, stack));
}

function readText(folder: string, file: string, stack: string): string {
  let octets: Uint8Array;
  try {
    octets = readFileSync(join(folder, file));
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : String(error);
    if (code !== 'ENOENT') throw new StackFileError(`${file} cannot be read (${code})`, { cause: error });
    const others = stackNames(folder).join(', ') || 'none';
    throw new StackFileError(`there is no stack ${stack}: ${file} is missing; stacks that are there: ${others}`);
  }
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(octets);
  } catch (error) {
    throw new StackFileError(`${file} is not UTF-8 text`, { cause: error });
  }
}

/**
 * The configuration in a stack's file as Pulumi gives it to programs: texts as they are, numbers and booleans as they are
 * written, lists and objects as JSON.
 * @param file for messages
 * @throws StackFileError with all that is wrong, each with its line
 */
export function parseStackFile(file: string, text: string): StackValues {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  const reader = new Reader(document, (offset, what) => {
    const { line, col } = lines.linePos(offset);
    return `${file}:${line}:${col}: ${what}`;
  });
  const values = reader.read();
  if (reader.problems.length > 0) throw new StackFileError(reader.problems.join('\n'));
  return values;
}

class Reader {
  readonly problems: string[] = [];
  readonly #document: Document.Parsed;
  readonly #at: (offset: number, what: string) => string;

  constructor(document: Document.Parsed, at: (offset: number, what: string) => string) {
    this.#document = document;
    this.#at = at;
  }

  read(): StackValues {
    const { errors, warnings, contents } = this.#document;
    for (const { pos, message } of [...errors, ...warnings] satisfies YAMLError[]) this.#problem(pos[0], message);
    if (errors.length > 0 || contents === null) return { config: {}, secretKeys: [] };
    const config = this.#pairs(contents, 'a stack file').flatMap((pair) => {
      const key = this.#key(pair);
      if (key === 'environment') this.#problem(offsetOf(pair.key), 'values of environments are not in this file');
      else if (!TOP_KEYS.includes(key))
        this.#problem(offsetOf(pair.key), `unknown key ${key}; known: ${TOP_KEYS.join(', ')}`);
      return key === 'config' && !isEmpty(pair.value) ? this.#pairs(pair.value, 'config') : [];
    });
    const secretKeys: string[] = [];
    const texts = config.map((pair): [string, string] => {
      const key = this.#key(pair);
      if (!CONFIG_KEY.test(key)) this.#problem(offsetOf(pair.key), `${key} must be NAMESPACE:KEY`);
      const { text, isSecret } = this.#value(key, pair);
      if (isSecret) secretKeys.push(key);
      return [key, text];
    });
    return { config: Object.fromEntries(texts), secretKeys };
  }

  #problem(offset: number, what: string): void {
    this.problems.push(this.#at(offset, what));
  }

  #pairs(node: unknown, what: string): Pair[] {
    if (isMap(node)) return node.items;
    this.#problem(offsetOf(node), `${what} must be a map of keys and values`);
    return [];
  }

  #key({ key }: Pair): string {
    if (isScalar(key) && typeof key.value === 'string') return key.value;
    this.#problem(offsetOf(key), 'a key must be a text');
    return String(key);
  }

  #value(key: string, { key: keyNode, value }: Pair): { text: string; isSecret: boolean } {
    if (isEmpty(value)) this.#problem(offsetOf(keyNode), `${key} has no value`);
    if (isScalar(value)) {
      // Pulumi takes a number as it is written: 1.10 stays 1.10.
      const text = typeof value.value === 'string' ? value.value : (value.source ?? String(value.value));
      return { text, isSecret: false };
    }
    let isSecret = false;
    const plain = this.#plain(value, () => {
      isSecret = true;
    });
    return { text: typeof plain === 'string' ? plain : JSON.stringify(plain), isSecret };
  }

  /** A value for JSON, with encrypted ones replaced. */
  #plain(node: unknown, onSecret: () => void): unknown {
    // An alias may stand for what it is in itself, or for a text of any length.
    if (isAlias(node)) this.#problem(offsetOf(node), 'aliases are not taken here');
    if (isSeq(node)) return node.items.map((item) => this.#plain(item, onSecret));
    if (!isMap(node)) return isScalar(node) ? node.value : null;
    const [only] = node.items;
    if (node.items.length === 1 && only !== undefined && this.#key(only) === 'secure') {
      onSecret();
      return ENCRYPTED;
    }
    return Object.fromEntries(node.items.map((pair) => [this.#key(pair), this.#plain(pair.value, onSecret)]));
  }
}

const isEmpty = (node: unknown): boolean => node === null || (isScalar(node) && node.value === null);

const isNode = (node: unknown): node is Node => typeof node === 'object' && node !== null && 'range' in node;

const offsetOf = (node: unknown): number => (isNode(node) ? (node.range?.[0] ?? 0) : 0);
