import assert from 'node:assert/strict';
import { FloodBound } from '../../runtime/gatekeeper/flood-bound.ts';
import { milliseconds } from '../../runtime/units.ts';

const at = milliseconds;

describe('flood bound', () => {
  it('takes so many a second, counts the rest, and tells them once', () => {
    const bound = new FloodBound(3);
    bound.settle(at(5000));
    assert.deepEqual(
      [1, 2, 3, 4, 5].map(() => bound.take()),
      [true, true, true, false, false],
    );
    assert.equal(bound.settle(at(5999)), 0);
    assert.equal(bound.take(), false);
    assert.equal(bound.settle(at(6000)), 3);
    assert.equal(bound.take(), true);
    assert.equal(bound.settle(at(7000)), 0);
  });

  it('has a deadline while it has something to tell', () => {
    const bound = new FloodBound(1);
    bound.settle(at(5000));
    bound.take();
    assert.equal(bound.deadline, undefined);
    bound.take();
    assert.equal(bound.deadline, 6000);
    assert.equal(bound.settle(at(6000)), 1);
    assert.equal(bound.deadline, undefined);
  });
});
