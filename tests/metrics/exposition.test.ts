import assert from 'node:assert/strict';
import { parseExposition } from './exposition.ts';

const HEAD = '# HELP a A.\n# TYPE a gauge\n';
const BUCKETS = '# HELP h H.\n# TYPE h histogram\nh_bucket{le="1"} 2\nh_bucket{le="+Inf"} 3\nh_sum 4.5\nh_count 3\n';

describe('the reader of Prometheus text in these tests', () => {
  for (const [what, text] of [
    ['a missing line feed at the end', `${HEAD}a 1`],
    ['a sample without TYPE', 'a 1\n'],
    ['a TYPE without HELP', '# TYPE a gauge\na 1\n'],
    ['an unknown type', '# HELP a A.\n# TYPE a number\na 1\n'],
    ['a family twice', `${HEAD}a 1\n${HEAD}`],
    ['a sample of another family', `${HEAD}b 1\n`],
    ['a sample twice', `${HEAD}a{x="1"} 1\na{x="1"} 2\n`],
    ['a value that is no number', `${HEAD}a one\n`],
    ['Infinity in JavaScript', `${HEAD}a Infinity\n`],
    ['a quote in a label', `${HEAD}a{x="""} 1\n`],
    ['a label without quotes', `${HEAD}a{x=1} 1\n`],
    ['a label twice', `${HEAD}a{x="1",x="2"} 1\n`],
    ['an unknown escape', `${HEAD}a{x="\\t"} 1\n`],
    ['a name with a hyphen', '# HELP a-b A.\n# TYPE a-b gauge\na-b 1\n'],
    ['a counter below 0', '# HELP a A.\n# TYPE a counter\na -1\n'],
    ['a histogram without +Inf', BUCKETS.replace('h_bucket{le="+Inf"} 3\n', '')],
    ['a histogram whose counts fall', BUCKETS.replace('le="1"} 2', 'le="1"} 4')],
    ['a histogram whose count is another', BUCKETS.replace('h_count 3', 'h_count 4')],
    ['a histogram with one series that is not complete', `${BUCKETS}h_bucket{x="1",le="1"} 1\n`],
    ['a histogram without a sum', BUCKETS.replace('h_sum 4.5\n', '')],
  ] as const) {
    it(`throws on ${what}`, () => assert.throws(() => parseExposition(text), SyntaxError));
  }

  it('reads what is right', () => {
    const families = parseExposition(`${HEAD}a{x="1\\"\\\\\\n"} +Inf\na 1e-5\n\n${BUCKETS}`);
    assert.deepEqual(families.get('a')?.samples, [
      { name: 'a', labels: { x: '1"\\\n' }, value: Number.POSITIVE_INFINITY },
      { name: 'a', labels: {}, value: 1e-5 },
    ]);
    assert.equal(families.get('h')?.samples.length, 4);
  });
});
