import assert from 'node:assert/strict';
import { bandwidthUnits } from '../../runtime/units.ts';
import { GuardianBench, gatekeeperAt, TERMINAL_ID } from '../support/guardian-bench.ts';
import { ScriptedGatekeeper, say } from '../support/scripted-gatekeeper.ts';

const BANDWIDTH = bandwidthUnits(50_000);
const { gatekeeperId, ras } = gatekeeperAt('gk-1', 1);
const gk = new ScriptedGatekeeper(gatekeeperId, ras);

describe('a terminal that registers', () => {
  it('is left alone by a gatekeeper that is silent: three GRQs, the same octets, then it pauses', () => {
    const bench = new GuardianBench({ gatekeepers: [gk] });
    bench.do((terminal, now) => terminal.start(now));
    bench.wait(2999);
    assert.deepEqual(bench.tags(), ['GRQ', 'GRQ', 'GRQ']);
    assert.equal(new Set(bench.sent.map(({ octets }) => Buffer.from(octets).toString('hex'))).size, 1);
    assert.deepEqual(bench.events, []);
    bench.wait(1);
    assert.deepEqual(bench.only('gatekeeperLost'), { kind: 'gatekeeperLost', gatekeeperId: 'gk-1', request: 'GRQ' });
    assert.equal(bench.only('registrationFailed').reason, 'timedOut');
    assert.equal(bench.terminal.phase, 'pausing');
  });

  it('tries again after pauses that double up to the longest, for ever', () => {
    const bench = new GuardianBench({ gatekeepers: [gk] });
    bench.do((terminal, now) => terminal.start(now));
    bench.wait(200_000);
    const pauses = bench.ofKind('registrationFailed').map(({ retryAfter }) => Math.floor(retryAfter / 1000));
    assert.deepEqual(pauses.slice(0, 7), [1, 2, 4, 8, 16, 30, 30]);
  });

  it('names the unsigned answers that it did not believe when it reports failure', () => {
    const bench = new GuardianBench({ gatekeepers: [gk] });
    bench.do((terminal, now) => terminal.start(now));
    bench.answer(gk, bench.last('GRQ'), say.gcf(gk));
    const asked = bench.last('RRQ');
    bench.receive(gk.unsigned(asked, say.rrj('securityDenial')), gk.ras);
    assert.equal(bench.terminal.phase, 'registering');
    bench.wait(3000);
    const hint = 'unsigned answer said: securityDenial';
    assert.equal(bench.only('gatekeeperLost').hint, hint);
    assert.equal(bench.only('registrationFailed').hint, hint);
    assert.deepEqual(bench.ofKind('registrationRefused'), []);
  });

  it('discovers, registers as its terminal id, and says how long that took', () => {
    const bench = new GuardianBench({
      gatekeepers: [gk],
      settings: { aliases: [{ kind: 'h323-ID', value: 'Technical Guardian (T-01)' }], requestedTimeToLive: 90 },
    });
    bench.do((terminal, now) => terminal.start(now));
    assert.deepEqual(bench.last('GRQ').to, gk.ras);
    bench.answer(gk, bench.last('GRQ'), say.gcf(gk));
    const { value } = bench.said('registrationRequest');
    assert.deepEqual(value.terminalAlias, [
      { kind: 'url-ID', value: TERMINAL_ID },
      { kind: 'h323-ID', value: 'Technical Guardian (T-01)' },
    ]);
    assert.equal(value.keepAlive, false);
    assert.equal(value.timeToLive, 90);
    assert.equal(value.gatekeeperIdentifier, 'gk-1');
    assert.equal(value.endpointIdentifier, undefined);
    bench.wait(40);
    bench.answer(gk, bench.last('RRQ'), say.rcf('ep-1', { timeToLive: 60 }));
    assert.deepEqual(bench.only('registered'), {
      kind: 'registered',
      gatekeeperId: 'gk-1',
      endpointIdentifier: 'ep-1',
      timeToLive: 60,
      roundTrip: 40,
    });
  });

  it('goes where the GCF says that RAS is', () => {
    const bench = new GuardianBench({ gatekeepers: [gk] });
    bench.do((terminal, now) => terminal.start(now));
    const elsewhere = { address: '192.0.2.99', port: 1720 };
    bench.answer(gk, bench.last('GRQ'), say.gcf(new ScriptedGatekeeper('gk-1', elsewhere)));
    assert.deepEqual(bench.last('RRQ').to, elsewhere);
  });

  it('ends a round even where a gatekeeper that only discovers sends it to a silent address', () => {
    const bench = new GuardianBench({ gatekeepers: [gk] });
    bench.do((terminal, now) => terminal.start(now));
    for (let i = 0; i < 5 && bench.terminal.phase !== 'pausing'; i++) {
      const elsewhere = new ScriptedGatekeeper('gk-1', { address: '192.0.2.99', port: 1720 });
      if (bench.sent.at(-1)?.tag === 'GRQ') bench.answer(gk, bench.last('GRQ'), say.gcf(elsewhere));
      bench.wait(3000);
    }
    assert.equal(bench.terminal.phase, 'pausing');
  });

  it('survives lost datagrams: the second RRQ is answered', () => {
    const bench = new GuardianBench({ gatekeepers: [gk] });
    bench.do((terminal, now) => terminal.start(now));
    bench.answer(gk, bench.last('GRQ'), say.gcf(gk));
    bench.wait(1500);
    bench.answer(gk, bench.last('RRQ'), say.rcf('ep-1'));
    assert.equal(bench.only('registered').roundTrip, 1500);
    assert.deepEqual(bench.tags(), ['GRQ', 'RRQ', 'RRQ']);
  });

  it('renews lightly, again and again', () => {
    const bench = new GuardianBench({ gatekeepers: [gk] });
    bench.register(gk, 'ep-1', { timeToLive: 60 });
    for (let round = 1; round <= 3; round++) {
      bench.wait(30_001);
      const { value } = bench.said('registrationRequest');
      assert.equal(value.keepAlive, true);
      assert.equal(value.endpointIdentifier, 'ep-1');
      assert.equal(value.terminalAlias, undefined);
      bench.answer(gk, bench.last('RRQ'), say.rcf('ep-1', { timeToLive: 60 }));
      assert.equal(bench.ofKind('renewed').length, round);
    }
    bench.only('registered');
  });

  for (const [random, seconds] of [
    [0, 30],
    [2 ** 31, 35],
    [2 ** 32 - 20, 40],
  ] as const)
    it(`renews after ${seconds} of 60 s where the random number is ${random}`, () => {
      const bench = new GuardianBench({ gatekeepers: [gk], random });
      bench.register(gk, 'ep-1', { timeToLive: 60 });
      const due = (bench.terminal.nextDeadline() ?? 0) - bench.now.monotonic;
      assert(Math.abs(due - seconds * 1000) < 1, `${due} ms`);
    });

  it('never renews where no time-to-live was given', () => {
    const bench = new GuardianBench({ gatekeepers: [gk] });
    bench.register(gk, 'ep-1');
    assert.equal(bench.terminal.nextDeadline(), undefined);
  });

  it('leaves a gatekeeper that asks for another full registration each time', () => {
    const bench = new GuardianBench({ gatekeepers: [gk] });
    bench.do((terminal, now) => terminal.start(now));
    bench.answer(gk, bench.last('GRQ'), say.gcf(gk));
    for (let i = 0; i < 3; i++) bench.answer(gk, bench.last('RRQ'), say.rrj('fullRegistrationRequired'));
    assert.equal(bench.only('registrationRefused').reason, 'fullRegistrationRequired');
    assert.equal(bench.terminal.phase, 'pausing');
  });

  it('discovers again where the gatekeeper requires it', () => {
    const bench = new GuardianBench({ gatekeepers: [gk] });
    bench.register(gk, 'ep-1', { timeToLive: 60 });
    bench.wait(30_001);
    bench.answer(gk, bench.last('RRQ'), say.rrj('discoveryRequired'));
    bench.answer(gk, bench.last('GRQ'), say.gcf(gk));
    assert.equal(bench.said('registrationRequest').value.endpointIdentifier, 'ep-1');
    bench.answer(gk, bench.last('RRQ'), say.rcf('ep-1'));
    assert.equal(bench.terminal.phase, 'registered');
  });

  it('waits longer where RIP says so, but not for ever', () => {
    const bench = new GuardianBench({ gatekeepers: [gk] });
    bench.do((terminal, now) => terminal.start(now));
    bench.answer(gk, bench.last('GRQ'), say.gcf(gk));
    const asked = bench.last('RRQ');
    bench.wait(500);
    bench.answer(gk, asked, say.rip(5000));
    bench.wait(4900);
    assert.deepEqual(bench.tags(), ['GRQ', 'RRQ']);
    bench.wait(100);
    assert.deepEqual(bench.tags(), ['GRQ', 'RRQ', 'RRQ']);
    for (let i = 0; i < 100 && bench.terminal.phase === 'registering'; i++) {
      bench.answer(gk, asked, say.rip(5000));
      bench.wait(1000);
    }
    assert.equal(bench.terminal.phase, 'pausing');
    assert(bench.now.monotonic < 10_000 + 45_000);
  });

  it('takes no RIP that is not signed', () => {
    const bench = new GuardianBench({ gatekeepers: [gk] });
    bench.do((terminal, now) => terminal.start(now));
    bench.receive(gk.unsigned(bench.last('GRQ'), say.rip(60_000)), gk.ras);
    bench.wait(1000);
    assert.deepEqual(bench.tags(), ['GRQ', 'GRQ']);
  });

  it('numbers its requests from 1 to 65535 and around, and never as one that is outstanding', () => {
    const bench = new GuardianBench({ gatekeepers: [gk], seq: 65_533 });
    bench.register(gk, 'ep-1');
    for (let i = 0; i < 3; i++)
      bench.do((terminal, now) =>
        terminal.admit({ destination: { kind: 'h323-ID', value: 'mcu' }, bandwidth: BANDWIDTH }, now),
      );
    const numbers = bench.sent.map(({ message }) => 'requestSeqNum' in message.value && message.value.requestSeqNum);
    assert.deepEqual(numbers, [65_534, 65_535, 1, 2, 3]);
  });
});
