import assert from 'node:assert/strict';
import { type RasMessage, rasMessage } from '../../runtime/h225/index.ts';
import { type CapturedDatagram, capturedCalls } from '../support/captures.ts';
import { GatekeeperLab, reasonOf, tagOf } from '../support/gatekeeper-lab.ts';

/** The message with the identifier that our gatekeeper gave instead of the captured one. */
function renamed(message: RasMessage, ours: ReadonlyMap<string, string>): RasMessage {
  const { kind, value } = message;
  if (kind !== 'admissionRequest' && kind !== 'disengageRequest') return message;
  const endpointIdentifier = ours.get(value.endpointIdentifier);
  assert(endpointIdentifier, 'a request before its registration');
  return kind === 'admissionRequest'
    ? { kind, value: { ...value, endpointIdentifier } }
    : { kind, value: { ...value, endpointIdentifier } };
}

/** What an answer must say, beside its number; `theirs` is what GnuGk answered. */
function check(answer: RasMessage, request: RasMessage, theirs: RasMessage): void {
  assert.equal(tagOf(answer), tagOf(theirs), reasonOf(answer));
  if (answer.kind === 'gatekeeperConfirm') {
    assert(request.kind === 'gatekeeperRequest');
    assert.equal(answer.value.gatekeeperIdentifier, 'TestGK');
    assert.deepEqual(answer.value.rasAddress, {
      kind: 'ipAddress',
      value: { ip: Buffer.of(127, 0, 0, 1), port: 1719 },
    });
  } else if (answer.kind === 'registrationConfirm') {
    assert(request.kind === 'registrationRequest' && theirs.kind === 'registrationConfirm');
    const { terminalAlias, timeToLive } = answer.value;
    assert.deepEqual(
      { terminalAlias, timeToLive },
      {
        terminalAlias: theirs.value.terminalAlias,
        timeToLive: theirs.value.timeToLive,
      },
    );
  } else if (answer.kind === 'admissionConfirm') {
    assert(request.kind === 'admissionRequest');
    const { callModel, bandWidth, destCallSignalAddress } = answer.value;
    assert.equal(callModel.kind, 'direct');
    assert(bandWidth > 0 && bandWidth <= request.value.bandWidth, `${bandWidth} units`);
    // alice is called, at both ends of the call, and listens on port 1720.
    assert.deepEqual(destCallSignalAddress, { kind: 'ipAddress', value: { ip: Buffer.of(127, 0, 0, 1), port: 1720 } });
  }
}

describe('requests of stock H.323 endpoints', () => {
  for (const [call, datagrams] of capturedCalls())
    it(`are answered as GnuGk answered them: ${call}`, () => {
      const ras = { address: '127.0.0.1', port: 1719 };
      const lab = new GatekeeperLab({ config: { policy: 'open-lab', gatekeeperId: 'TestGK', ras } });
      const ours = new Map<string, string>();
      const seen: string[] = [];
      const peaks: number[] = [];
      for (const [i, { name, from, to, bytes }] of datagrams.entries()) {
        if (to !== 1719) continue;
        const request = rasMessage.decode(bytes);
        const reply: CapturedDatagram | undefined = datagrams
          .slice(i)
          .find((datagram) => datagram.from === 1719 && datagram.to === from);
        assert(reply);
        const theirs = rasMessage.decode(reply.bytes);
        const { sent } = lab.deliver(rasMessage.encode(renamed(request, ours)), { address: '127.0.0.1', port: from });
        const [answer] = sent;
        assert(answer !== undefined && sent.length === 1, `${sent.length} answers to ${name}`);
        check(answer.message, request, theirs);
        assert('requestSeqNum' in answer.message.value && 'requestSeqNum' in request.value);
        assert.equal(answer.message.value.requestSeqNum, request.value.requestSeqNum);
        assert.deepEqual(answer.to, { address: '127.0.0.1', port: from });
        if (answer.message.kind === 'registrationConfirm' && theirs.kind === 'registrationConfirm')
          ours.set(theirs.value.endpointIdentifier, answer.message.value.endpointIdentifier);
        seen.push(tagOf(request));
        peaks.push(lab.state.calls.legs);
      }
      assert.deepEqual(seen, ['GRQ', 'RRQ', 'GRQ', 'RRQ', 'ARQ', 'ARQ', 'DRQ', 'DRQ']);
      assert.deepEqual(peaks, [0, 0, 0, 0, 1, 2, 1, 0]);
      assert.deepEqual([lab.state.endpoints.size, lab.state.calls.size, lab.state.calls.units], [2, 0, 0]);
    });

  it('are refused, every one but GRQ, where signatures are asked for', () => {
    for (const datagrams of capturedCalls().values()) {
      const lab = new GatekeeperLab({ config: { gatekeeperId: 'TestGK' } });
      for (const { from, to, bytes, name } of datagrams) {
        if (to !== 1719) continue;
        const { sent } = lab.deliver(bytes, { address: '127.0.0.1', port: from });
        const reasons = sent.map(({ message }) => reasonOf(message));
        assert.deepEqual(reasons, [name.startsWith('GRQ') ? undefined : 'securityDenial'], name);
      }
      assert.equal(lab.state.endpoints.size, 0);
    }
  });
});
