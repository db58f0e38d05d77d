import assert from 'node:assert/strict';
import { systemClock } from '../../runtime/adapters/clock.ts';
import { type Milliseconds, milliseconds } from '../../runtime/units.ts';

const inMs = (ms: number): Milliseconds => milliseconds(systemClock.now().monotonic + ms);

describe("the system's clock", () => {
  it('never calls before its time', async () => {
    for (const delay of [0, 0.3, 1, 1.9, 5.5]) {
      const at = inMs(delay);
      await new Promise<void>((resolve) => systemClock.setTimer(at, resolve));
      assert(systemClock.now().monotonic >= at, `${delay} ms`);
    }
  });

  it('calls at once, but not synchronously, where the time is past', async () => {
    let called = false;
    const done = new Promise<void>((resolve) =>
      systemClock.setTimer(inMs(-1000), () => {
        called = true;
        resolve();
      }),
    );
    assert.equal(called, false);
    await done;
  });

  it('does not take months for no time at all', async () => {
    let called = false;
    const cancel = systemClock.setTimer(inMs(2 ** 40), () => {
      called = true;
    });
    await new Promise<void>((resolve) => systemClock.setTimer(inMs(20), resolve));
    cancel();
    assert.equal(called, false);
  });

  it('does not call when it is cancelled, also twice or too late', async () => {
    let calls = 0;
    const cancel = systemClock.setTimer(inMs(1), () => calls++);
    cancel();
    cancel();
    await new Promise<void>((resolve) => systemClock.setTimer(inMs(10), resolve));
    assert.equal(calls, 0);
    const late = systemClock.setTimer(inMs(0), () => calls++);
    await new Promise<void>((resolve) => systemClock.setTimer(inMs(10), resolve));
    late();
    assert.equal(calls, 1);
  });

  it('tells both times, of which the monotonic one never goes back', () => {
    let last = systemClock.now();
    for (let i = 0; i < 1000; i++) {
      const now = systemClock.now();
      assert(now.monotonic >= last.monotonic);
      last = now;
    }
    assert(last.epoch > Date.UTC(2025, 0));
  });
});
