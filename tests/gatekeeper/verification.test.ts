import assert from 'node:assert/strict';
import { bitsPerSecond } from '../../runtime/units.ts';
import {
  GatekeeperLab,
  guardian,
  labKeys,
  type Outcome,
  reasonOf,
  registryOf,
  tagOf,
  tags,
} from '../support/gatekeeper-lab.ts';

const technical = guardian(1);
const civic = guardian(2);
const terminals = [technical, civic];

/** A lab in which both are registered, and verdicts are held back from now on. */
function waiting(maxPending = 64): GatekeeperLab {
  const lab = new GatekeeperLab({ terminals, config: { maxPending } });
  lab.register(technical);
  lab.register(civic);
  lab.holding = true;
  return lab;
}

const answersOf = ({ sent }: Outcome) => sent.map(({ message, to }) => [tagOf(message), to.port]);

describe('while a signature is being verified', () => {
  it('nothing is answered, witnessed or changed', () => {
    const lab = waiting();
    const { sent, events } = lab.send(lab.arq(technical, 1), technical);
    assert.deepEqual([sent, events, lab.state.calls.legs, lab.gatekeeper.pending], [[], [], 0, 1]);
    assert.deepEqual(answersOf(lab.release()), [['ACF', technical.ras.port]]);
    assert.equal(lab.gatekeeper.pending, 0);
  });

  it('a retransmission is dropped, and the request is carried out once', () => {
    const lab = waiting();
    const octets = lab.sign(lab.arq(technical, 1), technical);
    for (let time = 0; time < 5; time++) lab.deliver(Buffer.from(octets), technical.ras);
    assert.deepEqual([lab.held.length, lab.state.statistics.dropped.already_pending], [1, 4]);
    assert.deepEqual(tags(lab.release()), ['ACF']);
    assert.equal(lab.state.statistics.admissions, 1);
  });

  it('so many wait at most, and what comes then is dropped without a trace', () => {
    const lab = waiting(3);
    const requests = [1, 2, 3, 4].map(() => lab.sign(lab.keepAlive(technical), technical));
    for (const octets of requests) lab.deliver(octets, technical.ras);
    assert.deepEqual([lab.gatekeeper.pending, lab.state.statistics.dropped.verify_queue_full], [3, 1]);
    assert.deepEqual(tags(lab.release()), ['RCF', 'RCF', 'RCF']);
    // The same datagram again finds room, and is no replay.
    assert.deepEqual(tags(lab.deliver(requests[3] ?? Buffer.alloc(0), technical.ras)), ['RCF']);
  });

  it('a verdict that nobody waits for does nothing', () => {
    const lab = waiting();
    lab.send(lab.arq(technical, 1), technical);
    const [effect] = lab.held;
    assert(effect);
    lab.release();
    for (const ticket of [effect.ticket, 0, -1, 999]) lab.gatekeeper.verified(ticket, true, lab.now);
    assert.deepEqual(lab.gatekeeper.takeEffects(), []);
    assert.equal(lab.state.calls.legs, 1);
  });

  it('the order of verdicts is the order of deeds', () => {
    const lab = waiting();
    lab.send(lab.arq(technical, 1), technical);
    lab.send(lab.arq(civic, 1, { answerCall: true }), civic);
    assert.deepEqual(answersOf(lab.release(lab.held.toReversed())), [
      ['ACF', civic.ras.port],
      ['ACF', technical.ras.port],
    ]);
  });

  it('a copy from elsewhere does not keep the genuine one out, and is a replay when it comes second', () => {
    const lab = waiting();
    const octets = lab.sign(lab.arq(technical, 1), technical);
    lab.deliver(octets, technical.ras);
    lab.deliver(octets, civic.ras);
    const { sent } = lab.release();
    assert.deepEqual(
      sent.map(({ message, to }) => [tagOf(message), reasonOf(message), to.port]),
      [
        ['ACF', undefined, technical.ras.port],
        ['ARJ', 'securityDenial', civic.ras.port],
      ],
    );
    assert.equal(lab.state.statistics.replays, 1);
  });

  it('a forgery under the nonce of a request does not keep that request out, before it or behind it', () => {
    const lab = waiting();
    const message = lab.arq(technical, 1);
    const genuine = lab.sign(message, technical, { random: 7 });
    const forged = lab.sign(message, civic, { random: 7, sendersID: technical.record.terminalId });
    lab.deliver(forged, technical.ras);
    lab.deliver(genuine, technical.ras);
    const other = lab.sign(lab.urq(technical), civic, { random: 7, sendersID: technical.record.terminalId });
    lab.deliver(other, technical.ras);
    const { sent, verdicts } = lab.release();
    assert.deepEqual(verdicts, [false, true, false]);
    assert.deepEqual(
      sent.map(({ message: answer, token }) => [tagOf(answer), token !== undefined]),
      [
        ['ARJ', false],
        ['ACF', true],
        ['URJ', false],
      ],
    );
    assert.deepEqual(tags(lab.deliver(genuine, technical.ras)), ['ACF'], 'and its retransmission is answered');
  });

  it('leaves the nonce good after a wrong signature under it', () => {
    const lab = waiting();
    lab.holding = false;
    const message = lab.arq(technical, 1);
    const forged = lab.sign(message, civic, { random: 7, sendersID: technical.record.terminalId });
    assert.deepEqual(tags(lab.deliver(forged, technical.ras)), ['ARJ']);
    assert.deepEqual(tags(lab.deliver(lab.sign(message, technical, { random: 7 }), technical.ras)), ['ACF']);
  });
});

