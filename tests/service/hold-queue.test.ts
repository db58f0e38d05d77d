import assert from 'node:assert/strict';
import { HoldQueue } from '../../runtime/service/hold-queue.ts';
import { milliseconds } from '../../runtime/units.ts';

const at = milliseconds;

describe('what comes while nobody leads', () => {
  it('is taken up in its order as soon as somebody does', () => {
    const taken: number[] = [];
    const queue = new HoldQueue(() => assert.fail('nothing is dropped'));
    queue.holding = true;
    for (const n of [1, 2, 3]) queue.add(() => taken.push(n), at(n));
    assert.deepEqual(taken, []);
    queue.release(at(1000));
    assert.deepEqual(taken, [1, 2, 3]);
    assert.equal(queue.holding, false);
    queue.release(at(1001));
    assert.deepEqual(taken, [1, 2, 3]);
  });

  it('is dropped and counted where whoever asked has asked again long since', () => {
    const taken: number[] = [];
    let dropped = 0;
    const queue = new HoldQueue(() => dropped++);
    queue.holding = true;
    for (const n of [0, 1000, 2000]) queue.add(() => taken.push(n), at(n));
    queue.release(at(2200));
    assert.deepEqual(taken, [1000, 2000]);
    assert.equal(dropped, 1);
  });

  it('is bounded: what is too old makes room, else what comes is dropped', () => {
    let dropped = 0;
    let taken = 0;
    const queue = new HoldQueue(() => dropped++);
    queue.holding = true;
    for (let i = 0; i < 1024; i++) queue.add(() => taken++, at(0));
    queue.add(() => taken++, at(100));
    assert.equal(dropped, 1);
    queue.add(() => taken++, at(2000));
    assert.equal(dropped, 2);
    queue.release(at(2000));
    assert.equal(taken, 1);
  });
});
