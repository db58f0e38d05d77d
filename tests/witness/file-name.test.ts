import assert from 'node:assert/strict';
import { epochMilliseconds } from '../../runtime/units.ts';
import { witnessFileName, witnessFormat } from '../../runtime/witness/index.ts';

const at = (text: string) => epochMilliseconds(Date.parse(text));

describe('witnessFileName', () => {
  it('names the file of each log as operators look for it', () => {
    const day = at('2026-11-21T12:00:00Z');
    assert.equal(witnessFileName('ras', day), 'h323_witness/h323_ras_20261121.jsonl');
    assert.equal(witnessFileName('gateway', day), 'gateway/gateway_20261121.jsonl');
    assert.equal(witnessFileName('failover', day), 'ha/failover_20261121.jsonl');
    assert.equal(witnessFormat('ras').fileName(day), witnessFileName('ras', day));
  });

  it('changes at midnight UTC', () => {
    assert.equal(witnessFileName('ras', at('2026-12-31T23:59:59.999Z')), 'h323_witness/h323_ras_20261231.jsonl');
    assert.equal(witnessFileName('ras', at('2027-01-01T00:00:00Z')), 'h323_witness/h323_ras_20270101.jsonl');
  });
});
