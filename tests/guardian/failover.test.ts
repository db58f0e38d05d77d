import assert from 'node:assert/strict';
import type { CallHandle } from '../../runtime/guardian/index.ts';
import type { AlternateGK } from '../../runtime/h225/index.ts';
import { bandwidthUnits, milliseconds } from '../../runtime/units.ts';
import { GuardianBench, gatekeeperAt, PLAIN_TIMERS } from '../support/guardian-bench.ts';
import { type Answer, ScriptedGatekeeper, say, transport } from '../support/scripted-gatekeeper.ts';

const gatekeeper = (name: string, host: number): ScriptedGatekeeper => {
  const { gatekeeperId, ras } = gatekeeperAt(name, host);
  return new ScriptedGatekeeper(gatekeeperId, ras);
};
const [gk1, gk2, gk3] = [gatekeeper('gk-1', 1), gatekeeper('gk-2', 2), gatekeeper('gk-3', 3)];
const MCU = { kind: 'url-ID', value: 'if://council/mcu' } as const;

const alternate = (of: ScriptedGatekeeper, needToRegister: boolean, priority = 0): AlternateGK => ({
  rasAddress: transport(of.ras),
  gatekeeperIdentifier: of.gatekeeperId,
  needToRegister,
  priority,
});

const ask = (bench: GuardianBench): CallHandle =>
  bench.do((terminal, now) => terminal.admit({ destination: MCU, bandwidth: bandwidthUnits(50_000) }, now));

/** Registered with gk-1, which names `alternates`; all of gk-1 to gk-3 are pinned. */
function registered(alternates: readonly AlternateGK[] = []): GuardianBench {
  const bench = new GuardianBench({ gatekeepers: [gk1, gk2, gk3] });
  bench.register(gk1, 'ep-1', { timeToLive: 60, alternates });
  return bench;
}

/** Which gatekeeper's host each datagram since `from` went to. */
const route = (bench: GuardianBench, from: number): string[] =>
  bench.sent.slice(from).map(({ tag, to }) => `${tag} ${to.address.split('.').at(-1)}`);

