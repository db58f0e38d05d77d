import assert from 'node:assert/strict';
import { GatekeeperLab, guardian, reasonOf, tagOf, tags } from '../support/gatekeeper-lab.ts';

const technical = guardian(1);
const attacker = { address: '198.51.100.66', port: 6666 };

/** A guardian that is in call 1, its ARQ, and the answer to that. */
function inCall() {
  const lab = new GatekeeperLab({ terminals: [technical] });
  lab.register(technical);
  const octets = lab.sign(lab.arq(technical, 1), technical);
  const [answer] = lab.deliver(octets, technical.ras).sent;
  assert(answer?.message.kind === 'admissionConfirm');
  return { lab, octets, answer };
}

describe('a retransmission (same octets, same address)', () => {
  it('gets the stored octets again, though the answer would be signed anew now, and admits nobody twice', () => {
    const { lab, octets, answer } = inCall();
    for (let time = 0; time < 3; time++) {
      lab.pass(3000);
      const { sent, events, verdicts } = lab.deliver(Buffer.from(octets), technical.ras);
      assert.deepEqual(
        sent.map(({ octets: again, to }) => [again.toString('hex'), to]),
        [[answer.octets.toString('hex'), technical.ras]],
      );
      assert.deepEqual(
        events.map(({ msgType, retransmission }) => [msgType, retransmission]),
        [
          ['ARQ', true],
          ['ACF', true],
        ],
      );
      assert.deepEqual(verdicts, [], 'nothing is verified again');
    }
    const { admissions, retransmissions, replays } = lab.state.statistics;
    assert.deepEqual([lab.state.calls.legs, admissions, retransmissions, replays], [1, 1, 3, 0]);
  });

  it('of a DRQ gets its DCF, and of an RRQ its RCF without a second start', () => {
    const { lab } = inCall();
    for (const message of [lab.drq(technical, 1), lab.rrq(technical)]) {
      const octets = lab.sign(message, technical);
      const first = lab.deliver(octets, technical.ras);
      const second = lab.deliver(octets, technical.ras);
      assert.deepEqual(second.sent[0]?.octets, first.sent[0]?.octets);
    }
    assert.equal(lab.state.endpoints.size, 1);
  });

  it('of a request that was rejected gets the same reject', () => {
    const { lab } = inCall();
    const octets = lab.sign(lab.arq(technical, 2), technical);
    const first = lab.deliver(octets, technical.ras);
    assert.deepEqual(tags(first), ['ARJ']);
    lab.ask(lab.drq(technical, 1), technical);
    assert.deepEqual(lab.deliver(octets, technical.ras).sent[0]?.octets, first.sent[0]?.octets);
    assert.equal(lab.state.calls.legs, 0);
  });

  it('of an IRR that wants no answer gets none', () => {
    const { lab } = inCall();
    const octets = lab.sign(lab.irr(technical, { needResponse: false }), technical);
    for (let time = 0; time < 2; time++) assert.deepEqual(lab.deliver(octets, technical.ras).sent, []);
    assert.equal(lab.state.statistics.retransmissions, 1);
    assert.equal(lab.state.statistics.dropped.already_pending, 0);
  });

  it('is dropped after eight answers: nobody retries that often', () => {
    const { lab, octets } = inCall();
    for (let time = 1; time <= 8; time++) assert.equal(tags(lab.deliver(octets, technical.ras)).length, 1, `${time}`);
    for (let time = 9; time <= 300; time++) {
      const { sent, events } = lab.deliver(octets, technical.ras);
      assert.deepEqual([sent, events], [[], []]);
    }
    assert.equal(lab.state.statistics.dropped.suppressed, 292);
  });

  it('is answered under the lab policy in the same way', () => {
    const lab = new GatekeeperLab({ config: { policy: 'open-lab' } });
    const message = lab.rrq(technical);
    const [first, second] = [lab.send(message, technical), lab.send(message, technical)];
    assert.deepEqual(second.sent[0]?.octets, first.sent[0]?.octets);
    const elsewhere = lab.send(message, { ...technical, ras: attacker });
    assert.notDeepEqual(elsewhere.sent[0]?.octets, first.sent[0]?.octets);
  });

  it('is a request of its own under the lab policy once its answer is forgotten', () => {
    const lab = new GatekeeperLab({ config: { policy: 'open-lab' } });
    const message = lab.rrq(technical, { timeToLive: 10 });
    const first = lab.send(message, technical);
    lab.pass(41_000);
    assert.equal(lab.state.endpoints.size, 0);
    const again = lab.send(message, technical);
    assert.notDeepEqual(again.sent[0]?.octets, first.sent[0]?.octets);
    assert.equal(lab.state.endpoints.size, 1);
  });
});

