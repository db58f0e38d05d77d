import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';

/** One value with its aligned-PER encoding by another codec; see tests/fixtures/vectors/README.md. */
export interface Vector {
  readonly type: string;
  /** Hex. */
  readonly per: string;
  readonly value: unknown;
}

const FOLDER = new URL('../fixtures/vectors/', import.meta.url);

function isVector(line: unknown): line is Vector {
  return (
    typeof line === 'object' &&
    line !== null &&
    'type' in line &&
    typeof line.type === 'string' &&
    'per' in line &&
    typeof line.per === 'string' &&
    'value' in line
  );
}

function readVectors(file: URL | string): readonly Vector[] {
  const lines = gunzipSync(readFileSync(file)).toString('utf8').trimEnd().split('\n');
  return lines.map((text, index) => {
    const line: unknown = JSON.parse(text);
    if (!isVector(line)) throw new TypeError(`${file}:${index + 1} is no vector`);
    return line;
  });
}

/** The sample that comes with the project. */
export const sampleVectors = (name: string): readonly Vector[] =>
  readVectors(new URL(`${name}-sample.jsonl.gz`, FOLDER));

/** The whole set, where the environment variable GC_VECTORS names the folder that has it. */
export function allVectors(name: string): readonly Vector[] | undefined {
  const folder = process.env['GC_VECTORS'];
  return folder === undefined ? undefined : readVectors(join(folder, `${name}.jsonl.gz`));
}