describe('a terminal whose gatekeeper is lost', () => {
  it('has nowhere to go when all are silent: each is tried once, then it pauses and begins with the first', () => {
    const bench = new GuardianBench({
      gatekeepers: [gk1, gk2, gk3],
      timers: { ...PLAIN_TIMERS, patience: milliseconds(1000) },
    });
    bench.do((terminal, now) => terminal.start(now));
    bench.wait(3000);
    assert.deepEqual(route(bench, 0), ['GRQ 1', 'GRQ 2', 'GRQ 3']);
    assert.equal(bench.ofKind('gatekeeperLost').length, 3);
    bench.only('registrationFailed');
    bench.wait(1300);
    assert.deepEqual(route(bench, 3), ['GRQ 1']);
  });

  it('does not go round in circles where one answers GRQs and nothing else', () => {
    const bench = new GuardianBench({
      gatekeepers: [gk1, gk2],
      timers: { ...PLAIN_TIMERS, patience: milliseconds(1000) },
    });
    bench.do((terminal, now) => terminal.start(now));
    for (let i = 0; i < 5 && bench.terminal.phase !== 'pausing'; i++) {
      const { tag, to } = bench.sent.at(-1) ?? {};
      if (tag === 'GRQ' && to?.address === gk2.ras.address) bench.answer(gk2, bench.last('GRQ'), say.gcf(gk2));
      bench.wait(1000);
    }
    assert.deepEqual(route(bench, 0), ['GRQ 1', 'GRQ 2', 'RRQ 2']);
    assert.equal(bench.terminal.phase, 'pausing');
  });

  it('does not go to an alternate that it has no key of, nor to one without a name or an IP address', () => {
    const stranger = gatekeeper('gk-9', 9);
    const { gatekeeperIdentifier: _, ...nameless } = alternate(stranger, false);
    const bench = registered([
      alternate(stranger, false),
      nameless,
      { ...alternate(gk3, false), rasAddress: { kind: 'netBios', value: Buffer.alloc(16) } },
      { ...alternate(gk3, false), rasAddress: transport({ address: '0.0.0.0', port: 1719 }) },
    ]);
    ask(bench);
    const from = bench.sent.length;
    bench.wait(3000);
    assert.deepEqual(route(bench, from), ['ARQ 1', 'ARQ 1', 'GRQ 2']);
  });

  it('registers with the next of its list, and asks there for what it waits for', () => {
    const bench = registered();
    const call = ask(bench);
    const from = bench.sent.length;
    bench.wait(3000);
    assert.deepEqual(route(bench, from), ['ARQ 1', 'ARQ 1', 'GRQ 2']);
    bench.answer(gk2, bench.last('GRQ'), say.gcf(gk2));
    bench.answer(gk2, bench.last('RRQ'), say.rcf('ep-2'));
    const { value } = bench.said('admissionRequest');
    assert.deepEqual([value.endpointIdentifier, value.gatekeeperIdentifier], ['ep-2', 'gk-2']);
    bench.answer(gk2, bench.last('ARQ'), say.acf(50_000));
    const { gatekeeperId, elapsed, roundTrip } = bench.only('admitted');
    assert.deepEqual([gatekeeperId, elapsed, roundTrip], ['gk-2', 3000, 0]);
    assert.deepEqual([...bench.terminal.calls.keys()], [call]);
  });

  it('keeps registration and calls at an alternate that shares them, and goes on with the request there', () => {
    const bench = registered([alternate(gk3, true, 1), alternate(gk2, false, 0)]);
    const live = ask(bench);
    bench.answer(gk1, bench.last('ARQ'), say.acf(50_000));
    bench.do((terminal, now) => terminal.changeBandwidth(live, bandwidthUnits(20_000), now));
    const from = bench.sent.length;
    bench.wait(3000);
    assert.deepEqual(route(bench, from), ['BRQ 1', 'BRQ 1', 'RRQ 2', 'BRQ 2']);
    assert.equal(bench.only('gatekeeperLost').request, 'BRQ');
    const { value } = bench.said('bandwidthRequest');
    assert.deepEqual([value.endpointIdentifier, value.gatekeeperIdentifier], ['ep-1', 'gk-2']);
    assert.equal(bench.said('registrationRequest').value.keepAlive, true);
    bench.answer(gk2, bench.last('BRQ'), say.bcf(20_000));
    assert.deepEqual([...bench.terminal.calls], [[live, 20_000]]);
    assert.equal(bench.terminal.phase, 'registered');
    const renewal = bench.sent.find(({ tag, to }) => tag === 'RRQ' && to.address === gk2.ras.address);
    assert(renewal !== undefined);
    bench.answer(gk2, renewal, say.rcf('ep-1', { timeToLive: 60 }));
    assert.equal(bench.only('renewed').gatekeeperId, 'gk-2');
    bench.only('registered');
  });

  it('registers in full where the alternate turns out to know nothing, and asks again', () => {
    const bench = registered([alternate(gk2, false)]);
    ask(bench);
    bench.wait(3000);
    const [renewal, arq] = bench.sent.slice(-2);
    assert(renewal?.tag === 'RRQ' && arq?.tag === 'ARQ');
    bench.answer(gk2, arq, say.arj('invalidEndpointIdentifier'));
    bench.answer(gk2, renewal, say.rrj('fullRegistrationRequired')); // too late to matter: the terminal has seen to it
    const { value } = bench.said('registrationRequest');
    assert.deepEqual([value.keepAlive, value.endpointIdentifier], [false, 'ep-1']);
    bench.answer(gk2, bench.last('RRQ'), say.rcf('ep-7'));
    bench.answer(gk2, bench.last('ARQ'), say.acf(1000));
    assert.equal(bench.only('admitted').gatekeeperId, 'gk-2');
  });

  it('moves when a renewal stays unanswered, too', () => {
    const bench = registered([alternate(gk2, false)]);
    bench.wait(33_001);
    assert.equal(bench.only('gatekeeperLost').request, 'RRQ');
    bench.answer(gk2, bench.last('RRQ'), say.rcf('ep-1', { timeToLive: 60 }));
    assert.equal(bench.only('renewed').gatekeeperId, 'gk-2');
  });

  it('believes no more in what the lost gatekeeper signs', () => {
    const bench = registered([alternate(gk2, false)]);
    bench.wait(33_001);
    bench.answer(gk2, bench.last('RRQ'), say.rcf('ep-1', { timeToLive: 60 }));
    bench.order(gk1, say.urq('ep-1', 'ttlExpired'));
    assert.equal(bench.only('refusedDatagram').why, 'wrong sender');
    assert.equal(bench.terminal.phase, 'registered');
  });

  it('keeps live calls while none can be had, and goes on with them when one comes back', () => {
    const bench = new GuardianBench({ gatekeepers: [gk1] });
    bench.register(gk1, 'ep-1', { timeToLive: 60 });
    const live = ask(bench);
    bench.answer(gk1, bench.last('ARQ'), say.acf(50_000));
    bench.wait(100_000);
    assert.equal(bench.terminal.calls.size, 1);
    for (const phase of ['pausing', 'discovering']) while (bench.terminal.phase !== phase) bench.wait(100);
    bench.answer(gk1, bench.last('GRQ'), say.gcf(gk1));
    bench.answer(gk1, bench.last('RRQ'), say.rcf('ep-1', { timeToLive: 60 }));
    assert.deepEqual([...bench.terminal.calls.keys()], [live]);
    assert.equal(bench.tags().at(-1), 'RRQ');
  });

  it('tells the next gatekeeper of a call that ended meanwhile', () => {
    const bench = registered([alternate(gk2, false)]);
    const live = ask(bench);
    bench.answer(gk1, bench.last('ARQ'), say.acf(50_000));
    bench.do((terminal, now) => terminal.disengage(live, now));
    bench.wait(3000);
    assert.deepEqual(bench.last('DRQ').to, gk2.ras);
    bench.answer(gk2, bench.last('DRQ'), say.dcf());
    assert.equal(bench.only('disengaged').confirmed, true);
  });

  it('follows a reject that points to another gatekeeper, once for each request', () => {
    const bench = registered();
    ask(bench);
    const elsewhere =
      (to: ScriptedGatekeeper): Answer =>
      (header) => ({
        kind: 'admissionReject',
        value: {
          rejectReason: { kind: 'resourceUnavailable', value: null },
          altGKInfo: { alternateGatekeeper: [alternate(to, false)], altGKisPermanent: false },
          ...header,
        },
      });
    bench.answer(gk1, bench.last('ARQ'), elsewhere(gk3));
    assert.deepEqual(bench.last('ARQ').to, gk3.ras);
    const [renewal] = bench.sent.slice(-2);
    assert(renewal?.tag === 'RRQ');
    bench.answer(gk3, bench.last('ARQ'), elsewhere(gk1));
    assert.equal(bench.only('admissionRefused').reason, 'resourceUnavailable');
    bench.answer(gk3, renewal, say.rcf('ep-1'));
    assert.equal(bench.terminal.gatekeeper.gatekeeperId, 'gk-3');
  });

  it('goes on to the next where a gatekeeper refuses it', () => {
    const bench = new GuardianBench({ gatekeepers: [gk1, gk2] });
    bench.do((terminal, now) => terminal.start(now));
    bench.answer(gk1, bench.last('GRQ'), say.gcf(gk1));
    bench.answer(gk1, bench.last('RRQ'), say.rrj('resourceUnavailable'));
    assert.deepEqual(bench.only('registrationRefused'), {
      kind: 'registrationRefused',
      gatekeeperId: 'gk-1',
      request: 'RRQ',
      signed: true,
      reason: 'resourceUnavailable',
    });
    assert.deepEqual(bench.last('GRQ').to, gk2.ras);
  });
});
