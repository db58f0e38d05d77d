import assert from 'node:assert/strict';
import { table } from '../../bench/failover/report.ts';
import { joined, type KindResult, mismatch, type RunResult } from '../../bench/failover/summary.ts';

const kind = (name: string, stolen: number): KindResult => ({
  ...{ kind: name, what: '', movesLead: true, failovers: [], first: null, guardians: null },
  ...{ callsLost: 0, confirmsLost: 0, checked: { operations: 0, unknown: 0, calls: 0 } },
  ...{ violations: [], awake: stolen < 0.1, stolen, broken: [] },
});
const run = (...kinds: readonly KindResult[]): RunResult => ({
  ...{ seed: 1, guardians: 12, version: '1.0.0', skipped: [], kinds: [...kinds] },
  machine: { node: 'v20', etcd: '3.4', kernel: '6', cpu: 'x', cores: 2 },
});

describe('results of failovers', () => {
  it('stand beside those of before, each fault once, the latest', () => {
    const before = { ...run(kind('a', 0), kind('b', 0)), skipped: [{ kind: 'c', why: 'no disk' }] };
    const { kinds, skipped } = joined(before, run(kind('b', 0.5), kind('c', 0)));
    assert.deepEqual(
      kinds.map(({ kind: name, stolen }) => [name, stolen]),
      [
        ['a', 0],
        ['b', 0.5],
        ['c', 0],
      ],
    );
    assert.deepEqual(skipped, []);
  });

  it('do not stand beside those of another seed or machine', () => {
    const one = run();
    assert.equal(mismatch(one, run(kind('a', 0))), undefined);
    const { etcd, ...rest } = one.machine;
    assert.equal(mismatch(one, { ...one, machine: { etcd, ...rest } }), undefined, 'whatever the order of its keys');
    assert.match(mismatch(one, { ...one, seed: 2 }) ?? '', /"seed":1.* before, .*"seed":2.* now/);
    assert.match(mismatch(one, { ...one, machine: { ...one.machine, cores: 4 } }) ?? '', /"cores":4/);
  });

  it('say what the host took, and where processors were kept awake', () => {
    assert.match(
      table(run(kind('a', 0.004), kind('b', 0.523))),
      /up to 52\.3 % .* \(b\)\. .* kept from halting for a\.\n/,
    );
    assert.match(table(run(kind('a', 0.004))), /up to 0\.4 % .* kept from halting\.\n/);
  });
});
