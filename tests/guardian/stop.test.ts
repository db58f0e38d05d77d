import assert from 'node:assert/strict';
import { bandwidthUnits } from '../../runtime/units.ts';
import { GuardianBench, gatekeeperAt } from '../support/guardian-bench.ts';
import { ScriptedGatekeeper, say } from '../support/scripted-gatekeeper.ts';

const place = gatekeeperAt('gk-1', 1);
const gk = new ScriptedGatekeeper(place.gatekeeperId, place.ras);
const MCU = { kind: 'url-ID', value: 'if://council/mcu' } as const;

/** A registered terminal with live calls and one that is asked for. */
function busy(live: number, asked = 0): GuardianBench {
  const bench = new GuardianBench({ gatekeepers: [gk] });
  bench.register(gk, 'ep-1', { timeToLive: 600 });
  for (let i = 0; i < live + asked; i++) {
    bench.do((terminal, now) => terminal.admit({ destination: MCU, bandwidth: bandwidthUnits(1000) }, now));
    if (i < live) bench.answer(gk, bench.last('ARQ'), say.acf(1000));
  }
  return bench;
}

const stop = (bench: GuardianBench): void => bench.do((terminal, now) => terminal.stop(now));

describe('a terminal that stops', () => {
  it('does not wait for ever for a gatekeeper that is silent', () => {
    const bench = busy(3, 1);
    stop(bench);
    assert.equal(bench.terminal.phase, 'leaving');
    bench.wait(3000);
    assert.deepEqual(bench.only('stopped'), { kind: 'stopped', confirmed: false });
    assert.deepEqual(bench.last('URQ').to, gk.ras); // told all the same
    assert.deepEqual(
      bench.ofKind('disengaged').map(({ confirmed }) => confirmed),
      [false, false, false],
    );
    assert.equal(bench.only('admissionRefused').reason, 'stopped');
    assert.equal(bench.terminal.nextDeadline(), undefined);
    assert.equal(bench.terminal.calls.size, 0);
  });

  it('does not wait for ever where a gatekeeper answers DRQs alone', () => {
    const bench = busy(1);
    stop(bench);
    bench.answer(gk, bench.last('DRQ'), say.dcf());
    bench.wait(3000);
    assert.equal(bench.only('stopped').confirmed, false);
  });

  it('disengages its calls, then unregisters', () => {
    const bench = busy(2);
    const from = bench.sent.length;
    stop(bench);
    const [first, second] = bench.sent.slice(from);
    assert(first !== undefined && second !== undefined);
    bench.answer(gk, second, say.dcf());
    assert.deepEqual(bench.tags(from), ['DRQ', 'DRQ']);
    bench.answer(gk, first, say.drj());
    assert.deepEqual(bench.tags(from), ['DRQ', 'DRQ', 'URQ']);
    assert.equal(bench.said('unregistrationRequest').value.endpointIdentifier, 'ep-1');
    bench.answer(gk, bench.last('URQ'), say.ucf());
    assert.equal(bench.only('stopped').confirmed, true);
    assert.deepEqual(
      bench.ofKind('disengaged').map(({ confirmed }) => confirmed),
      [true, true],
    );
  });

  it('ends what may have been granted without its knowing', () => {
    const bench = busy(0, 1);
    stop(bench);
    assert.deepEqual(
      bench.said('disengageRequest').value.callIdentifier,
      bench.said('admissionRequest').value.callIdentifier,
    );
    bench.answer(gk, bench.last('DRQ'), say.dcf());
    bench.answer(gk, bench.last('URQ'), say.ucf());
    assert.deepEqual(bench.ofKind('disengaged'), []);
    assert.equal(bench.only('stopped').confirmed, true);
  });

  it('stops at once where it has not begun, or no gatekeeper can know of it', () => {
    const idle = new GuardianBench({ gatekeepers: [gk] });
    stop(idle);
    idle.only('stopped');
    assert.deepEqual(idle.sent, []);
    const looking = new GuardianBench({ gatekeepers: [gk] });
    looking.do((terminal, now) => terminal.start(now));
    stop(looking);
    looking.only('stopped');
    assert.deepEqual(looking.tags(), ['GRQ']);
  });

  it('unregisters by its address where the RCF is still under way', () => {
    const bench = new GuardianBench({ gatekeepers: [gk] });
    bench.do((terminal, now) => terminal.start(now));
    bench.answer(gk, bench.last('GRQ'), say.gcf(gk));
    stop(bench);
    const { value } = bench.said('unregistrationRequest');
    assert.equal(value.endpointIdentifier, undefined);
    assert.equal(value.callSignalAddress.length, 1);
    bench.answer(gk, bench.last('URQ'), say.ucf());
    assert.equal(bench.only('stopped').confirmed, true);
  });

  it('is done where the gatekeeper throws it out meanwhile', () => {
    const bench = busy(1);
    stop(bench);
    bench.order(gk, say.urq('ep-1', 'ttlExpired'));
    assert.equal(bench.only('stopped').confirmed, true);
    assert.equal(bench.tags().at(-1), 'UCF');
    bench.only('disengaged');
  });

  it('does so once, and hears nothing afterwards', () => {
    const bench = busy(0);
    stop(bench);
    stop(bench);
    bench.answer(gk, bench.last('URQ'), say.ucf());
    stop(bench);
    bench.only('stopped');
    const sent = bench.sent.length;
    bench.order(gk, say.urq('ep-1'));
    bench.do((terminal, now) => terminal.start(now));
    assert.equal(bench.sent.length, sent);
    assert.equal(bench.terminal.phase, 'stopped');
  });
});
