import assert from 'node:assert/strict';
import { rasMessage } from '../../runtime/h225/index.ts';
import { GATEKEEPER_ID, GATEKEEPER_RAS, GatekeeperLab, guardian, reasonOf, tags } from '../support/gatekeeper-lab.ts';

describe('discovery (GRQ)', () => {
  const technical = guardian(1);
  const alternates = [{ ras: { address: '192.0.2.251', port: 1720 }, gatekeeperId: 'council-gk-2', priority: 7 }];

  it('rejects a terminal that asks for another gatekeeper, and says who answers', () => {
    const lab = new GatekeeperLab({ terminals: [technical] });
    const answer = lab.ask(lab.grq(technical, { gatekeeperIdentifier: 'another-gk' }), technical);
    assert(answer.kind === 'gatekeeperReject');
    assert.equal(answer.value.rejectReason.kind, 'terminalExcluded');
    assert.equal(answer.value.gatekeeperIdentifier, GATEKEEPER_ID);
  });

  it('rejects a GRQ that claims to be signed by a terminal nobody knows', () => {
    const lab = new GatekeeperLab();
    const { sent } = lab.send(lab.grq(technical), technical);
    assert(sent[0] && sent.length === 1);
    assert.equal(reasonOf(sent[0].message), 'securityDenial');
    assert.equal(sent[0].token, undefined);
  });

  for (const [whom, gatekeeperIdentifier] of [
    ['by its own identifier', GATEKEEPER_ID],
    ['without naming one', undefined],
  ] as const)
    it(`confirms a terminal that asks for it ${whom}, with its address and alternates`, () => {
      const lab = new GatekeeperLab({ terminals: [technical], config: { alternates } });
      const answer = lab.ask(lab.grq(technical, { gatekeeperIdentifier }), technical);
      assert(answer.kind === 'gatekeeperConfirm');
      const { requestSeqNum, gatekeeperIdentifier: id, rasAddress, alternateGatekeeper } = answer.value;
      assert.deepEqual({ requestSeqNum, id }, { requestSeqNum: 1, id: GATEKEEPER_ID });
      const ip = (n: number) => Buffer.of(192, 0, 2, n);
      assert.deepEqual(rasAddress, { kind: 'ipAddress', value: { ip: ip(250), port: GATEKEEPER_RAS.port } });
      assert.deepEqual(alternateGatekeeper, [
        {
          rasAddress: { kind: 'ipAddress', value: { ip: ip(251), port: 1720 } },
          gatekeeperIdentifier: 'council-gk-2',
          needToRegister: false,
          priority: 7,
        },
      ]);
    });

  it('signs the answer to a signed GRQ for its sender, with the random of the request', () => {
    const lab = new GatekeeperLab({ terminals: [technical] });
    const octets = lab.sign(lab.grq(technical), technical, { random: 0x1234_5678 });
    lab.pass(5000);
    const token = lab.deliver(octets, technical.ras).sent[0]?.token;
    assert(token);
    const { generalID, sendersID, random, timeStamp } = token;
    assert.deepEqual(
      { generalID, sendersID, random, timeStamp },
      {
        generalID: technical.record.terminalId,
        sendersID: GATEKEEPER_ID,
        random: 0x1234_5678,
        timeStamp: lab.now.epoch / 1000,
      },
    );
  });

  it('answers an unsigned GRQ unsigned, each time it comes, and keeps nothing of it', () => {
    const lab = new GatekeeperLab();
    const octets = rasMessage.encode(lab.grq(technical));
    for (let time = 1; time <= 12; time++) {
      const { sent } = lab.deliver(octets, technical.ras);
      assert.deepEqual(
        sent.map(({ token, message }) => [token, message.kind]),
        [[undefined, 'gatekeeperConfirm']],
      );
    }
    assert.equal(lab.state.statistics.retransmissions, 0);
    assert.equal(lab.state.endpoints.size, 0);
  });

  it('answers 200 unsigned GRQs a second, counts the rest and says how many', () => {
    const lab = new GatekeeperLab({ terminals: [technical] });
    const flood = Array.from({ length: 1000 }, () => rasMessage.encode(lab.grq(technical)));
    const outcomes = flood.map((octets, i) => lab.deliver(octets, { address: '198.51.100.1', port: 1024 + i }));
    assert.equal(outcomes.flatMap(tags).length, 200);
    assert.equal(lab.state.statistics.dropped.suppressed, 800);
    // Signed discovery goes on meanwhile.
    assert.equal(lab.ask(lab.grq(technical), technical).kind, 'gatekeeperConfirm');
    const { events } = lab.pass(1000);
    assert.deepEqual(
      events.map(({ msgType, count, detail }) => [msgType, count, detail]),
      [['SUPPRESSED', 800, 'discovery, not listed']],
    );
  });
});
