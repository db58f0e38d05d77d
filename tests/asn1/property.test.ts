/**
 * Every type, every value: random types with random valid values, and what hostile octets do to them. The judge
 * (judge.test.ts) says that our octets are right; these tests say that no shape of type was forgotten.
 */
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { type Codec, compile, type Limits, PerDecodeError, type Schema } from '../../runtime/asn1/index.ts';
import { schemas, versions } from '../support/arbitrary-schemas.ts';
import { valuesOf } from '../support/arbitrary-values.ts';
import { normalForm } from '../support/normal-form.ts';
import { mutations, randomOctets } from '../support/octet-mutations.ts';

const SEED = 20261121;

/** Room for whatever a random type gives; limits have tests of their own. */
const ROOMY: Limits = { depth: 32, elements: 2 ** 20, octets: 2 ** 22 };

const several = <T>(arbitrary: fc.Arbitrary<T>): fc.Arbitrary<T[]> =>
  fc.array(arbitrary, { minLength: 1, maxLength: 6 });

function checkRoundTrip(schema: Schema<unknown>, codec: Codec<unknown>, value: unknown): void {
  const octets = codec.encode(value);
  const decoded = codec.decode(octets);
  assert.deepEqual(normalForm(schema, decoded), normalForm(schema, value));
  assert.equal(codec.encode(decoded).toString('hex'), octets.toString('hex'));
}

/** Says whether `octets` were taken. */
function checkHostile(schema: Schema<unknown>, codec: Codec<unknown>, octets: Buffer): boolean {
  let decoded: unknown;
  try {
    decoded = codec.decode(octets);
  } catch (error) {
    assert.ok(error instanceof PerDecodeError, `not a PerDecodeError: ${String(error)}`);
    assert.match(error.path, /^value/);
    return false;
  }
  const form = normalForm(schema, decoded);
  assert.deepEqual(normalForm(schema, codec.decode(codec.encode(decoded))), form);
  return true;
}

describe(`random types (seed ${SEED})`, () => {
  it('give back each of their values, and then the same octets', () => {
    const cases = schemas().chain((schema) =>
      fc.record({ schema: fc.constant(schema), values: several(valuesOf(schema)) }),
    );
    fc.assert(
      fc.property(cases, ({ schema, values }) => {
        const codec = compile('value', schema, ROOMY);
        for (const value of values) checkRoundTrip(schema, codec, value);
        // The encoder's buffer holds other messages by now, of which nothing may show.
        for (const value of values.toReversed())
          assert.ok(codec.encode(value).equals(compile('value', schema, ROOMY).encode(value)));
      }),
      { seed: SEED, numRuns: 500 },
    );
  });

  it('take or refuse mutated encodings with a PerDecodeError, and nothing else', () => {
    const cases = schemas().chain((schema) =>
      fc.record({ schema: fc.constant(schema), value: valuesOf(schema), changes: several(mutations) }),
    );
    const counts = { taken: 0, refused: 0 };
    fc.assert(
      fc.property(cases, ({ schema, value, changes }) => {
        const codec = compile('value', schema, ROOMY);
        const octets = codec.encode(value);
        for (const change of changes) counts[checkHostile(schema, codec, change(octets)) ? 'taken' : 'refused']++;
      }),
      { seed: SEED, numRuns: 500 },
    );
    assert.ok(counts.taken > 100 && counts.refused > 100, JSON.stringify(counts));
  });

  it('take or refuse random octets with a PerDecodeError, and nothing else', () => {
    const counts = { taken: 0, refused: 0 };
    fc.assert(
      fc.property(schemas(), several(randomOctets), (schema, inputs) => {
        const codec = compile('value', schema, ROOMY);
        for (const octets of inputs) counts[checkHostile(schema, codec, octets) ? 'taken' : 'refused']++;
      }),
      { seed: SEED, numRuns: 300 },
    );
    assert.ok(counts.taken > 20 && counts.refused > 100, JSON.stringify(counts));
  });
});

describe(`versions of random types (seed ${SEED})`, () => {
  it('keep what a newer sender added', () => {
    const cases = versions().chain(({ older, newer }) =>
      fc.record({ older: fc.constant(older), newer: fc.constant(newer), values: several(valuesOf(newer)) }),
    );
    fc.assert(
      fc.property(cases, ({ older, newer, values }) => {
        const [relay, sender] = [compile('value', older, ROOMY), compile('value', newer, ROOMY)];
        for (const value of values) {
          const octets = sender.encode(value);
          assert.equal(relay.encode(relay.decode(octets)).toString('hex'), octets.toString('hex'));
        }
      }),
      { seed: SEED, numRuns: 500 },
    );
  });

  it('keep the shorter bitmap of an older sender', () => {
    const cases = versions().chain(({ older, newer }) =>
      fc.record({
        older: fc.constant(older),
        newer: fc.constant(newer),
        values: several(valuesOf(older, { levels: 4, foreign: false })),
      }),
    );
    fc.assert(
      fc.property(cases, ({ older, newer, values }) => {
        const [relay, sender] = [compile('value', newer, ROOMY), compile('value', older, ROOMY)];
        for (const value of values) {
          const octets = sender.encode(value);
          assert.equal(relay.encode(relay.decode(octets)).toString('hex'), octets.toString('hex'));
        }
      }),
      { seed: SEED, numRuns: 500 },
    );
  });
});
