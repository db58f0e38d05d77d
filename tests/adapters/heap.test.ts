import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const SCRIPT = fileURLToPath(new URL('../support/refresh-heap.ts', import.meta.url));

/** Octets that a refreshed registration leaves among the long-lived objects. */
function leftBy(mode: 'settled' | 'plain'): number {
  const { status, stdout, stderr } = spawnSync(process.execPath, ['--expose-gc', '--import', 'tsx', SCRIPT, mode], {
    encoding: 'utf8',
  });
  assert.equal(status, 0, stderr);
  return Number(stdout);
}

describe('allocateAmongTheYoung', function () {
  this.timeout(60_000);

  it('keeps what refreshes of registrations make out of the space for long-lived objects', () => {
    const [settled, plain] = [leftBy('settled'), leftBy('plain')];
    console.log(`      octets a refresh leaves: ${settled}; in a process as Node starts it: ${plain}`);
    assert(settled < 16, `${settled}`);
  });
});
