import assert from 'node:assert/strict';
import { policyCodeOf } from '../../runtime/h225/index.ts';
import { bitsPerSecond } from '../../runtime/units.ts';
import { GatekeeperLab, guardian, labTerminal, registryOf } from '../support/gatekeeper-lab.ts';

const technical = guardian(1);
const mcu = labTerminal('if://council/mcu', { n: 3, kind: 'infrastructure', quota: 5_000_000, maxSessions: 9 });
const terminals = [technical, mcu];

/** The technical guardian in call 1 with 10,000 units. */
function inCall(config = {}): GatekeeperLab {
  const lab = new GatekeeperLab({ terminals, config });
  for (const terminal of terminals) lab.register(terminal);
  lab.admit(technical, 1);
  return lab;
}

function change(lab: GatekeeperLab, bandWidth: number, terminal = technical, call = 1, more = {}) {
  const answer = lab.ask(lab.brq(terminal, call, { bandWidth, ...more }), terminal);
  if (answer.kind === 'bandwidthConfirm') return answer.value.bandWidth;
  assert(answer.kind === 'bandwidthReject');
  const { rejectReason, allowedBandWidth, nonStandardData } = answer.value;
  return [rejectReason.kind, allowedBandWidth, policyCodeOf(nonStandardData)];
}

describe('bandwidth change (BRQ)', () => {
  it('refuses who is not registered, and calls that are not there', () => {
    const lab = inCall();
    assert.deepEqual(change(lab, 1, technical, 2), ['invalidConferenceID', 0, undefined]);
    assert.deepEqual(change(lab, 1, technical, 1, { answeredCall: true }), ['invalidConferenceID', 0, undefined]);
    assert.deepEqual(change(lab, 1, technical, 1, { endpointIdentifier: 'x' }), ['notBound', 0, undefined]);
    assert.deepEqual(change(lab, 1, mcu, 1, { endpointIdentifier: lab.identifier(technical) }), [
      'notBound',
      0,
      undefined,
    ]);
    assert.equal(lab.state.calls.units, 10_000);
  });

  it('grants more and less, and keeps the sums', () => {
    const lab = inCall();
    for (const bandWidth of [20_000, 50_000, 5_000, 0, 50_000]) {
      assert.equal(change(lab, bandWidth), bandWidth);
      assert.equal(lab.state.calls.units, bandWidth);
    }
  });

  it('grants a part of a raise, up to the quota', () => {
    const lab = inCall();
    assert.equal(change(lab, 60_000), 50_000);
    assert.equal(lab.state.calls.units, 50_000);
  });

  it('refuses a raise where there is nothing more to have, and says what may be had', () => {
    const lab = inCall();
    change(lab, 50_000);
    assert.deepEqual(change(lab, 60_000), ['insufficientResources', 50_000, 'QUOTA_EXCEEDED']);
    assert.equal(lab.state.calls.units, 50_000);
    assert.equal(lab.state.statistics.refused.QUOTA_EXCEEDED, 1);
  });

  it("refuses a raise over the council's total, though the quota has room", () => {
    const lab = inCall({ councilBandwidth: bitsPerSecond(2_000_000) });
    lab.admit(mcu, 2, { bandWidth: 30_000 });
    assert.deepEqual(change(lab, 20_000), ['insufficientResources', 10_000, 'QUOTA_EXCEEDED']);
    assert.equal(change(lab, 30_000, mcu, 2), 30_000);
  });

  it("counts a machine's other calls", () => {
    const lab = inCall();
    lab.admit(mcu, 2, { bandWidth: 60_000 });
    lab.admit(mcu, 3, { bandWidth: 30_000 });
    assert.equal(change(lab, 90_000, mcu, 3), 40_000);
    assert.equal(lab.state.calls.units, 110_000);
  });

  it('lets a terminal give up a part, even of more than it may have by now', () => {
    const lab = inCall();
    change(lab, 50_000);
    const poorer = { ...technical.record, quota: bitsPerSecond(1_000_000) };
    lab.gatekeeper.replaceRegistry(registryOf([poorer, mcu.record]), lab.now);
    assert.deepEqual(change(lab, 50_000), ['insufficientResources', 20_000, 'QUOTA_EXCEEDED']);
    assert.equal(change(lab, 40_000), 40_000);
    assert.deepEqual(change(lab, 45_000), ['insufficientResources', 20_000, 'QUOTA_EXCEEDED']);
    assert.equal(change(lab, 20_000), 20_000);
  });

  it('finds the end of the call where an old peer does not say which it is', () => {
    const lab = inCall();
    lab.admit(mcu, 1, { answerCall: true });
    assert.equal(change(lab, 20_000, mcu, 1, { answeredCall: undefined }), 20_000);
    assert.equal(lab.state.calls.units, 20_000);
  });
});
