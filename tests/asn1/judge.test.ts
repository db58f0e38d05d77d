/**
 * A judge from outside for what H.225.0 does not reach: Erlang/OTP's asn1 application encoded the values in
 * tests/fixtures/vectors/x691.json. Where it goes against X.691, or cannot compile the type, the octets were derived
 * from the clause that the file names.
 */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { compile, type Limits, type Schema } from '../../runtime/asn1/index.ts';
import { expandRepeats, fromVector, toVector } from '../support/vector-values.ts';
import { X691_TYPES } from './x691-types/index.ts';

interface Verdict {
  readonly asn1: string;
  /** Earlier versions of the type, which have to give the newer values' octets back. */
  readonly older: readonly string[];
  readonly vectors: readonly { readonly value: unknown; readonly per: unknown }[];
}

/** Some of the values are far larger than a datagram. */
const LIMITS: Limits = { depth: 16, elements: 2 ** 17, octets: 2 ** 20 };

const record = (json: unknown): Readonly<Record<string, unknown>> => {
  assert(typeof json === 'object' && json !== null && !Array.isArray(json));
  return Object.fromEntries(Object.entries(json));
};

const list = (json: unknown): readonly unknown[] => {
  assert(Array.isArray(json));
  return json;
};

function readVerdicts(section: string): readonly Verdict[] {
  const file: unknown = JSON.parse(readFileSync(new URL('../fixtures/vectors/x691.json', import.meta.url), 'utf8'));
  return list(record(file)[section]).map((entry) => {
    const { asn1, older = [], vectors } = record(entry);
    return {
      asn1: String(asn1),
      older: list(older).map(String),
      vectors: list(vectors).map((vector) => {
        const { value, per } = record(vector);
        return { value: expandRepeats(value), per };
      }),
    };
  });
}

function typeOf(asn1: string): Schema<unknown> {
  const schema = X691_TYPES.get(asn1);
  assert(schema, `no schema for ${asn1}`);
  return schema;
}

/** As the file writes octets: hex, or length and hash where they are many. */
const digest = (bytes: Uint8Array): unknown =>
  bytes.length <= 300
    ? Buffer.from(bytes).toString('hex')
    : { octets: bytes.length, sha256: createHash('sha256').update(bytes).digest('hex') };

function checkBothWays({ asn1, vectors }: Verdict): void {
  const schema = typeOf(asn1);
  const codec = compile('value', schema, LIMITS);
  for (const { value, per } of vectors) {
    const bytes = codec.encode(fromVector(schema, value));
    assert.deepEqual(digest(bytes), per);
    assert.deepEqual(toVector(schema, codec.decode(bytes)), value);
  }
}

const SECTIONS = [
  ['judged', 'an independent codec'],
  ['derived', 'X.691 where that codec does not help'],
] as const;

for (const [section, judge] of SECTIONS)
  describe(`aligned PER agrees with ${judge}`, () => {
    for (const verdict of readVerdicts(section)) {
      it(verdict.asn1, () => checkBothWays(verdict));

      for (const older of verdict.older)
        it(`${older} gives back what ${verdict.asn1} wrote`, () => {
          const newer = compile('value', typeOf(verdict.asn1), LIMITS);
          const codec = compile('value', typeOf(older), LIMITS);
          for (const { value, per } of verdict.vectors) {
            const bytes = newer.encode(fromVector(typeOf(verdict.asn1), value));
            assert.deepEqual(digest(codec.encode(codec.decode(bytes))), per);
          }
        });
    }
  });

describe('the judge of aligned PER', () => {
  it('knows every type that it has values for, and no other', () => {
    const named = SECTIONS.flatMap(([section]) => readVerdicts(section)).flatMap(({ asn1, older }) => [asn1, ...older]);
    assert.deepEqual([...X691_TYPES.keys()].sort(), [...new Set(named)].sort());
  });
});
