import assert from 'node:assert/strict';
import { rasMessage } from '../../runtime/h225/index.ts';
import { GatekeeperLab, guardian, tagOf, tags } from '../support/gatekeeper-lab.ts';

const technical = guardian(1);
const anybody = { address: '198.51.100.1', port: 1 };

describe('floods that anybody can send', () => {
  it('of datagrams that are no RAS message: none is answered, all are counted, 200 a second are listed', () => {
    const lab = new GatekeeperLab();
    const listed = Array.from({ length: 1000 }, (_, i) => lab.deliver(Buffer.of(0xff, i & 255, i >> 8), anybody));
    assert.deepEqual(listed.flatMap(tags), []);
    const events = listed.flatMap((outcome) => outcome.events);
    assert.equal(events.length, 200);
    assert(events.every(({ msgType, detail }) => msgType === 'MALFORMED' && detail?.startsWith('PER_')));
    assert.equal(lab.state.statistics.dropped.malformed, 1000);

    const { events: later } = lab.pass(1000);
    assert.deepEqual(
      later.map(({ msgType, count, peer }) => [msgType, count, peer.port]),
      [['SUPPRESSED', 800, 1719]],
    );
    assert.equal(lab.deliver(Buffer.of(0xff), anybody).events[0]?.msgType, 'MALFORMED', 'a new second');
  });

  it('of nothing, or of one octet, is taken calmly', () => {
    const lab = new GatekeeperLab({ config: { policy: 'open-lab' } });
    for (const octets of [Buffer.alloc(0), ...Array.from({ length: 256 }, (_, octet) => Buffer.of(octet))])
      assert.deepEqual(lab.deliver(octets, anybody).sent, []);
    assert.equal(lab.state.statistics.dropped.malformed, 257);
  });

  it('of forged requests: 200 a second are answered and listed, and genuine ones go on', () => {
    const lab = new GatekeeperLab({ terminals: [technical] });
    lab.register(technical);
    const forged = rasMessage.encode(lab.arq(technical, 1));
    const outcomes = Array.from({ length: 1000 }, () => lab.deliver(forged, anybody));
    assert.equal(outcomes.flatMap(tags).length, 200);
    assert.equal(outcomes.flatMap(({ events }) => events).length, 400);
    assert.equal(lab.state.statistics.dropped.suppressed, 800);
    assert.equal(lab.state.statistics.refused.INVALID_SIGNATURE, 1000);
    assert.equal(tagOf(lab.ask(lab.arq(technical, 1), technical)), 'ACF');
    assert.equal(tagOf(lab.ask(lab.grq(technical), technical)), 'GCF');
  });

  it('keeps nothing of them', () => {
    const lab = new GatekeeperLab({ terminals: [technical], secondOpinion: false });
    for (let i = 0; i < 2000; i++)
      lab.deliver(lab.sign(lab.rrq(technical), { ...technical, sign: () => Buffer.alloc(64, i) }), anybody);
    assert.deepEqual([lab.gatekeeper.pending, lab.state.endpoints.size], [0, 0]);
    lab.pass(1000);
    assert.equal(lab.gatekeeper.nextDeadline(), undefined);
  });
});
