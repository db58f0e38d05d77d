/** A value that does not fit its type is a mistake of the caller: named, and without a trace in what comes next. */
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { type Codec, compile, type Limits, PerEncodeError } from '../../runtime/asn1/index.ts';
import { schemas } from '../support/arbitrary-schemas.ts';
import { valuesOf } from '../support/arbitrary-values.ts';
import { faultsOf } from '../support/broken-values.ts';

const SEED = 20261121;
const ROOMY: Limits = { depth: 32, elements: 2 ** 20, octets: 2 ** 22 };

function pathOfRefusal(codec: Codec<unknown>, value: unknown): string {
  try {
    codec.encode(value);
  } catch (error) {
    assert.ok(error instanceof PerEncodeError, `not a PerEncodeError: ${String(error)}`);
    assert.equal(error.message, `${error.path}: ${error.detail}`);
    return error.path;
  }
  return assert.fail('it was encoded');
}

describe(`values that do not fit their type (seed ${SEED})`, () => {
  it('are refused with the path of what is wrong, and the next value is encoded as if they had not been', () => {
    let faults = 0;
    const cases = schemas().chain((schema) =>
      fc.record({ schema: fc.constant(schema), value: valuesOf(schema), picks: fc.array(fc.nat(), { minLength: 8 }) }),
    );
    fc.assert(
      fc.property(cases, ({ schema, value, picks }) => {
        const codec: Codec<unknown> = compile('value', schema, ROOMY);
        const octets = codec.encode(value).toString('hex');
        const all = faultsOf(schema, value, 'value');
        for (const pick of picks) {
          const fault = all[pick % all.length];
          if (fault === undefined) continue;
          assert.equal(pathOfRefusal(codec, fault.value), fault.path);
          assert.equal(codec.encode(value).toString('hex'), octets);
          faults++;
        }
      }),
      { seed: SEED, numRuns: 300 },
    );
    assert.ok(faults > 1000, `${faults} faults`);
  });
});
