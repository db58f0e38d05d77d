import assert from 'node:assert/strict';
import type { ChildProcess } from 'node:child_process';
import type { Call } from '../../../lab/provider/index.ts';
import { endGroup } from './pulumi.ts';
import type { EngineStack } from './stack.ts';

/**
 * Kills an `up` between one call's end in AWS and its answer; shows that the next one is held off by the lock.
 *
 * One resource at a time: other calls under way would be lost with it, or its state file be half written, and each run
 * would be another test. For many answers that are lost at once, lost-answers.test.ts lets the provider die.
 */
export async function upKilledAt(stack: EngineStack, isHere: (call: Call) => boolean): Promise<void> {
  let cli: ChildProcess | undefined;
  const stop = stack.cloud.onCall((call) => {
    if (cli !== undefined && isHere(call)) endGroup(cli);
  });
  const killed = await stack.run('up', ['--parallel', '1'], {
    onStart: (child) => {
      cli = child;
    },
  });
  stop();
  assert.equal(killed.status, null, 'a signal ended it');

  const held = await stack.run('up');
  assert.notEqual(held.status, 0);
  assert.match(held.stdout + held.stderr, /currently locked by 1 lock.*pulumi cancel/s);
}
