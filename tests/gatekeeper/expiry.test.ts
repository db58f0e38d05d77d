import assert from 'node:assert/strict';
import { GATEKEEPER_ID, GatekeeperLab, guardian, guid, tagOf, tags } from '../support/gatekeeper-lab.ts';

const technical = guardian(1);
const civic = guardian(2);
const terminals = [technical, civic];

describe('time-to-live', () => {
  it('ends a registration when it has run out, not before and at most a second late', () => {
    const lab = new GatekeeperLab({ terminals });
    lab.pass(123);
    lab.register(technical, { timeToLive: 10 });
    assert.deepEqual(tags(lab.pass(9_999)), []);
    assert.equal(lab.state.endpoints.size, 1);
    assert.deepEqual(tags(lab.pass(1_001)), ['URQ']);
    assert.deepEqual([lab.state.endpoints.size, lab.state.statistics.expired], [0, 1]);
    assert.equal(tagOf(lab.ask(lab.keepAlive(technical), technical)), 'RRJ');
  });

  it('tells the terminal, signed for it under a random of its own: DRQ for each call, then URQ', () => {
    const lab = new GatekeeperLab({ terminals });
    const identifier = lab.register(technical);
    lab.register(civic);
    lab.admit(technical, 1);
    lab.admit(civic, 1, { answerCall: true });
    lab.pass(40_000);
    lab.ask(lab.keepAlive(civic), civic);
    const { sent, events } = lab.pass(21_000);
    const [first, second] = sent;
    assert(first?.message.kind === 'disengageRequest' && second?.message.kind === 'unregistrationRequest');
    assert.equal(sent.length, 2);
    const { disengageReason, callIdentifier, answeredCall, gatekeeperIdentifier } = first.message.value;
    assert.deepEqual([disengageReason.kind, answeredCall, gatekeeperIdentifier], ['forcedDrop', false, GATEKEEPER_ID]);
    assert.deepEqual(callIdentifier?.guid, guid(1));
    assert.deepEqual(
      [second.message.value.reason?.kind, second.message.value.endpointIdentifier],
      ['ttlExpired', identifier],
    );
    for (const { token, to } of sent)
      assert.deepEqual([token?.generalID, to], [technical.record.terminalId, technical.ras]);
    assert.notEqual(first.token?.random, second.token?.random);
    assert.deepEqual(
      events.map(({ msgType, terminalId, reason }) => [msgType, terminalId, reason]),
      [
        ['DRQ', technical.record.terminalId, 'forcedDrop'],
        ['URQ', technical.record.terminalId, 'ttlExpired'],
      ],
    );
    // The other end's leg is its own.
    assert.deepEqual([lab.state.calls.legs, lab.state.calls.units], [1, 10_000]);
  });

  it('is put off by each keep-alive, and may come nearer with one', () => {
    const lab = new GatekeeperLab({ terminals });
    lab.register(technical);
    for (let minute = 0; minute < 10; minute++) {
      assert.deepEqual(tags(lab.pass(59_000)), []);
      lab.ask(lab.keepAlive(technical), technical);
    }
    lab.ask(lab.keepAlive(technical, { timeToLive: 5 }), technical);
    assert.deepEqual(tags(lab.pass(4_999)), []);
    assert.deepEqual(tags(lab.pass(1_001)), ['URQ']);
  });

  it('is put off for all by extendRegistrations, and for nobody brought nearer', () => {
    const lab = new GatekeeperLab({ terminals });
    lab.register(technical, { timeToLive: 2 });
    lab.register(civic);
    lab.gatekeeper.extendRegistrations(lab.now);
    assert.deepEqual(tags(lab.pass(59_999)), []);
    assert.deepEqual(tags(lab.pass(1001)), ['URQ', 'URQ']);
  });

  it('runs by the monotonic clock, whoever sets the other one', () => {
    const lab = new GatekeeperLab({ terminals });
    lab.register(technical);
    lab.setWallClock(86_400_000);
    assert.deepEqual(tags(lab.pass(59_000)), []);
    lab.setWallClock(-2 * 86_400_000);
    assert.deepEqual(tags(lab.pass(2000)), ['URQ']);
  });

  it('needs no timer when nobody is registered', () => {
    const lab = new GatekeeperLab({ terminals });
    assert.equal(lab.gatekeeper.nextDeadline(), undefined);
    lab.register(technical);
    assert.notEqual(lab.gatekeeper.nextDeadline(), undefined);
    lab.ask(lab.urq(technical), technical);
    assert.equal(lab.gatekeeper.nextDeadline(), undefined);
  });
});
