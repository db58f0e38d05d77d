import assert from 'node:assert/strict';
import fc from 'fast-check';
import { ReplayMemory } from '../../runtime/gatekeeper/replay-memory.ts';
import { epochMilliseconds } from '../../runtime/units.ts';

const at = (seconds: number) => epochMilliseconds(1_795_000_000_000 + seconds * 1000);

describe('replay memory', () => {
  it('forgets nothing that could still be fresh, whenever it came and whatever comes behind it', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 90 }), { minLength: 1, maxLength: 40 }), (pauses) => {
        const memory = new ReplayMemory(60);
        const taken: { nonce: string; until: number }[] = [];
        let now = 0;
        for (const [i, pause] of pauses.entries()) {
          now += pause;
          // A timestamp a minute ahead is good for two minutes.
          for (const { nonce, until } of taken) if (until >= now) assert(memory.has(nonce), `${nonce} at ${now} s`);
          assert(memory.add(`${i}`, at(now)));
          taken.push({ nonce: `${i}`, until: now + 120 });
        }
      }),
      { seed: 20_261_121, numRuns: 300 },
    );
  });

  it('forgets in the end', () => {
    const memory = new ReplayMemory(60);
    memory.add('first', at(0));
    for (let now = 0; now <= 240; now += 60) memory.add(`${now}`, at(now));
    assert.equal(memory.has('first'), false);
  });

  it('takes nothing more when it is full, and again when its generation turns', () => {
    const memory = new ReplayMemory(60, 3);
    assert.deepEqual(
      ['a', 'b', 'c', 'd'].map((nonce) => memory.add(nonce, at(0))),
      [true, true, true, false],
    );
    assert.equal(memory.has('d'), false);
    assert.equal(memory.add('d', at(119)), false);
    assert.equal(memory.add('d', at(120)), true);
    assert(memory.has('a') && memory.has('d'));
  });

  it('keeps its entries longer, never shorter, when the clock is set back', () => {
    const memory = new ReplayMemory(60);
    memory.add('before', at(0));
    memory.add('behind', at(-3600));
    memory.add('again', at(100));
    assert(memory.has('before') && memory.has('behind') && memory.has('again'));
  });
});
