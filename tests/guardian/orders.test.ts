import assert from 'node:assert/strict';
import type { CallHandle } from '../../runtime/guardian/index.ts';
import { findToken, type InfoRequest } from '../../runtime/h225/index.ts';
import { bandwidthUnits } from '../../runtime/units.ts';
import { GuardianBench, gatekeeperAt } from '../support/guardian-bench.ts';
import { type Answer, ScriptedGatekeeper, say, transport } from '../support/scripted-gatekeeper.ts';

const place = gatekeeperAt('gk-1', 1);
const gk = new ScriptedGatekeeper(place.gatekeeperId, place.ras);
const MCU = { kind: 'url-ID', value: 'if://council/mcu' } as const;

function calling(calls = 1): { bench: GuardianBench; handles: CallHandle[] } {
  const bench = new GuardianBench({ gatekeepers: [gk] });
  bench.register(gk, 'ep-1', { timeToLive: 600 });
  const handles: CallHandle[] = [];
  for (let i = 0; i < calls; i++) {
    const args = { destination: MCU, bandwidth: bandwidthUnits(50_000), callIdentifier: Buffer.alloc(16, i + 1) };
    handles.push(bench.do((terminal, now) => terminal.admit(args, now)));
    bench.answer(gk, bench.last('ARQ'), say.acf(50_000));
  }
  return { bench, handles };
}

const named = (endpointIdentifier: string, octet = 1) => ({
  endpointIdentifier,
  conferenceID: Buffer.alloc(16),
  callReferenceValue: 0,
  callIdentifier: { guid: Buffer.alloc(16, octet) },
});

const drq =
  (endpointIdentifier: string, octet = 1): Answer =>
  (header) => ({
    kind: 'disengageRequest',
    value: {
      ...named(endpointIdentifier, octet),
      disengageReason: { kind: 'forcedDrop', value: null },
      answeredCall: false,
      ...header,
    },
  });

const brq =
  (endpointIdentifier: string, bandWidth: number, octet = 1): Answer =>
  (header) => ({ kind: 'bandwidthRequest', value: { ...named(endpointIdentifier, octet), bandWidth, ...header } });

const irq =
  (callReferenceValue: number, more: Partial<InfoRequest> = {}): Answer =>
  (header) => ({ kind: 'infoRequest', value: { callReferenceValue, ...more, ...header } });

