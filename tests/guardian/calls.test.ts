import assert from 'node:assert/strict';
import { type CallHandle, GuardianError, MOST_CALLS, MOST_OUTSTANDING } from '../../runtime/guardian/index.ts';
import { POLICY_OID } from '../../runtime/h225/index.ts';
import { bandwidthUnits } from '../../runtime/units.ts';
import { GuardianBench, gatekeeperAt } from '../support/guardian-bench.ts';
import { type Answer, ScriptedGatekeeper, say } from '../support/scripted-gatekeeper.ts';

const place = gatekeeperAt('gk-1', 1);
const gk = new ScriptedGatekeeper(place.gatekeeperId, place.ras);
const MCU = { kind: 'url-ID', value: 'if://council/mcu' } as const;

function registered(): GuardianBench {
  const bench = new GuardianBench({ gatekeepers: [gk] });
  bench.register(gk, 'ep-1');
  return bench;
}

const ask = (bench: GuardianBench, units = 50_000): CallHandle =>
  bench.do((terminal, now) => terminal.admit({ destination: MCU, bandwidth: bandwidthUnits(units) }, now));

/** A registered terminal with a live call. */
function calling(irrFrequency?: number): { bench: GuardianBench; call: CallHandle } {
  const bench = registered();
  const call = ask(bench);
  bench.answer(gk, bench.last('ARQ'), say.acf(50_000, irrFrequency));
  return { bench, call };
}

const refusedFor =
  (code: string): Answer =>
  (header) => ({
    kind: 'admissionReject',
    value: {
      rejectReason: { kind: 'requestDenied', value: null },
      nonStandardData: {
        nonStandardIdentifier: { kind: 'object', value: POLICY_OID },
        data: Buffer.from(code),
      },
      ...header,
    },
  });