describe('a verdict that comes after the registry was replaced', () => {
  const replaced = (records = [technical.record, civic.record]) => {
    const lab = waiting();
    lab.send(lab.keepAlive(technical), technical);
    lab.gatekeeper.replaceRegistry(registryOf(records), lab.now);
    lab.carryOut();
    return lab.release();
  };

  it('counts for a terminal that is still there with the same key', () => {
    const richer = { ...technical.record, quota: bitsPerSecond(4_000_000) };
    assert.deepEqual(tags(replaced([richer, civic.record])), ['RCF']);
  });

  it('does not count for one that is gone, or has another key', () => {
    const other = { ...technical.record, publicKey: labKeys(77).publicKey };
    for (const outcome of [replaced([civic.record]), replaced([other, civic.record])]) {
      assert.deepEqual(outcome.verdicts, [true]);
      assert.deepEqual(
        outcome.sent.map(({ message, token }) => [tagOf(message), reasonOf(message), token]),
        [['RRJ', 'securityDenial', undefined]],
      );
    }
  });
});

describe('RIP', () => {
  it('is sent when a verdict takes a second, signed for the request, and only once', () => {
    const lab = waiting();
    const octets = lab.sign(lab.arq(technical, 1, { requestSeqNum: 321 }), technical, { random: 99 });
    lab.deliver(octets, technical.ras);
    assert.equal(lab.gatekeeper.nextDeadline(), lab.now.monotonic + 1000);
    assert.deepEqual(tags(lab.pass(999)), []);
    const { sent, events } = lab.pass(1);
    const [only] = sent;
    assert(only?.message.kind === 'requestInProgress' && sent.length === 1);
    const { requestSeqNum, delay } = only.message.value;
    assert.deepEqual([requestSeqNum, delay > 0, only.token?.random, only.to], [321, true, 99, technical.ras]);
    assert.deepEqual([events[0]?.msgType, events[0]?.seq], ['RIP', 321]);
    assert.deepEqual(tags(lab.pass(30_000)), []);
    assert.deepEqual(tags(lab.release()), ['ACF']);
  });

  it('is sent for each request at its own time, and for none that was answered', () => {
    const lab = waiting();
    lab.send(lab.keepAlive(technical), technical);
    lab.pass(400);
    lab.send(lab.keepAlive(civic), civic);
    const [, second] = lab.held;
    assert(second);
    lab.pass(300);
    lab.send(lab.irr(technical), technical);
    lab.release([second]);
    assert.deepEqual(answersOf(lab.pass(300)), [['RIP', technical.ras.port]]);
    assert.deepEqual(answersOf(lab.pass(699)), []);
    assert.deepEqual(answersOf(lab.pass(1)), [['RIP', technical.ras.port]]);
  });

  it('is not sent for a request that is verified in time', () => {
    const lab = waiting();
    lab.send(lab.keepAlive(technical), technical);
    lab.pass(999);
    lab.release();
    assert.deepEqual(tags(lab.pass(5000)), []);
  });
});
