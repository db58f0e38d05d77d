import assert from 'node:assert/strict';
import { policyCodeOf } from '../../runtime/h225/index.ts';
import { bitsPerSecond, unitsForOneWayRate } from '../../runtime/units.ts';
import { GatekeeperLab, guardian, labTerminal, registryOf } from '../support/gatekeeper-lab.ts';

const technical = guardian(1, { quota: 2_500_000 });
const civic = guardian(2, { quota: 2_000_000 });
const mcu = labTerminal('if://council/mcu', { n: 3, kind: 'infrastructure', quota: 2_500_000, maxSessions: 9 });
const terminals = [technical, civic, mcu];

function registered(config = {}): GatekeeperLab {
  const lab = new GatekeeperLab({ terminals, config });
  for (const terminal of terminals) lab.register(terminal);
  return lab;
}

/** What an ARQ is granted, or the policy that refuses it. */
function granted(lab: GatekeeperLab, terminal: typeof technical, call: number, bandWidth: number, answerCall = false) {
  const answer = lab.ask(lab.arq(terminal, call, { bandWidth, answerCall }), terminal);
  if (answer.kind === 'admissionConfirm') return answer.value.bandWidth;
  assert(answer.kind === 'admissionReject');
  return policyCodeOf(answer.value.nonStandardData);
}

describe('bandwidth quotas, in units of 100 bit/s, both directions', () => {
  it('2.5 Mbit/s one way are 50,000 units; half a unit is not granted', () => {
    assert.equal(unitsForOneWayRate(bitsPerSecond(2_500_000)), 50_000);
    assert.equal(unitsForOneWayRate(bitsPerSecond(99)), 1);
  });

  it('a stock endpoint that asks for 10 Mbit/s (100,000 units) gets the quota', () => {
    const lab = registered();
    assert.equal(granted(lab, technical, 1, 100_000), 50_000);
    assert.equal(granted(lab, civic, 2, 0xffff_ffff), 40_000);
  });

  it('who asks for less gets that', () => {
    assert.equal(granted(registered(), technical, 1, 1), 1);
    assert.equal(granted(registered(), technical, 1, 0), 0);
  });

  it("a machine's second call gets what its first leaves, and a third nothing", () => {
    const lab = registered();
    assert.equal(granted(lab, mcu, 1, 30_000), 30_000);
    assert.equal(granted(lab, mcu, 2, 30_000), 20_000);
    assert.equal(granted(lab, mcu, 3, 30_000), 'QUOTA_EXCEEDED');
    lab.ask(lab.drq(mcu, 1), mcu);
    assert.equal(granted(lab, mcu, 3, 40_000), 30_000);
  });

  it('what is less than worthwhile is not granted, unless no more was asked for', () => {
    const lab = registered();
    assert.equal(granted(lab, mcu, 1, 48_721), 48_721);
    // 1,279 units are left, 64 kbit/s one way are 1,280.
    assert.equal(granted(lab, mcu, 2, 30_000), 'QUOTA_EXCEEDED');
    assert.equal(granted(lab, mcu, 2, 1_280), 'QUOTA_EXCEEDED');
    assert.equal(granted(lab, mcu, 2, 1_279), 1_279);
  });

  it("the council's total counts a call once, with the larger of its ends", () => {
    const lab = registered({ councilBandwidth: bitsPerSecond(3_000_000) });
    assert.equal(granted(lab, technical, 1, 50_000), 50_000);
    assert.equal(granted(lab, mcu, 1, 50_000, true), 50_000);
    assert.equal(lab.state.calls.units, 50_000);
    assert.equal(granted(lab, civic, 2, 40_000), 10_000);
    lab.ask(lab.drq(technical, 1), technical);
    assert.equal(lab.state.calls.units, 60_000);
    lab.ask(lab.drq(mcu, 1, { answeredCall: true }), mcu);
    assert.equal(lab.state.calls.units, 10_000);
  });

  it('an end of a call may always have what its other end has, and beyond that what the council has left', () => {
    const lab = registered({ councilBandwidth: bitsPerSecond(2_500_000) });
    assert.equal(granted(lab, technical, 1, 20_000), 20_000);
    assert.equal(granted(lab, civic, 2, 30_000), 30_000);
    assert.equal(granted(lab, mcu, 1, 50_000, true), 20_000);
    assert.equal(granted(lab, mcu, 2, 50_000, true), 30_000);
    assert.equal(lab.state.calls.units, 50_000);
  });

  it('the same call asked for again is not counted twice', () => {
    const lab = registered();
    for (const bandWidth of [50_000, 10_000, 100_000]) granted(lab, technical, 1, bandWidth);
    assert.deepEqual([lab.state.calls.units, lab.state.calls.size], [50_000, 1]);
  });

  it('a new quota counts from the next request on', () => {
    const lab = registered();
    granted(lab, technical, 1, 50_000);
    const poorer = { ...technical.record, quota: bitsPerSecond(1_000_000) };
    lab.gatekeeper.replaceRegistry(registryOf([poorer, civic.record, mcu.record]), lab.now);
    assert.equal(lab.state.calls.units, 50_000);
    assert.equal(granted(lab, technical, 1, 50_000), 20_000);
    assert.equal(lab.state.calls.units, 20_000);
  });
});
