/**
 * A second codec agrees: each vector decodes to its value and its value encodes to its octets. A sample lies in
 * tests/fixtures/vectors; `GC_VECTORS=<folder> npx mocha tests/h225/vectors.test.ts` checks the whole set too.
 */
import assert from 'node:assert/strict';
import { type Codec, compile, type Schema } from '../../runtime/asn1/index.ts';
import { H323UserInformation, RasMessage } from '../../runtime/h225/index.ts';
import { ClearToken, KeySignedMaterial } from '../../runtime/h235/index.ts';
import { fromVector, toVector } from '../support/vector-values.ts';
import { allVectors, sampleVectors, type Vector } from '../support/vectors.ts';

const clearToken = compile('ClearToken', ClearToken);
const keySignedMaterial = compile('KeySignedMaterial', KeySignedMaterial);

/** The vectors show what was signed; our schemas keep its octets, because the signature covers those. */
function sealSigned(json: unknown): unknown {
  if (Array.isArray(json)) return json.map(sealSigned);
  if (typeof json !== 'object' || json === null) return json;
  return Object.fromEntries(
    Object.entries(json).map(([name, value]) => [name, name === 'toBeSigned' ? sealed(value) : sealSigned(value)]),
  );
}

function sealed(json: object): string {
  const contents = sealSigned(json);
  const bytes =
    'tokenOID' in json
      ? clearToken.encode(fromVector(ClearToken, contents))
      : keySignedMaterial.encode(fromVector(KeySignedMaterial, contents));
  return `x:${bytes.toString('hex')}`;
}

function check<T>(schema: Schema<T>, codec: Codec<T>, vectors: readonly Vector[]): void {
  for (const { per, value } of vectors) {
    const expected = sealSigned(value);
    assert.deepEqual(toVector(schema, codec.decode(Buffer.from(per, 'hex'))), expected, `the value of ${per}`);
    assert.equal(codec.encode(fromVector(schema, expected)).toString('hex'), per);
  }
}

/** The alternative that the choice at `path` of a vector's value has. */
function alternativeAt(value: unknown, path: readonly string[]): string {
  assert(typeof value === 'object' && value !== null);
  const [name, ...rest] = path;
  return name === undefined ? Object.keys(value).join() : alternativeAt(new Map(Object.entries(value)).get(name), rest);
}

function describeVectors<T>(file: string, schema: Schema<T>, kindAt: readonly string[], kinds: number): void {
  describe(`vectors of ${file}`, () => {
    const codec = compile('vector', schema);
    const byKind = new Map<string, Vector[]>();
    for (const vector of sampleVectors(file)) {
      const kind = alternativeAt(vector.value, kindAt);
      byKind.set(kind, [...(byKind.get(kind) ?? []), vector]);
    }

    it(`come in ${kinds} kinds`, () => {
      assert.equal(byKind.size, kinds);
    });

    for (const [kind, vectors] of byKind)
      it(`agree on ${kind}`, () => {
        check(schema, codec, vectors);
      });

    const all = allVectors(file);
    if (all !== undefined)
      it(`agree on all ${all.length} in GC_VECTORS`, () => {
        check(schema, codec, all);
      }).timeout(120_000);
  });
}

describeVectors('ras', RasMessage, [], 33);
describeVectors('user-information', H323UserInformation, ['h323-uu-pdu', 'h323-message-body'], 13);
