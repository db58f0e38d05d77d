import assert from 'node:assert/strict';
import fc from 'fast-check';
import { type Expiring, ExpiryWheel } from '../../runtime/gatekeeper/expiry-wheel.ts';
import { milliseconds } from '../../runtime/units.ts';

const at = milliseconds;
const entry = (expiresAt: number): Expiring => ({ expiresAt: at(expiresAt) });

/** Advances at each deadline up to `until`; gives when what ran out. */
function run(wheel: ExpiryWheel<Expiring>, until: number): { at: number; entry: Expiring }[] {
  const out: { at: number; entry: Expiring }[] = [];
  for (;;) {
    const { deadline } = wheel;
    if (deadline === undefined || deadline > until) return out;
    for (const expired of wheel.advance(deadline)) out.push({ at: deadline, entry: expired });
    assert(wheel.deadline === undefined || wheel.deadline > deadline, 'the deadline must move on');
  }
}

describe('expiry wheel', () => {
  it('has no deadline without entries, and gives nothing', () => {
    const wheel = new ExpiryWheel<Expiring>();
    const only = entry(5000);
    wheel.remove(only);
    assert.deepEqual([wheel.deadline, wheel.advance(at(1e9))], [undefined, []]);
    wheel.add(only);
    wheel.remove(only);
    assert.deepEqual([wheel.deadline, wheel.advance(at(1e9))], [undefined, []]);
  });

  for (const expiresAt of [0, 1, 999, 1000, 1001, 4999, 5000])
    it(`gives what ends at ${expiresAt} ms then or in the second that follows, once`, () => {
      const wheel = new ExpiryWheel<Expiring>();
      wheel.add(entry(expiresAt));
      if (expiresAt > 0) assert.deepEqual(wheel.advance(at(expiresAt - 1)), []);
      const [expired, ...more] = run(wheel, 10_000);
      assert(expired !== undefined && more.length === 0);
      assert(expired.at >= expiresAt && expired.at < expiresAt + 1000, `${expired.at}`);
    });

  it('gives an entry that was put off at its new end, without being told', () => {
    const wheel = new ExpiryWheel<Expiring>();
    const lively = entry(3000);
    wheel.add(lively);
    lively.expiresAt = at(62_500);
    assert.deepEqual(
      run(wheel, 100_000).map((expired) => expired.at),
      [63_000],
    );
  });

  it('gives an entry whose end came nearer, when it is added again', () => {
    const wheel = new ExpiryWheel<Expiring>();
    const hasty = entry(60_000);
    wheel.add(hasty);
    hasty.expiresAt = at(2000);
    wheel.add(hasty);
    assert.deepEqual(
      run(wheel, 100_000).map((expired) => expired.at),
      [2000],
    );
  });

  it('catches up after a long time without being called', () => {
    const wheel = new ExpiryWheel<Expiring>();
    for (let i = 0; i < 100; i++) wheel.add(entry(i * 777));
    assert.equal(wheel.advance(at(1e7)).length, 100);
    assert.equal(wheel.deadline, undefined);
  });

  it('never gives an entry early, late by more than a second, or twice (any entries, moved, removed, put off)', () => {
    const action = fc.record({
      n: fc.nat(9),
      what: fc.constantFrom('add', 'putOff', 'nearer', 'remove', 'wait'),
      ms: fc.nat(20_000),
    });
    fc.assert(
      fc.property(fc.array(action, { maxLength: 60 }), (actions) => {
        const wheel = new ExpiryWheel<Expiring>();
        const live = new Map<number, Expiring>();
        let now = 0;
        const wait = (until: number): void => {
          for (const expired of run(wheel, until)) {
            assert([...live.values()].includes(expired.entry), 'gone already');
            assert(expired.at >= expired.entry.expiresAt && expired.at < expired.entry.expiresAt + 1000);
            for (const [n, known] of live) if (known === expired.entry) live.delete(n);
          }
          now = until;
          for (const { expiresAt } of live.values()) assert(expiresAt + 1000 > now, 'overdue');
        };
        for (const { n, what, ms } of actions) {
          const known = live.get(n);
          if (what === 'wait') wait(now + ms);
          else if (what === 'add' && known === undefined) {
            live.set(n, entry(now + ms));
            wheel.add(live.get(n) ?? entry(0));
          } else if (known !== undefined && what === 'putOff') known.expiresAt = at(known.expiresAt + ms);
          else if (known !== undefined && what === 'nearer') {
            known.expiresAt = at(Math.max(now, known.expiresAt - ms));
            wheel.add(known);
          } else if (known !== undefined && what === 'remove') {
            live.delete(n);
            wheel.remove(known);
          }
        }
        wait(now + 100 * 20_000);
        assert.equal(live.size, 0);
      }),
      { seed: 20_261_121, numRuns: 200 },
    );
  });
});
