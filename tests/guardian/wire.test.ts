import assert from 'node:assert/strict';
import { profileOf } from '../../runtime/guardian/settings.ts';
import { MOST_OUTSTANDING, Wire } from '../../runtime/guardian/wire.ts';
import { epochMilliseconds, type Instant, milliseconds } from '../../runtime/units.ts';
import { gatekeeperAt, PLAIN_TIMERS, TERMINAL_ID } from '../support/guardian-bench.ts';

const at = (ms: number): Instant => ({ monotonic: milliseconds(ms), epoch: epochMilliseconds(1_750_000_000_000 + ms) });

function unsignedWire() {
  const profile = profileOf({
    terminalId: TERMINAL_ID,
    rasAddress: { address: '192.0.2.10', port: 1719 },
    callSignalAddress: { address: '192.0.2.10', port: 1720 },
    gatekeepers: [gatekeeperAt('gk-1', 1)],
    unsigned: true,
    timers: PLAIN_TIMERS,
  });
  const [gatekeeper] = profile.gatekeepers;
  assert(gatekeeper !== undefined);
  const numbers: number[] = [];
  const deps = { sign: (octets: Uint8Array) => octets, random32: () => 41, guid: () => new Uint8Array(16) };
  const wire = new Wire(profile, deps, (alone) => [alone]);
  const build = ({ requestSeqNum }: { requestSeqNum: number }) => {
    numbers.push(requestSeqNum);
    return { kind: 'infoRequestAck', value: { requestSeqNum } } as const;
  };
  return { wire, gatekeeper, numbers, build };
}

describe("a terminal's requests", () => {
  it('go once around the numbers without that of one that waits for its answer', () => {
    const { wire, gatekeeper, numbers, build } = unsignedWire();
    wire.request({ kind: 'renew' }, build, gatekeeper, at(0));
    assert.deepEqual(numbers, [42]);
    for (let i = 0; i < 65_535; i++) wire.indicate(build, gatekeeper, at(0));
    wire.takeEffects();
    assert.deepEqual(numbers.slice(0, 3), [42, 43, 44]);
    assert.deepEqual(numbers.slice(-2), [41, 43]);
    assert.equal(new Set(numbers).size, 65_535);
  });

  it('are never more than the limit at once', () => {
    const { wire, gatekeeper, build } = unsignedWire();
    for (let i = 0; i < MOST_OUTSTANDING; i++) wire.request({ kind: 'renew' }, build, gatekeeper, at(0));
    assert.throws(() => wire.request({ kind: 'renew' }, build, gatekeeper, at(0)), RangeError);
    assert.equal(wire.takeEffects().length, MOST_OUTSTANDING);
  });

  it('are given up one by one, each after its last repetition', () => {
    const { wire, gatekeeper, build } = unsignedWire();
    wire.request({ kind: 'renew' }, build, gatekeeper, at(0));
    wire.request({ kind: 'report' }, build, gatekeeper, at(500));
    for (const [ms, given] of [
      [1000, undefined],
      [1500, undefined],
      [2000, undefined],
      [2500, undefined],
      [3000, 'renew'],
      [3499, undefined],
      [3500, 'report'],
    ] as const)
      assert.equal(wire.advance(at(ms))?.purpose.kind, given, `${ms} ms`);
    assert.equal(wire.nextDeadline(), undefined);
  });
});
