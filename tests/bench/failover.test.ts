import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { lacking } from '../../bench/failover/lab/network.ts';
import { runResult } from '../../bench/failover/summary.ts';
import { skipLoudly } from '../support/skip.ts';

const RUN = fileURLToPath(new URL('../../bench/failover/run.ts', import.meta.url));
const KINDS = ['host-loss', 'process-kill', 'planned'];
const SEED = 4;

describe('a pair of gatekeepers on three hosts, for real', function () {
  this.timeout(240_000);
  const folder = mkdtempSync(join(tmpdir(), 'council-failover-'));
  after(() => rmSync(folder, { recursive: true }));

  it('survives the loss of a host, a crash and a planned stop, and forgets nothing', async function () {
    const why = lacking();
    if (why !== undefined) skipLoudly(this, why);
    console.log(`      seed ${SEED}`);
    const out = join(folder, 'failover.json');
    const options = ['--kind', KINDS.join(','), '--count', '1', '--seed', `${SEED}`, '--out', out];
    const running = spawn(process.execPath, ['--import', 'tsx', RUN, ...options], {
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    let said = '';
    running.stderr.setEncoding('utf8').on('data', (text: string) => {
      said += text;
    });
    // One that is interrupted clears its lab away.
    const timer = setTimeout(() => running.kill('SIGTERM'), 220_000);
    await new Promise((resolve) => running.once('close', resolve));
    clearTimeout(timer);
    const { kinds, skipped } = runResult.parse(JSON.parse(readFileSync(out, 'utf8')));
    assert.deepEqual(skipped, []);
    assert.deepEqual(
      kinds.map(({ kind, callsLost, confirmsLost, violations, failovers }) => ({
        ...{ kind, callsLost, confirmsLost, violations },
        followed: failovers.map(({ hit, successor }) => successor !== null && successor !== hit),
        everybody: failovers.map(({ guardians }) => Object.keys(guardians).length),
      })),
      KINDS.map((kind) => ({
        ...{ kind, callsLost: 0, confirmsLost: 0, violations: [] },
        ...{ followed: [true], everybody: [12] },
      })),
      said,
    );
    // How fast is for a machine that does nothing else to say; what nobody would wait for is a failure anywhere.
    for (const { kind, first } of kinds) {
      console.log(`      ${kind}: ${first?.max} ms to the first confirm`);
      assert((first?.max ?? Number.POSITIVE_INFINITY) < 5000, `${kind} took ${first?.max} ms`);
    }
    const left = readdirSync('/run/netns').filter((name) => name.startsWith(`gclab${running.pid}-`));
    assert.deepEqual(left, []);
  });
});
