import { statSync } from 'node:fs';
import { createInterface } from 'node:readline/promises';
import { Writable } from 'node:stream';
import {
  checkGiven,
  describeGiven,
  type Inventory,
  isOneLine,
  parseGiven,
  SecretsInputError,
  type SecretsManifest,
} from '../../secrets/index.ts';
import type { Console } from '../console.ts';
import { UsageError } from '../failure.ts';
import { type Options, readInput } from './session.ts';

/**
 * Values that only people know, of `--values`: a file that nobody else can read, or stdin.
 * @throws UsageError for a file that others can read, SecretsInputError for values that cannot be
 */
export function givenValues(options: Options, manifest: SecretsManifest): ReadonlyMap<string, string> {
  const { values: file, stackOutputs } = options;
  if (typeof file !== 'string') return new Map();
  if (file === '-' && stackOutputs === '-') throw new UsageError('--values and --stack-outputs cannot both be stdin');
  if (file !== '-' && (statSync(file).mode & 0o077) !== 0)
    throw new UsageError(`${file}: others can read or change it; run: chmod 600 '${file}'`);
  return parseGiven(readInput(file), file === '-' ? 'stdin' : file, givenFiles(manifest));
}

const givenFiles = (manifest: SecretsManifest): readonly string[] => [
  ...new Set(Object.values(manifest.hosts).flatMap(({ given, optional }) => [...given, ...optional])),
];

/** Adds what is missing still and a person at the keyboard knows. Nothing of an answer is shown; an empty one is none. */
export async function askForMissing(
  given: ReadonlyMap<string, string>,
  manifest: SecretsManifest,
  inventory: Inventory,
  console: Console,
): Promise<ReadonlyMap<string, string>> {
  const missing = Object.values(manifest.hosts).flatMap(({ path, given: files }) =>
    files.filter((file) => !given.has(file) && !inventory.has(`${path}/${file}`) && isOneLine(file)),
  );
  if (missing.length === 0 || process.stdin.isTTY !== true || process.stderr.isTTY !== true) return given;
  const nowhere = new Writable({ write: (_chunk, _encoding, done) => done() });
  const lines = createInterface({ input: process.stdin, output: nowhere, terminal: true, historySize: 0 });
  const answers = new Map(given);
  try {
    for (const file of new Set(missing)) {
      console.err(`${file}, ${describeGiven(file)} (not shown; empty: later): `);
      const answer = (await lines.question('')).trim();
      console.err('\n');
      if (answer !== '') answers.set(file, checkGiven(file, answer));
    }
    return answers;
  } finally {
    lines.close();
  }
}

/** @throws SecretsInputError where none of the files of an owner is among the values */
export function onlyOf(owner: string, values: ReadonlyMap<string, string>): ReadonlyMap<string, string> {
  const own = new Map([...values].filter(([file]) => file.startsWith(`${owner}/`)));
  if (own.size === 0 || own.size < values.size)
    throw new SecretsInputError(`--values must hold new values of ${owner}/… and nothing else`);
  return own;
}
