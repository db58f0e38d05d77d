import assert from 'node:assert/strict';
import { DurationHistogram } from '../../runtime/metrics/index.ts';
import { parseExposition } from './exposition.ts';

/** Bucket counts by upper bound (not cumulative), sum and count. */
function read(histogram: DurationHistogram): { buckets: Record<string, number>; sum: number; count: number } {
  const family = parseExposition(histogram.exposition('d_seconds', 'Durations.')).get('d_seconds');
  assert.ok(family?.type === 'histogram');
  const buckets: Record<string, number> = {};
  let before = 0;
  for (const { name, labels, value } of family.samples) {
    if (name !== 'd_seconds_bucket') continue;
    if (value > before) buckets[labels['le'] ?? ''] = value - before;
    before = value;
  }
  const one = (name: string): number => family.samples.find((sample) => sample.name === name)?.value ?? Number.NaN;
  return { buckets, sum: one('d_seconds_sum'), count: one('d_seconds_count') };
}

describe('DurationHistogram', () => {
  it('counts what is no duration as none', () => {
    const histogram = new DurationHistogram();
    for (const seconds of [Number.NaN, -1, Number.NEGATIVE_INFINITY, -0]) histogram.observe(seconds);
    assert.deepEqual(read(histogram), { buckets: { '0.00001': 4 }, sum: 0, count: 4 });
  });

  it('shows every bucket from the start, all of them empty', () => {
    const text = new DurationHistogram().exposition('d_seconds', 'Durations.');
    assert.equal(text.match(/_bucket/g)?.length, 18);
    assert.deepEqual(read(new DurationHistogram()), { buckets: {}, sum: 0, count: 0 });
  });

  it('counts a duration in the first bucket whose bound it does not exceed', () => {
    const histogram = new DurationHistogram();
    for (const seconds of [0.00001, 0.000011, 0.2, 0.2000001, 2.5, 2.6]) histogram.observe(seconds);
    const { buckets, sum, count } = read(histogram);
    assert.deepEqual(buckets, { '0.00001': 1, '0.000025': 1, '0.2': 1, '0.5': 1, '2.5': 1, '+Inf': 1 });
    assert.equal(count, 6);
    assert.ok(Math.abs(sum - 5.5000211) < 1e-9);
  });
});