describe('a call of a terminal', () => {
  it('cannot be asked for before the terminal has started, or when it has stopped', () => {
    const bench = new GuardianBench({ gatekeepers: [gk] });
    assert.throws(() => ask(bench), { name: 'GuardianError', code: 'NOT_RUNNING' });
    bench.do((terminal, now) => terminal.start(now));
    bench.do((terminal, now) => terminal.stop(now));
    assert.throws(() => ask(bench), { name: 'GuardianError', code: 'NOT_RUNNING' });
  });

  it('cannot be asked for with what no message can hold', () => {
    const bench = registered();
    const admit = (args: object) => () =>
      bench.do((terminal, now) => terminal.admit({ destination: MCU, bandwidth: bandwidthUnits(1000), ...args }, now));
    for (const bandwidth of [0, -1, 1.5, Number.NaN, 2 ** 32])
      assert.throws(admit({ bandwidth }), { code: 'INVALID_BANDWIDTH' });
    assert.throws(admit({ destination: { kind: 'dialedDigits', value: 'abc' } }), { code: 'INVALID_ADMISSION' });
    assert.throws(admit({ conferenceID: Buffer.alloc(15) }), { code: 'INVALID_ADMISSION' });
    assert.throws(admit({ callReferenceValue: 65_536 }), { code: 'INVALID_ADMISSION' });
    assert.deepEqual(bench.tags(), ['GRQ', 'RRQ']);
    ask(bench); // and nothing of it is left behind
    assert.equal(bench.tags().at(-1), 'ARQ');
  });

  it('cannot be asked for twice, nor be the 65th', () => {
    const bench = registered();
    const admit = (callIdentifier: Uint8Array) => () =>
      bench.do((terminal, now) =>
        terminal.admit({ destination: MCU, bandwidth: bandwidthUnits(1000), callIdentifier }, now),
      );
    for (let i = 0; i < MOST_CALLS; i++) admit(Buffer.alloc(16, i + 1))();
    assert.throws(admit(Buffer.alloc(16, 200)), { code: 'TOO_MANY_CALLS' });
    const [{ call: ended } = { call: '' }] = bench.ofKind('admissionRefused');
    assert.equal(ended, '');
    const fresh = registered();
    const again = () =>
      fresh.do((terminal, now) =>
        terminal.admit({ destination: MCU, bandwidth: bandwidthUnits(1000), callIdentifier: Buffer.alloc(16, 9) }, now),
      );
    again();
    assert.throws(again, (error) => error instanceof GuardianError && error.code === 'CALL_EXISTS');
  });

  it('is asked for with what ARQ says of both parties, and is admitted with what ACF grants', () => {
    const bench = registered();
    const call = ask(bench);
    const { value } = bench.said('admissionRequest');
    assert.deepEqual(value.destinationInfo, [MCU]);
    assert.deepEqual(value.srcInfo, [{ kind: 'url-ID', value: 'if://guardian/technical' }]);
    assert.equal(value.endpointIdentifier, 'ep-1');
    assert.equal(value.bandWidth, 50_000);
    assert.equal(value.answerCall, false);
    assert.equal(value.gatekeeperIdentifier, 'gk-1');
    bench.wait(30);
    bench.answer(gk, bench.last('ARQ'), say.acf(40_000));
    assert.deepEqual(bench.only('admitted'), {
      kind: 'admitted',
      call,
      gatekeeperId: 'gk-1',
      granted: 40_000,
      destCallSignalAddress: { address: '192.0.2.80', port: 1720 },
      callModel: 'direct',
      firstSentAt: bench.now.monotonic - 30,
      roundTrip: 30,
      elapsed: 30,
    });
    assert.deepEqual([...bench.terminal.calls], [[call, 40_000]]);
  });

  it('that is answered is asked for as the other party made it', () => {
    const bench = registered();
    const [guid, conference] = [Buffer.alloc(16, 0xaa), Buffer.alloc(16, 0xbb)];
    const call = bench.do((terminal, now) =>
      terminal.admit(
        {
          destination: { address: '192.0.2.77', port: 1720 },
          bandwidth: bandwidthUnits(1000),
          answerCall: true,
          callIdentifier: guid,
          conferenceID: conference,
          callReferenceValue: 4711,
        },
        now,
      ),
    );
    assert.equal(call, `${guid.toString('hex')}/answer`);
    const { value } = bench.said('admissionRequest');
    assert.equal(value.answerCall, true);
    assert.equal(value.callReferenceValue, 4711);
    assert.deepEqual(Buffer.from(value.conferenceID), conference);
    assert.deepEqual(value.srcInfo, []);
    assert.equal(value.srcCallSignalAddress?.kind, 'ipAddress');
    assert.deepEqual(value.destinationInfo, [{ kind: 'url-ID', value: 'if://guardian/technical' }]);
  });

  it('waits for the registration, and then is asked for at once', () => {
    const bench = new GuardianBench({ gatekeepers: [gk] });
    bench.do((terminal, now) => terminal.start(now));
    ask(bench);
    bench.wait(200);
    bench.answer(gk, bench.last('GRQ'), say.gcf(gk));
    bench.answer(gk, bench.last('RRQ'), say.rcf('ep-1'));
    bench.answer(gk, bench.last('ARQ'), say.acf(1000));
    assert.equal(bench.only('admitted').elapsed, 200);
    assert.equal(bench.only('admitted').roundTrip, 0);
  });

  it('that waits is refused when no gatekeeper can be had, with what unsigned answers said', () => {
    const bench = new GuardianBench({ gatekeepers: [gk] });
    bench.do((terminal, now) => terminal.start(now));
    const call = ask(bench);
    bench.answer(gk, bench.last('GRQ'), say.gcf(gk));
    bench.receive(gk.unsigned(bench.last('RRQ'), say.rrj('securityDenial')), gk.ras);
    bench.wait(3000);
    const hint = 'unsigned answer said: securityDenial';
    assert.deepEqual(bench.only('timedOut'), { kind: 'timedOut', request: 'ARQ', call, hint });
    assert.deepEqual(bench.only('admissionRefused'), { kind: 'admissionRefused', call, reason: 'timedOut', hint });
  });

  it('knows the policy that refused it', () => {
    const bench = registered();
    const call = ask(bench);
    bench.answer(gk, bench.last('ARQ'), refusedFor('QUOTA_EXCEEDED'));
    assert.deepEqual(bench.only('admissionRefused'), {
      kind: 'admissionRefused',
      call,
      reason: 'requestDenied',
      policy: 'QUOTA_EXCEEDED',
    });
    assert.equal(bench.terminal.calls.size, 0);
    assert.equal(
      bench.do((terminal, now) => terminal.disengage(call, now)),
      false,
    );
  });

  it('takes no policy from a reject that holds anything but a name', () => {
    const bench = registered();
    ask(bench);
    bench.answer(gk, bench.last('ARQ'), refusedFor('<script>'));
    assert.equal(bench.only('admissionRefused').policy, undefined);
  });

  it('whose ARQ came to nothing is ended at the gatekeeper when it is back, for it may have been granted', () => {
    const bench = registered();
    ask(bench);
    bench.wait(3000);
    bench.only('admissionRefused');
    bench.wait(1300); // the pause
    bench.answer(gk, bench.last('GRQ'), say.gcf(gk));
    assert.equal(bench.said('registrationRequest').value.endpointIdentifier, 'ep-1');
    bench.answer(gk, bench.last('RRQ'), say.rcf('ep-1'));
    const { value } = bench.said('admissionRequest');
    const drq = bench.said('disengageRequest').value;
    assert.deepEqual(drq.callIdentifier, value.callIdentifier);
    bench.answer(gk, bench.last('DRQ'), say.dcf());
    assert.deepEqual(bench.ofKind('disengaged'), []); // it never was engaged, as far as anybody was told
    bench.wait(60_000);
    assert.equal(bench.tags().at(-1), 'DRQ');
  });

  it('changes its bandwidth, and knows what would have been allowed', () => {
    const { bench, call } = calling();
    const change = (units: number) =>
      bench.do((terminal, now) => terminal.changeBandwidth(call, bandwidthUnits(units), now));
    change(20_000);
    assert.equal(bench.said('bandwidthRequest').value.bandWidth, 20_000);
    bench.answer(gk, bench.last('BRQ'), say.bcf(20_000));
    assert.deepEqual(bench.only('bandwidthChanged'), {
      kind: 'bandwidthChanged',
      call,
      granted: 20_000,
      asked: 20_000,
    });
    change(90_000);
    bench.answer(gk, bench.last('BRQ'), say.brj('insufficientResources', 30_000));
    assert.deepEqual(bench.only('bandwidthRefused'), {
      kind: 'bandwidthRefused',
      call,
      asked: 90_000,
      reason: 'insufficientResources',
      allowed: 30_000,
    });
    assert.deepEqual([...bench.terminal.calls], [[call, 20_000]]);
  });

  it('changes one bandwidth at a time: of those that wait the last one counts', () => {
    const { bench, call } = calling();
    const change = (units: number) =>
      bench.do((terminal, now) => terminal.changeBandwidth(call, bandwidthUnits(units), now));
    for (const units of [1000, 2000, 3000]) change(units);
    assert.deepEqual(bench.tags().filter((tag) => tag === 'BRQ').length, 1);
    assert.deepEqual(bench.only('bandwidthRefused'), {
      kind: 'bandwidthRefused',
      call,
      asked: 2000,
      reason: 'superseded',
    });
    bench.answer(gk, bench.last('BRQ'), say.bcf(1000));
    assert.equal(bench.said('bandwidthRequest').value.bandWidth, 3000);
    bench.answer(gk, bench.last('BRQ'), say.bcf(3000));
    assert.deepEqual(
      bench.ofKind('bandwidthChanged').map(({ granted }) => granted),
      [1000, 3000],
    );
  });

  it('ends by DRQ, once', () => {
    const { bench, call } = calling();
    assert.equal(
      bench.do((terminal, now) => terminal.disengage(call, now)),
      true,
    );
    assert.equal(
      bench.do((terminal, now) => terminal.disengage(call, now)),
      false,
    );
    const { value } = bench.said('disengageRequest');
    assert.equal(value.disengageReason.kind, 'normalDrop');
    assert.equal(value.answeredCall, false);
    bench.answer(gk, bench.last('DRQ'), say.dcf());
    assert.deepEqual(bench.only('disengaged'), { kind: 'disengaged', call, confirmed: true });
    assert.equal(bench.terminal.calls.size, 0);
  });

  it('that ends while its ARQ is under way is disengaged after the ACF, never before', () => {
    const bench = registered();
    const call = ask(bench);
    bench.do((terminal, now) => terminal.disengage(call, now));
    assert.equal(bench.tags().at(-1), 'ARQ');
    bench.answer(gk, bench.last('ARQ'), say.acf(1000));
    bench.answer(gk, bench.last('DRQ'), say.dcf());
    assert.deepEqual(
      bench.events.slice(-2).map(({ kind }) => kind),
      ['admitted', 'disengaged'],
    );
  });

  it('that ends before its ARQ was sent is not asked for', () => {
    const bench = new GuardianBench({ gatekeepers: [gk] });
    bench.do((terminal, now) => terminal.start(now));
    const call = ask(bench);
    bench.do((terminal, now) => terminal.disengage(call, now));
    assert.equal(bench.only('admissionRefused').reason, 'callEnded');
    bench.only('disengaged');
    bench.answer(gk, bench.last('GRQ'), say.gcf(gk));
    bench.answer(gk, bench.last('RRQ'), say.rcf('ep-1'));
    assert.equal(bench.tags().at(-1), 'RRQ');
  });

  it('reports itself as often as ACF asked for, and now and then asks whether anybody listens', () => {
    const { bench } = calling(10);
    bench.wait(40_000);
    const reports = bench.sent.flatMap(({ message }) =>
      message.kind === 'infoRequestResponse' ? [message.value] : [],
    );
    assert.equal(reports.length, 4);
    assert.deepEqual(
      reports.map(({ needResponse, unsolicited }) => [needResponse, unsolicited]),
      [
        [false, true],
        [false, true],
        [false, true],
        [true, true],
      ],
    );
    assert.equal(reports[0]?.perCallInfo?.[0]?.bandWidth, 50_000);
    bench.answer(gk, bench.last('IRR'), say.iack());
    bench.wait(9999);
    assert.deepEqual(bench.ofKind('gatekeeperLost'), []);
  });

  it('finds out by an IRR that the gatekeeper is gone, or does not know it any more', () => {
    const silent = calling(10).bench;
    silent.wait(43_000);
    assert.equal(silent.only('gatekeeperLost').request, 'IRR');
    const { bench } = calling(10);
    bench.wait(40_000);
    bench.answer(gk, bench.last('IRR'), say.inak());
    assert.equal(bench.said('registrationRequest').value.keepAlive, false);
  });

  it('lives on when the gatekeeper asks for a full registration, under the same identifier', () => {
    const bench = new GuardianBench({ gatekeepers: [gk] });
    bench.register(gk, 'ep-1', { timeToLive: 60 });
    const call = ask(bench);
    bench.answer(gk, bench.last('ARQ'), say.acf(50_000));
    bench.wait(30_001);
    bench.answer(gk, bench.last('RRQ'), say.rrj('fullRegistrationRequired'));
    const { value } = bench.said('registrationRequest');
    assert.equal(value.keepAlive, false);
    assert.equal(value.endpointIdentifier, 'ep-1');
    bench.answer(gk, bench.last('RRQ'), say.rcf('ep-1', { timeToLive: 60 }));
    assert.equal(bench.tags().at(-1), 'RRQ');
    assert.deepEqual([...bench.terminal.calls], [[call, 50_000]]);
  });

  it('is admitted again where the gatekeeper has forgotten it and gives another identifier', () => {
    const { bench, call } = calling();
    const before = bench.said('admissionRequest').value;
    bench.do((terminal, now) => terminal.changeBandwidth(call, bandwidthUnits(60_000), now));
    bench.answer(gk, bench.last('BRQ'), say.brj('notBound', 0));
    bench.answer(gk, bench.last('RRQ'), say.rcf('ep-2'));
    const again = bench.said('admissionRequest').value;
    assert.equal(again.endpointIdentifier, 'ep-2');
    assert.deepEqual(again.callIdentifier, before.callIdentifier);
    assert.deepEqual(again.conferenceID, before.conferenceID);
    bench.answer(gk, bench.last('ARQ'), say.acf(45_000));
    assert.deepEqual(bench.only('readmitted'), { kind: 'readmitted', call, gatekeeperId: 'gk-1', granted: 45_000 });
    bench.only('admitted');
    const { value } = bench.said('bandwidthRequest');
    assert.deepEqual([value.endpointIdentifier, value.bandWidth], ['ep-2', 60_000]);
    bench.answer(gk, bench.last('BRQ'), say.brj('notBound', 0)); // once is enough
    assert.equal(bench.only('bandwidthRefused').reason, 'notBound');
  });

  it('is dropped where it is not admitted again', () => {
    const { bench, call } = calling();
    bench.do((terminal, now) => terminal.changeBandwidth(call, bandwidthUnits(60_000), now));
    bench.answer(gk, bench.last('BRQ'), say.brj('notBound', 0));
    bench.answer(gk, bench.last('RRQ'), say.rcf('ep-2'));
    bench.answer(gk, bench.last('ARQ'), say.arj('requestDenied'));
    assert.deepEqual(bench.only('forcedDrop'), { kind: 'forcedDrop', call, reason: 'requestDenied' });
    assert.equal(bench.only('bandwidthRefused').reason, 'callEnded');
    assert.equal(bench.terminal.calls.size, 0);
  });

  describe('that a new gatekeeper does not admit yet, because the other party has not come', () => {
    const refuse = (bench: GuardianBench): void => {
      bench.answer(gk, bench.last('ARQ'), say.arj('calledPartyNotRegistered'));
    };
    const moved = (): { bench: GuardianBench; call: CallHandle } => {
      const { bench, call } = calling();
      bench.do((terminal, now) => terminal.changeBandwidth(call, bandwidthUnits(60_000), now));
      bench.answer(gk, bench.last('BRQ'), say.brj('notBound', 0));
      bench.answer(gk, bench.last('RRQ'), say.rcf('ep-2'));
      refuse(bench);
      return { bench, call };
    };

    it('is asked for again every 3 s', () => {
      const { bench, call } = moved();
      const from = bench.sent.length;
      bench.wait(2999);
      assert.equal(bench.sent.length, from);
      bench.wait(1);
      refuse(bench);
      bench.wait(3000);
      bench.answer(gk, bench.last('ARQ'), say.acf(50_000));
      assert.deepEqual(bench.tags(from), ['ARQ', 'ARQ', 'BRQ']);
      assert.equal(bench.only('readmitted').call, call);
    });

    it('is dropped after two minutes', () => {
      const { bench, call } = moved();
      for (let i = 0; i < 100 && bench.ofKind('forcedDrop').length === 0; i++) {
        bench.wait(3000);
        refuse(bench);
      }
      assert.equal(bench.only('forcedDrop').call, call);
      assert(bench.now.monotonic <= 10_000 + 123_000);
      assert.equal(bench.terminal.nextDeadline(), undefined);
    });

    it('or has no store just now: it lives on', () => {
      const { bench, call } = moved();
      bench.wait(3000);
      bench.answer(gk, bench.last('ARQ'), say.arj('resourceUnavailable', 'STORE_UNAVAILABLE'));
      bench.wait(6000);
      assert.deepEqual(bench.ofKind('forcedDrop'), []);
      bench.answer(gk, bench.last('ARQ'), say.acf(50_000));
      assert.equal(bench.only('readmitted').call, call);
    });

    it('can end meanwhile', () => {
      const { bench, call } = moved();
      bench.do((terminal, now) => terminal.disengage(call, now));
      bench.answer(gk, bench.last('DRQ'), say.dcf());
      bench.only('disengaged');
      bench.wait(10_000);
      bench.last('DRQ');
    });
  });

  it('is not asked for while the gatekeeper may still count one that was given up', () => {
    const bench = registered();
    ask(bench);
    bench.wait(3000);
    bench.only('admissionRefused');
    const second = ask(bench);
    bench.wait(1300);
    bench.answer(gk, bench.last('GRQ'), say.gcf(gk));
    bench.answer(gk, bench.last('RRQ'), say.rcf('ep-1'));
    bench.answer(gk, bench.last('DRQ'), say.dcf());
    bench.answer(gk, bench.last('ARQ'), say.acf(1000));
    assert.equal(bench.only('admitted').call, second);
  });

  it('that is refused to a stranger is asked for again after one registration, not for ever', () => {
    const bench = registered();
    ask(bench);
    bench.answer(gk, bench.last('ARQ'), say.arj('invalidEndpointIdentifier'));
    bench.answer(gk, bench.last('RRQ'), say.rcf('ep-2'));
    bench.answer(gk, bench.last('ARQ'), say.arj('invalidEndpointIdentifier'));
    assert.equal(bench.only('admissionRefused').reason, 'invalidEndpointIdentifier');
  });

  it('waits where more requests than the limit would be outstanding', () => {
    const bench = registered();
    for (let i = 0; i < MOST_CALLS; i++) ask(bench, 1000);
    const arqs = bench.sent.filter(({ tag }) => tag === 'ARQ');
    assert(arqs.length < MOST_CALLS && arqs.length < MOST_OUTSTANDING, `${arqs.length} ARQs`);
    for (let i = 0; i < MOST_CALLS; i++) {
      const arq = bench.sent.filter(({ tag }) => tag === 'ARQ')[i];
      assert(arq !== undefined);
      bench.answer(gk, arq, say.acf(1000));
    }
    assert.equal(bench.terminal.calls.size, MOST_CALLS);
  });
});
