import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { temporaryFolder } from '../adapters/temporary-folder.ts';
import { KEYS, terminal } from '../config/registry-text.ts';
import { council } from '../support/council-process.ts';
import { runMain } from '../support/run-main.ts';

const SHIPPED = fileURLToPath(new URL('../../config/guardian-registry.yaml', import.meta.url));

describe('council registry check', function () {
  this.timeout(60_000);
  const folder = temporaryFolder();

  it('tells every problem with its line and ends with 1; as JSON too', async () => {
    const file = join(folder(), 'registry.yaml');
    const twice = terminal({ id: '"if://guardian/a"', key: `"${KEYS[1]}"`, quota: '12' });
    writeFileSync(file, `guardians:\n${terminal({ key: '"abc"' })}${twice}`);
    const words = await council(['registry', 'check', file]);
    const json = await runMain(['registry', 'check', file, '--json']);
    assert.deepEqual([words.code, words.stdout, json.code, json.stderr], [1, '', 1, '']);
    const lines = words.stderr.split('\n').map((line) => line.replace(`${file}:`, '').split(' ', 2).join(' '));
    assert.deepEqual(lines.slice(0, 3), [
      '4:21: guardians[0].public_key_hex:',
      '6:18: guardians[1].terminal_id:',
      '9:26: guardians[1].bandwidth_quota_bps:',
    ]);
    assert.match(words.stderr, /\nnot valid: 3 problems in .*registry\.yaml\n$/);
    const report: unknown = JSON.parse(json.stdout);
    assert(typeof report === 'object' && report !== null && 'problems' in report && Array.isArray(report.problems));
    assert('valid' in report && report.valid === false);
    assert.deepEqual(
      report.problems.map(({ line, column }: { line: number; column: number }) => [line, column]),
      [
        [4, 21],
        [6, 18],
        [9, 26],
      ],
    );
  });

  it('ends with 3 where there is nothing to read', async () => {
    const { code, stdout, stderr } = await runMain(['registry', 'check', join(folder(), 'nothing.yaml')]);
    assert.deepEqual([code, stdout], [3, '']);
    assert.match(stderr, /^council: .*nothing\.yaml: cannot read the guardian registry: .*\n$/);
  });

  it('finds the shipped registry valid, and counts who is in it', async () => {
    const words = await runMain(['registry', 'check', SHIPPED]);
    const json = await council(['registry', 'check', '--json'], {
      cwd: fileURLToPath(new URL('../..', import.meta.url)),
    });
    assert.deepEqual([words.code, words.stderr, json.code, json.stderr], [0, '', 0, '']);
    const report: unknown = JSON.parse(json.stdout);
    assert(typeof report === 'object' && report !== null && 'revision' in report);
    const { revision } = report;
    assert.deepEqual(report, {
      file: 'config/guardian-registry.yaml',
      valid: true,
      revision,
      guardians: 12,
      infrastructure: 2,
      canaries: 2,
    });
    assert.equal(
      words.stdout,
      `valid: ${SHIPPED}, revision ${revision}: 12 guardians, 2 infrastructure terminals, 2 canaries\n`,
    );
  });
});