describe('what the gatekeeper asks of a terminal', () => {
  it('is refused where it is for another registration than the one there is', () => {
    const { bench } = calling();
    bench.order(gk, say.urq('ep-old'));
    assert.equal(bench.said('unregistrationReject').value.rejectReason.kind, 'notCurrentlyRegistered');
    bench.order(gk, drq('ep-old'));
    assert.equal(bench.said('disengageReject').value.rejectReason.kind, 'notRegistered');
    bench.order(gk, brq('ep-old', 1));
    assert.equal(bench.said('bandwidthReject').value.rejectReason.kind, 'notBound');
    assert.equal(bench.terminal.calls.size, 1);
    assert.deepEqual(bench.ofKind('ejected'), []);
  });

  it('is not heard before there is a registration', () => {
    const bench = new GuardianBench({ gatekeepers: [gk] });
    bench.do((terminal, now) => terminal.start(now));
    bench.order(gk, irq(0));
    assert.equal(bench.only('refusedDatagram').why, 'unexpected');
  });

  it('gets signed answers that repeat its number and its random', () => {
    const { bench } = calling();
    const octets = bench.order(gk, irq(0), { random: 4_000_000_000 });
    assert(octets.length > 0);
    const { message, octets: answer, to } = bench.last('IRR');
    const token = findToken(message, answer);
    assert(typeof token === 'object');
    assert.equal(token.random, 4_000_000_000);
    assert.equal(token.generalID, 'gk-1');
    assert.equal(bench.said('infoRequestResponse').value.requestSeqNum, 7);
    assert.deepEqual(to, gk.ras);
  });

  it('DRQ ends a call, once', () => {
    const { bench, handles } = calling(2);
    bench.order(gk, drq('ep-1'));
    bench.last('DCF');
    assert.deepEqual(bench.only('forcedDrop'), { kind: 'forcedDrop', call: handles[0], reason: 'forcedDrop' });
    bench.order(gk, drq('ep-1'));
    bench.last('DCF'); // it is over, as was asked
    bench.only('forcedDrop');
    assert.deepEqual([...bench.terminal.calls.keys()], [handles[1]]);
    assert.equal(bench.terminal.phase, 'registered');
  });

  it('DRQ ends a call that is being changed: the change comes to nothing', () => {
    const { bench, handles } = calling();
    bench.do((terminal, now) => terminal.changeBandwidth(handles[0] ?? '', bandwidthUnits(1000), now));
    const asked = bench.last('BRQ');
    bench.order(gk, drq('ep-1'));
    bench.answer(gk, asked, say.bcf(1000));
    assert.equal(bench.only('bandwidthRefused').reason, 'callEnded');
    assert.deepEqual(bench.ofKind('bandwidthChanged'), []);
  });

  it('BRQ sets the bandwidth of a call', () => {
    const { bench, handles } = calling();
    bench.order(gk, brq('ep-1', 20_000));
    assert.equal(bench.said('bandwidthConfirm').value.bandWidth, 20_000);
    const [call] = handles;
    assert.deepEqual(bench.only('bandwidthChanged'), {
      kind: 'bandwidthChanged',
      call,
      granted: 20_000,
      asked: undefined,
    });
    bench.order(gk, brq('ep-1', 20_000, 99));
    assert.equal(bench.said('bandwidthReject').value.rejectReason.kind, 'invalidConferenceID');
  });

  it('IRQ is told of one call or of all', () => {
    const { bench } = calling(2);
    const statusOf = () => {
      const { perCallInfo = [], irrStatus, unsolicited } = bench.said('infoRequestResponse').value;
      assert.equal(unsolicited, false);
      return [perCallInfo.map(({ callReferenceValue }) => callReferenceValue), irrStatus?.kind];
    };
    bench.order(gk, irq(0));
    assert.deepEqual(statusOf(), [[1, 2], 'complete']);
    bench.order(gk, irq(2));
    assert.deepEqual(statusOf(), [[2], 'complete']);
    bench.order(gk, irq(9, { callIdentifier: { guid: Buffer.alloc(16, 1) } }));
    assert.deepEqual(statusOf(), [[1], 'complete']);
    bench.order(gk, irq(3));
    assert.deepEqual(statusOf(), [[], 'invalidCall']);
  });

  it('IRQ is told of many calls in segments, where it can take them', () => {
    const { bench } = calling(30);
    const told = (): [number, string, number | undefined] => {
      const { perCallInfo = [], irrStatus } = bench.said('infoRequestResponse').value;
      const segment = irrStatus?.kind === 'segment' ? irrStatus.value : undefined;
      return [perCallInfo.length, irrStatus?.kind ?? '', segment];
    };
    bench.order(gk, irq(0));
    assert.deepEqual(told(), [12, 'incomplete', undefined]);
    bench.order(gk, irq(0, { segmentedResponseSupported: null }));
    assert.deepEqual(told(), [12, 'segment', 0]);
    bench.order(gk, irq(0, { segmentedResponseSupported: null, nextSegmentRequested: 2 }));
    assert.deepEqual(told(), [6, 'complete', undefined]);
    for (const { octets } of bench.sent) assert(octets.length < 1400, `${octets.length} octets`);
  });

  it('IRQ is answered where it wants to be', () => {
    const { bench } = calling();
    const elsewhere = { address: '192.0.2.99', port: 2222 };
    bench.order(gk, irq(0, { replyAddress: transport(elsewhere) }));
    assert.deepEqual(bench.last('IRR').to, elsewhere);
  });

  it('URQ ends the registration and its calls; what ran out is registered anew', () => {
    const { bench, handles } = calling(2);
    bench.order(gk, say.urq('ep-1', 'ttlExpired'));
    assert.deepEqual(bench.tags().slice(-2), ['UCF', 'RRQ']);
    assert.deepEqual(bench.only('ejected'), { kind: 'ejected', gatekeeperId: 'gk-1', reason: 'ttlExpired' });
    assert.deepEqual(
      bench.ofKind('forcedDrop').map(({ call, reason }) => [call, reason]),
      handles.map((call) => [call, 'ttlExpired']),
    );
    assert.equal(bench.said('registrationRequest').value.endpointIdentifier, undefined);
    bench.answer(gk, bench.last('RRQ'), say.rcf('ep-2'));
    assert.equal(bench.tags().at(-1), 'RRQ');
  });

  it('URQ does not undo the wish for a call whose ARQ is under way', () => {
    const { bench } = calling(0);
    const args = { destination: MCU, bandwidth: bandwidthUnits(50_000) };
    const call = bench.do((terminal, now) => terminal.admit(args, now));
    bench.order(gk, say.urq('ep-1', 'ttlExpired'));
    bench.answer(gk, bench.last('RRQ'), say.rcf('ep-2'));
    assert.equal(bench.said('admissionRequest').value.endpointIdentifier, 'ep-2');
    bench.answer(gk, bench.last('ARQ'), say.acf(1000));
    assert.equal(bench.only('admitted').call, call);
  });

  it('URQ for security makes it wait before it tries again', () => {
    const { bench } = calling();
    bench.order(gk, say.urq('ep-1', 'securityDenial'));
    assert.equal(bench.tags().at(-1), 'UCF');
    assert.equal(bench.terminal.phase, 'pausing');
    assert.equal(bench.only('registrationFailed').reason, 'securityDenial');
    bench.wait(1300);
    bench.last('GRQ');
  });

  it('URQ for maintenance sends it to the next gatekeeper', () => {
    const second = gatekeeperAt('gk-2', 2);
    const gk2 = new ScriptedGatekeeper(second.gatekeeperId, second.ras);
    const bench = new GuardianBench({ gatekeepers: [gk, gk2] });
    bench.register(gk, 'ep-1');
    bench.order(gk, say.urq('ep-1', 'maintenance'));
    assert.deepEqual(bench.last('GRQ').to, gk2.ras);
  });
});
