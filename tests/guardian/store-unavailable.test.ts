import assert from 'node:assert/strict';
import { type CallHandle, DEFAULT_TIMERS } from '../../runtime/guardian/index.ts';
import { bandwidthUnits } from '../../runtime/units.ts';
import { GuardianBench, gatekeeperAt, type Sent } from '../support/guardian-bench.ts';
import { ScriptedGatekeeper, say } from '../support/scripted-gatekeeper.ts';

const member = (host: number): ScriptedGatekeeper => new ScriptedGatekeeper('zone', gatekeeperAt('zone', host).ras);
const [primary, secondary] = [member(1), member(2)];
const MCU = { kind: 'url-ID', value: 'if://council/mcu' } as const;

function registered(gatekeepers = [primary, secondary]): GuardianBench {
  const bench = new GuardianBench({ gatekeepers, timers: DEFAULT_TIMERS });
  bench.register(primary, 'ep-1', { timeToLive: 60 });
  return bench;
}

const ask = (bench: GuardianBench): CallHandle =>
  bench.do((terminal, now) => terminal.admit({ destination: MCU, bandwidth: bandwidthUnits(50_000) }, now));

const hostOf = (bench: GuardianBench): string => bench.terminal.gatekeeper.ras.address;

function assertSameOctets(sent: readonly Sent[]): void {
  assert.equal(new Set(sent.map(({ octets }) => Buffer.from(octets).toString('hex'))).size, 1);
}

describe('an ARQ where the store that gatekeepers share cannot be reached', () => {
  const unavailable = say.arj('resourceUnavailable', 'STORE_UNAVAILABLE');

  it('is made again until the patience ends, and is refused with that reason', () => {
    const bench = registered();
    const call = ask(bench);
    const asked = bench.last('ARQ');
    for (let i = 0; i < 100 && bench.ofKind('admissionRefused').length === 0; i++) {
      bench.answer(primary, asked, unavailable);
      bench.answer(secondary, asked, unavailable);
      bench.wait(100);
    }
    assert.deepEqual(bench.only('admissionRefused'), {
      kind: 'admissionRefused',
      call,
      reason: 'resourceUnavailable',
      policy: 'STORE_UNAVAILABLE',
    });
    assertSameOctets(bench.sent.filter(({ tag }) => tag === 'ARQ'));
    assert.deepEqual(bench.ofKind('gatekeeperLost'), []);
    assert.equal(bench.exchanges.at(-1)?.answer, 'ARJ');
    assert.equal(bench.terminal.phase, 'registered');
    // One of them may have granted it before the store was lost.
    assert.deepEqual(
      bench.said('disengageRequest').value.callIdentifier,
      bench.said('admissionRequest').value.callIdentifier,
    );
  });

  it('is sent to the other gatekeeper at once, which may have one', () => {
    const bench = registered();
    const call = ask(bench);
    const from = bench.sent.length;
    bench.answer(primary, bench.last('ARQ'), unavailable);
    assert.equal(bench.sent.length, from + 1);
    assert.deepEqual(bench.last('ARQ').to, secondary.ras);
    bench.answer(secondary, bench.last('ARQ'), say.acf(50_000));
    assert.equal(bench.only('admitted').call, call);
    assert.equal(hostOf(bench), secondary.ras.address);
  });

  it('is made again of a gatekeeper that is alone, until the store is back', () => {
    const bench = registered([primary]);
    ask(bench);
    const asked = bench.last('ARQ');
    bench.answer(primary, asked, unavailable);
    bench.wait(100);
    assertSameOctets([asked, bench.last('ARQ')]);
    bench.answer(primary, asked, say.acf(50_000));
    bench.only('admitted');
    assert.deepEqual(bench.ofKind('admissionRefused'), []);
  });
});
