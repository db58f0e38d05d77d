import assert from 'node:assert/strict';
import { GatekeeperLab, guardian, reasonOf, tagOf, tags } from '../support/gatekeeper-lab.ts';

const technical = guardian(1);
const civic = guardian(2);
const terminals = [technical, civic];

/** Both guardians in call 1. */
function inCall(): GatekeeperLab {
  const lab = new GatekeeperLab({ terminals });
  for (const terminal of terminals) lab.register(terminal);
  lab.admit(technical, 1, { bandWidth: 30_000 });
  lab.admit(civic, 1, { answerCall: true });
  return lab;
}

describe('disengage (DRQ)', () => {
  it('refuses who is not registered', () => {
    const lab = new GatekeeperLab({ terminals });
    const answer = lab.ask(lab.drq(technical, 1), technical);
    assert.deepEqual([tagOf(answer), reasonOf(answer)], ['DRJ', 'notRegistered']);
  });

  it("ends one's own leg; the other end's lives on with what it was granted", () => {
    const lab = inCall();
    assert.equal(tagOf(lab.ask(lab.drq(technical, 1), technical)), 'DCF');
    assert.deepEqual([lab.state.calls.size, lab.state.calls.legs, lab.state.calls.units], [1, 1, 10_000]);
    assert.equal(tagOf(lab.ask(lab.drq(civic, 1, { answeredCall: true }), civic)), 'DCF');
    assert.deepEqual([lab.state.calls.size, lab.state.calls.legs, lab.state.calls.units], [0, 0, 0]);
  });

  it('confirms a call that nobody knows, as it is over already', () => {
    const lab = inCall();
    const { sent, events } = lab.send(lab.drq(technical, 9), technical);
    assert.deepEqual([tagOf(sent[0]?.message ?? assert.fail()), events.at(-1)?.detail], ['DCF', 'no such call']);
    assert.equal(lab.state.calls.legs, 2);
  });

  it("of another's call changes nothing, by call or by identifier", () => {
    const lab = inCall();
    lab.ask(lab.drq(civic, 1, { answeredCall: true }), civic);
    assert.equal(tagOf(lab.ask(lab.drq(civic, 1), civic)), 'DCF');
    const endpointIdentifier = lab.identifier(technical);
    assert.equal(tagOf(lab.ask(lab.drq(civic, 1, { endpointIdentifier }), civic)), 'DRJ');
    assert.deepEqual([lab.state.calls.legs, lab.state.calls.units], [1, 30_000]);
  });

  it('finds the leg of an old peer that does not say which end it is', () => {
    const lab = inCall();
    lab.ask(lab.drq(civic, 1, { answeredCall: undefined }), civic);
    assert.equal(lab.state.calls.legs, 1);
  });
});

describe('status report (IRR)', () => {
  it('is acknowledged where it asks for that, and only then', () => {
    const lab = inCall();
    const answer = lab.ask(lab.irr(technical), technical);
    assert.deepEqual([tagOf(answer), 'requestSeqNum' in answer.value && answer.value.requestSeqNum], ['IACK', 5]);
    assert.deepEqual(tags(lab.send(lab.irr(technical, { needResponse: false }), technical)), []);
  });

  it('is refused from who is not registered, or speaks for another', () => {
    const lab = inCall();
    for (const endpointIdentifier of ['x', lab.identifier(technical)]) {
      const answer = lab.ask(lab.irr(civic, { endpointIdentifier }), civic);
      assert.deepEqual([tagOf(answer), reasonOf(answer)], ['INAK', 'notRegistered']);
      assert.deepEqual(tags(lab.send(lab.irr(civic, { endpointIdentifier, needResponse: false }), civic)), []);
    }
  });

  it('does not renew the registration', () => {
    const lab = inCall();
    lab.pass(59_000);
    lab.ask(lab.irr(technical), technical);
    assert(tags(lab.pass(2000)).includes('URQ'));
  });
});
