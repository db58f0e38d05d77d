import assert from 'node:assert/strict';
import fc from 'fast-check';
import { decimal } from '../../runtime/witness/index.ts';

const SEED = 20261122;

describe('decimal', () => {
  for (const n of [0, 7, 10, 999, 1000, 1001, 9_999, 10_000, 65_535, 999_000, 999_999, 1_000_000, 2 ** 32, 2 ** 53])
    it(`writes ${n} as JavaScript does`, () => assert.equal(decimal(n), String(n)));

  for (const n of [-1, -1000, 0.5, 1000.5, Number.NaN, Number.POSITIVE_INFINITY])
    it(`leaves ${n}, which is no whole number from 0, to JavaScript`, () => assert.equal(decimal(n), String(n)));

  it(`writes any whole number as JavaScript does (seed ${SEED})`, () =>
    fc.assert(
      fc.property(fc.nat(1_100_000), (n) => assert.equal(decimal(n), String(n))),
      { seed: SEED, numRuns: 5000 },
    ));
});
