import assert from 'node:assert/strict';
import { stackConfigMarkdown } from '../../../components/stack-config.ts';
import { LEAST } from './stack-texts.ts';

describe('stackConfigMarkdown', () => {
  const [head, line, ...rows] = stackConfigMarkdown().trimEnd().split('\n');
  const cells = rows.map((row) => row.split(' | ').map((cell) => cell.replace(/^\| | \|$/g, '')));

  it('is a table of four columns, one row a key, no key twice', () => {
    assert.equal(head, '| Key | Default | What | Allowed |');
    assert.equal(line, '|---|---|---|---|');
    assert.equal(rows.length, 39);
    assert.ok(cells.every((row) => row.length === 4 && row.every((cell) => cell !== '')));
    assert.equal(new Set(cells.map(([key]) => key)).size, rows.length);
  });

  it('says which keys are required: those without which nothing is accepted', () => {
    const required = cells.filter(([, byDefault]) => byDefault === 'required').map(([key]) => key);
    assert.deepEqual(
      required,
      Object.keys(LEAST).map((key) => `\`${key}\``),
    );
  });

  it('says what a key is, with its unit', () => {
    assert.ok(
      rows.includes(
        '| `guardian-council:councilBandwidthBps` | `100000000` | media of all calls together; what the gatekeepers grant in all | a whole number from 50000000 to 10000000000 (bit/s, one way) |',
      ),
    );
    assert.ok(
      rows.includes(
        '| `guardian-council:onCallContact` | none | who is called first (L1) | an e-mail address, given in prod; may be secret |',
      ),
    );
  });
});