describe('a replay', () => {
  it('from another address is refused, and the answer does not go there', () => {
    const { lab, octets, answer } = inCall();
    for (const from of [attacker, { ...technical.ras, port: 9 }, { ...technical.ras, address: '192.0.2.77' }]) {
      const { sent, verdicts } = lab.deliver(octets, from);
      assert.deepEqual(verdicts, []);
      assert.deepEqual(
        sent.map(({ message, to, token }) => [reasonOf(message), to, token]),
        [['securityDenial', from, undefined]],
      );
      assert.notDeepEqual(sent[0]?.octets, answer.octets);
    }
    assert.equal(lab.state.statistics.replays, 3);
  });

  it('is refused from its own address too once the stored answer is forgotten, until the timestamp is stale', () => {
    const { lab, octets } = inCall();
    lab.ask(lab.drq(technical, 1), technical);
    const details: (string | undefined)[] = [];
    for (let second = 41; second <= 121; second += 10) {
      lab.pass(second === 41 ? 41_000 : 10_000);
      if (lab.state.endpoints.size > 0) lab.ask(lab.keepAlive(technical), technical);
      const { sent, events, verdicts } = lab.deliver(octets, technical.ras);
      assert.deepEqual([sent.map(({ message }) => tagOf(message)), verdicts], [['ARJ'], []]);
      details.push(events.at(-1)?.detail);
    }
    assert(details.every((detail) => detail === 'replay' || detail === 'stale timestamp'));
    assert.equal(lab.state.calls.legs, 0);
  });

  it('cannot wait: a request stamped a minute ahead is refused for all the two minutes that it is fresh', () => {
    const { lab } = inCall();
    lab.ask(lab.drq(technical, 1), technical);
    const timeStamp = lab.now.epoch / 1000 + 60;
    const octets = lab.sign(lab.arq(technical, 2), technical, { timeStamp });
    assert.deepEqual(tags(lab.deliver(octets, technical.ras)), ['ACF']);
    lab.ask(lab.drq(technical, 2), technical);
    for (let second = 0; second < 200; second += 4) {
      lab.pass(4000);
      lab.ask(lab.keepAlive(technical), technical);
      assert.deepEqual(lab.deliver(octets, attacker).verdicts, []);
    }
    assert.equal(lab.state.calls.legs, 0);
  });

  it('of an RRQ that was superseded does not bring its registration back', () => {
    const lab = new GatekeeperLab({ terminals: [technical] });
    const octets = lab.sign(lab.rrq(technical), technical);
    lab.deliver(octets, technical.ras);
    const identifier = lab.register(technical);
    lab.deliver(octets, attacker);
    assert.equal(lab.state.endpoints.byTerminal(technical.record.terminalId)?.identifier, identifier);
    assert.deepEqual(lab.state.endpoints.byIdentifier(identifier)?.peer, technical.ras);
  });

  it('is what two different requests under one nonce are: the first genuine one counts', () => {
    const { lab } = inCall();
    const fields = { random: 4711 };
    const [first, second] = [lab.drq(technical, 1), lab.urq(technical)].map((m) => lab.sign(m, technical, fields));
    assert(first && second);
    assert.deepEqual(tags(lab.deliver(first, technical.ras)), ['DCF']);
    const { sent } = lab.deliver(second, technical.ras);
    assert.deepEqual(
      sent.map(({ message }) => [tagOf(message), reasonOf(message)]),
      [['URJ', 'securityDenial']],
    );
    assert.equal(lab.state.endpoints.size, 1);
  });
});
