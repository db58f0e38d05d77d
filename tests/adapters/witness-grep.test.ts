import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { WitnessFile } from '../../runtime/adapters/witness-file.ts';
import { type EpochMilliseconds, epochMilliseconds } from '../../runtime/units.ts';
import { type WitnessRecord, type WitnessStream, witnessFormat, witnessLine } from '../../runtime/witness/index.ts';
import { skipLoudly } from '../support/skip.ts';
import { temporaryFolder } from './temporary-folder.ts';

/** What operators type, run by a real shell over a real log; the files are named for days in UTC. */
describe('operators find in the witness log', () => {
  const folder = temporaryFolder();
  let now = epochMilliseconds(Date.now());

  const shell = (command: string): string =>
    execFileSync('sh', ['-c', command], { cwd: folder(), encoding: 'utf8', env: { ...process.env, TZ: 'UTC' } });

  function witness(
    stream: WitnessStream,
    records: readonly Omit<WitnessRecord, 'ts'>[],
    at: EpochMilliseconds = now,
  ): void {
    const file = new WitnessFile({ root: `${folder()}/logs`, format: witnessFormat(stream), now: at });
    file.append(records.map((record) => witnessLine({ msg_type: '', ...record, ts: at })).join(''), at);
    file.close();
  }

  const read = (text: string): unknown[] =>
    text
      .trimEnd()
      .split('\n')
      .map((line): unknown => JSON.parse(line));

  before(function () {
    if (spawnSync('sh', ['-c', 'command -v grep']).status !== 0) skipLoudly(this, 'there is no grep here');
  });

  beforeEach(fill);

  function fill(): void {
    now = epochMilliseconds(Date.now());
    witness('ras', [
      { msg_type: 'ARQ', seq: 1, terminal_id: 'if://guardian/technical' },
      { msg_type: 'ACF', seq: 1, terminal_id: 'if://guardian/technical' },
      { msg_type: 'ARQ', seq: 2, alias: '", "msg_type": "ARQ' },
      { msg_type: 'ARJ', seq: 2, reason: 'securityDenial', policy: 'INVALID_SIGNATURE' },
      { msg_type: 'RRQ', seq: 3, alias: 'a\n{"msg_type": "ARQ"}' },
    ]);
    witness('gateway', [{ msg_type: 'BRIDGE_REJECTED', policy: 'PII_POLICY_VIOLATION', leg: 4 }]);
    witness('failover', [{ msg_type: 'GATEKEEPER_FAILOVER', failover_duration_sec: 3.2 }]);
  }

  it('how many admissions were asked for today, whatever senders wrote into their names', () => {
    const command = `grep '"msg_type": "ARQ"' logs/h323_witness/h323_ras_$(date +%Y%m%d).jsonl | wc -l`;
    let count = shell(command);
    if (new Date(now).getUTCDate() !== new Date().getUTCDate()) {
      fill(); // midnight passed between the log and the command
      count = shell(command);
    }
    assert.equal(count.trim(), '2');
  });

  it('the rejected admissions', () => {
    const found = read(shell('grep ARJ logs/h323_witness/*.jsonl'));
    assert.deepEqual(found, [
      {
        ts: new Date(now).toISOString(),
        msg_type: 'ARJ',
        seq: 2,
        reason: 'securityDenial',
        policy: 'INVALID_SIGNATURE',
      },
    ]);
  });

  it('the invalid signatures', () => {
    assert.equal(shell('grep INVALID_SIGNATURE logs/h323_witness/*.jsonl').trimEnd().split('\n').length, 1);
  });

  it('the violations of the rule on personal data', () => {
    assert.equal(read(shell('grep PII_POLICY_VIOLATION logs/gateway/*.jsonl')).length, 1);
  });

  it('how long the failover took', () => {
    const [event] = read(shell('grep GATEKEEPER_FAILOVER logs/ha/failover_*.jsonl'));
    assert.ok(typeof event === 'object' && event !== null && 'failover_duration_sec' in event);
    assert.equal(event.failover_duration_sec, 3.2);
  });

  it('the same through jq', function () {
    if (spawnSync('sh', ['-c', 'command -v jq']).status !== 0)
      skipLoudly(this, 'jq is not installed (apt-get install jq)');
    const fields = shell('grep ARJ logs/h323_witness/*.jsonl | jq .').trimEnd().split('\n');
    assert.equal(fields.length, 7);
    assert.equal(shell('grep PII_POLICY_VIOLATION logs/gateway/*.jsonl | jq .leg').trim(), '4');
    assert.equal(shell('grep GATEKEEPER_FAILOVER logs/ha/failover_*.jsonl | jq .failover_duration_sec').trim(), '3.2');
  });
});
