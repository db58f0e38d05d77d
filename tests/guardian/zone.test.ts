import assert from 'node:assert/strict';
import { type CallHandle, DEFAULT_TIMERS, type GuardianSettings } from '../../runtime/guardian/index.ts';
import type { RasTag } from '../../runtime/h225/index.ts';
import { bandwidthUnits } from '../../runtime/units.ts';
import { type BenchArgs, GuardianBench, gatekeeperAt, type Sent } from '../support/guardian-bench.ts';
import { ScriptedGatekeeper, say, sentOn, testKey, transport } from '../support/scripted-gatekeeper.ts';

/** Two gatekeepers of one zone, by their addresses, and one of another. */
const member = (host: number): ScriptedGatekeeper => new ScriptedGatekeeper('zone', gatekeeperAt('zone', host).ras);
const [primary, secondary] = [member(1), member(2)];
const foreign = new ScriptedGatekeeper('other', gatekeeperAt('other', 3).ras);
const MCU = { kind: 'url-ID', value: 'if://council/mcu' } as const;

function registered(
  gatekeepers: BenchArgs['gatekeepers'] = [primary, secondary],
  settings: Partial<GuardianSettings> = {},
): GuardianBench {
  const bench = new GuardianBench({ gatekeepers, settings, timers: DEFAULT_TIMERS });
  bench.register(primary, 'ep-1', { timeToLive: 60 });
  return bench;
}

const ask = (bench: GuardianBench): CallHandle =>
  bench.do((terminal, now) => terminal.admit({ destination: MCU, bandwidth: bandwidthUnits(50_000) }, now));

function calling(gatekeepers?: BenchArgs['gatekeepers']): { bench: GuardianBench; call: CallHandle } {
  const bench = registered(gatekeepers);
  const call = ask(bench);
  bench.answer(primary, bench.last('ARQ'), say.acf(50_000));
  return { bench, call };
}

const change = (bench: GuardianBench, call: CallHandle, units = 20_000): boolean =>
  bench.do((terminal, now) => terminal.changeBandwidth(call, bandwidthUnits(units), now));

/** To whom each datagram since `from` went. */
const route = (bench: GuardianBench, from: number): string[] =>
  bench.sent.slice(from).map(({ tag, to }) => `${tag} ${to.address.split('.').at(-1)}`);

const hostOf = (bench: GuardianBench): string => bench.terminal.gatekeeper.ras.address;

function assertSameOctets(sent: readonly Sent[]): void {
  assert.equal(new Set(sent.map(({ octets }) => Buffer.from(octets).toString('hex'))).size, 1);
}

const lastOf = (bench: GuardianBench, tag: RasTag): Sent => {
  const sent = bench.sent.findLast((datagram) => datagram.tag === tag);
  assert(sent !== undefined, `no ${tag} was sent`);
  return sent;
};

describe('a zone whose key is being replaced', () => {
  const known = ['zone', 'next'].map((name) => testKey(name).publicKey);
  const told = (place: ScriptedGatekeeper, publicKeys: readonly Uint8Array[]) => ({ ...place.trusted, publicKeys });

  it('is one to a terminal that knows both keys of both, in whichever order', () => {
    const { bench, call } = calling([told(primary, known), told(secondary, known.toReversed())]);
    const from = bench.sent.length;
    change(bench, call);
    bench.wait(100);
    assert.deepEqual(route(bench, from), ['BRQ 1', 'BRQ 1', 'BRQ 2']);
    // The one that leads by now was restarted with the next key.
    const renewed = new ScriptedGatekeeper('zone', secondary.ras, 'next');
    bench.answer(renewed, bench.last('BRQ'), say.bcf(20_000));
    assert.equal(bench.only('bandwidthChanged').granted, 20_000);
    assert.equal(hostOf(bench), secondary.ras.address);
  });

  it('is not one with a gatekeeper of the same name of which it knows another set of keys', () => {
    const { bench, call } = calling([told(primary, known), told(secondary, known.slice(0, 1))]);
    const from = bench.sent.length;
    change(bench, call);
    bench.wait(100);
    assert.deepEqual(route(bench, from), ['BRQ 1', 'BRQ 1']);
  });
});

describe('a terminal of a zone with two gatekeepers, where nobody answers', () => {
  it('asks both, round after round, until its patience ends, and then pauses', () => {
    const { bench, call } = calling();
    const from = bench.sent.length;
    const start = bench.now.monotonic;
    change(bench, call);
    assert.deepEqual(route(bench, from), ['BRQ 1']);
    bench.wait(99);
    assert.deepEqual(route(bench, from), ['BRQ 1']);
    bench.wait(1); // it has measured answers that came at once
    assert.deepEqual(route(bench, from), ['BRQ 1', 'BRQ 1', 'BRQ 2']);
    bench.wait(200);
    assert.equal(bench.sent.length - from, 5);
    bench.wait(250);
    assert.equal(bench.sent.length - from, 7);
    bench.wait(9449);
    assertSameOctets(bench.sent.slice(from));
    assert.deepEqual(bench.ofKind('gatekeeperLost'), []);
    const datagrams = bench.sent.length - from;
    bench.wait(1);
    assert.equal(bench.now.monotonic - start, 10_000);
    assert.deepEqual(bench.only('gatekeeperLost'), { kind: 'gatekeeperLost', gatekeeperId: 'zone', request: 'BRQ' });
    bench.only('registrationFailed');
    assert.equal(bench.only('bandwidthRefused').reason, 'timedOut');
    assert.deepEqual(bench.exchanges.at(-1), {
      ...{ request: 'BRQ', call, answer: undefined, from: undefined, datagrams },
      ...{ firstSentAt: start, elapsed: 10_000 },
    });
    assert.equal(bench.terminal.calls.get(call), 50_000);
  });

  it('does not register anew after the pause, but asks by a light RRQ whether it is known still', () => {
    const { bench, call } = calling();
    change(bench, call);
    bench.wait(11_300);
    const gcf = say.gcf(secondary);
    bench.answer(secondary, lastOf(bench, 'GRQ'), gcf);
    const { value } = bench.said('registrationRequest');
    assert.deepEqual([value.keepAlive, value.endpointIdentifier], [true, 'ep-1']);
    bench.answer(secondary, lastOf(bench, 'RRQ'), say.rcf('ep-1', { timeToLive: 60 }));
    bench.only('registered');
    bench.only('renewed');
    assert.deepEqual([...bench.terminal.calls.keys()], [call]);
  });

  it('registers in full where it turns out that it is not', () => {
    const { bench, call } = calling();
    change(bench, call);
    bench.wait(11_300);
    bench.answer(primary, lastOf(bench, 'GRQ'), say.gcf(primary));
    bench.answer(primary, bench.last('RRQ'), say.rrj('fullRegistrationRequired'));
    assert.equal(bench.said('registrationRequest').value.keepAlive, false);
    bench.answer(primary, bench.last('RRQ'), say.rcf('ep-2'));
    assert.equal(bench.ofKind('registered').length, 2);
  });

  it('goes to another zone only when its patience has ended, and registers there in full', () => {
    const { bench, call } = calling([primary, foreign, secondary]);
    const from = bench.sent.length;
    change(bench, call);
    bench.wait(9999);
    assert.deepEqual(new Set(route(bench, from)), new Set(['BRQ 1', 'BRQ 2']));
    bench.wait(1);
    assert.deepEqual(route(bench, from).at(-1), 'GRQ 3');
    bench.answer(foreign, bench.last('GRQ'), say.gcf(foreign));
    assert.equal(bench.said('registrationRequest').value.keepAlive, false);
  });
});

describe('a terminal whose gatekeeper falls silent', () => {
  it('asks the other of the zone after one time-out with the same octets, and stays with it', () => {
    const { bench, call } = calling();
    const from = bench.sent.length;
    change(bench, call);
    bench.wait(100);
    assert.deepEqual(bench.last('BRQ').to, secondary.ras);
    assertSameOctets(bench.sent.slice(from));
    bench.answer(secondary, bench.last('BRQ'), say.bcf(20_000));
    assert.equal(bench.only('bandwidthChanged').granted, 20_000);
    assert.equal(hostOf(bench), secondary.ras.address);
    assert.deepEqual(
      [bench.exchanges.at(-1)?.from, bench.exchanges.at(-1)?.datagrams, bench.exchanges.at(-1)?.elapsed],
      [secondary.ras, 3, 100],
    );
    change(bench, call, 30_000);
    assert.deepEqual(route(bench, from), ['BRQ 1', 'BRQ 1', 'BRQ 2', 'BRQ 2']);
    bench.only('registered');
    for (const kind of ['renewed', 'readmitted', 'gatekeeperLost'] as const) assert.deepEqual(bench.ofKind(kind), []);
  });

  it('knows the other from what an RCF said of alternates, too', () => {
    const bench = new GuardianBench({ gatekeepers: [primary], timers: DEFAULT_TIMERS });
    const alternate = { rasAddress: transport(secondary.ras), gatekeeperIdentifier: 'zone', priority: 1 };
    bench.register(primary, 'ep-1', { alternates: [{ ...alternate, needToRegister: false }] });
    ask(bench);
    bench.wait(100);
    assert.deepEqual(bench.last('ARQ').to, secondary.ras);
    bench.answer(secondary, bench.last('ARQ'), say.acf(1000));
    bench.only('admitted');
  });

  it('does not take one for its zone that has another key', () => {
    const impostor = new ScriptedGatekeeper('zone', secondary.ras, 'another key');
    const { bench, call } = calling([primary, impostor]);
    change(bench, call);
    bench.wait(9999);
    assert(bench.sent.every(({ to }) => to.address === primary.ras.address));
  });

  it('finds, registers with and leaves the other in the same way', () => {
    const bench = new GuardianBench({ gatekeepers: [primary, secondary], timers: DEFAULT_TIMERS });
    bench.do((terminal, now) => terminal.start(now));
    bench.wait(300);
    assert.deepEqual(route(bench, 0), ['GRQ 1', 'GRQ 1', 'GRQ 2']);
    bench.answer(secondary, bench.last('GRQ'), say.gcf(secondary));
    bench.answer(secondary, bench.last('RRQ'), say.rcf('ep-1'));
    const from = bench.sent.length;
    bench.do((terminal, now) => terminal.stop(now));
    bench.wait(1000);
    assert.deepEqual(route(bench, from).slice(0, 3), ['URQ 2', 'URQ 2', 'URQ 1']);
    bench.answer(primary, bench.last('URQ'), say.ucf());
    assert.equal(bench.only('stopped').confirmed, true);
  });

  it('takes the first answer where both answer late, once', () => {
    const { bench, call } = calling();
    change(bench, call);
    bench.wait(100);
    const asked = bench.last('BRQ');
    const late = primary.answer(asked, say.bcf(20_000), bench.now.epoch);
    bench.answer(secondary, asked, say.bcf(20_000));
    bench.receive(late, primary.ras);
    bench.only('bandwidthChanged');
    assert.equal(bench.only('refusedDatagram').why, 'unexpected');
    assert.equal(hostOf(bench), secondary.ras.address);
  });

  it('is not sent about by an unsigned answer from nowhere, nor by who signs for the zone and is not of it', () => {
    const { bench, call } = calling();
    change(bench, call);
    bench.answer(
      new ScriptedGatekeeper('zone', { address: '192.0.2.66', port: 9 }),
      bench.last('BRQ'),
      say.bcf(20_000),
    );
    bench.only('bandwidthChanged');
    assert.equal(hostOf(bench), primary.ras.address);
  });

  it('obeys the one that took over before any request went there, and answers it there', () => {
    const { bench } = calling();
    bench.order(secondary, (header) => ({ kind: 'infoRequest', value: { callReferenceValue: 0, ...header } }));
    assert.deepEqual(bench.last('IRR').to, secondary.ras);
  });

  it('under the lab policy takes answers from whom it asked alone', () => {
    const bench = new GuardianBench({
      gatekeepers: [primary, secondary],
      timers: DEFAULT_TIMERS,
      settings: { unsigned: true },
    });
    bench.do((terminal, now) => terminal.start(now));
    const asked = bench.last('GRQ');
    bench.receive(secondary.unsigned(asked, say.gcf(secondary)), secondary.ras);
    assert.equal(bench.only('refusedDatagram').why, 'wrong sender');
    bench.wait(300);
    bench.receive(secondary.unsigned(asked, say.gcf(secondary)), secondary.ras);
    assert.deepEqual(bench.only('discovered').ras, secondary.ras);
  });

  it('asks the others on while RIP keeps it from asking the one that said so', () => {
    const { bench, call } = calling();
    const from = bench.sent.length;
    change(bench, call);
    bench.answer(primary, bench.last('BRQ'), say.rip(2000));
    bench.wait(1999);
    assert.deepEqual(new Set(route(bench, from + 1)), new Set(['BRQ 2']));
    bench.wait(251);
    assert(route(bench, from + 1).includes('BRQ 1'));
    bench.wait(9749);
    assert.deepEqual(bench.ofKind('gatekeeperLost'), []);
    bench.wait(1);
    bench.only('gatekeeperLost'); // 10 s and the 2 s of the RIP
  });

  it('waits as long as the network needs', () => {
    const { bench, call } = calling();
    for (let i = 0; i < 30; i++) {
      change(bench, call, 20_000 + i);
      bench.wait(90);
      bench.answer(primary, bench.last('BRQ'), say.bcf(20_000));
    }
    assert.equal(bench.ofKind('bandwidthChanged').length, 30);
    for (let i = 0; i < 40; i++) {
      change(bench, call, 30_000 + i);
      bench.wait(140);
      bench.answer(primary, lastOf(bench, 'BRQ'), say.bcf(30_000));
    }
    const from = bench.sent.length;
    change(bench, call, 40_000);
    bench.wait(140);
    assert.deepEqual(route(bench, from), ['BRQ 1']);
  });
});

describe('a terminal that is sent on by a standby', () => {
  it('ignores a redirect that nobody has signed', () => {
    const { bench, call } = calling();
    change(bench, call);
    const from = bench.sent.length;
    bench.receive(primary.unsigned(bench.last('BRQ'), sentOn('BRQ', secondary)), primary.ras);
    assert.equal(bench.only('refusedDatagram').why, 'unsigned');
    assert.equal(bench.sent.length, from);
  });

  it('sends every kind of request on at once, the same octets, and registers nowhere', () => {
    const { bench, call } = calling();
    /** The primary sends it on, the secondary confirms; then the secondary is asked first, and sends it back. */
    const passOn = (tag: 'RRQ' | 'BRQ' | 'DRQ' | 'ARQ' | 'URQ', confirm: ReturnType<typeof say.bcf>): void => {
      const [asked, other] = hostOf(bench) === primary.ras.address ? [primary, secondary] : [secondary, primary];
      const first = bench.last(tag);
      assert.deepEqual(first.to, asked.ras);
      bench.answer(asked, first, sentOn(tag, other));
      assert.deepEqual(bench.last(tag).to, other.ras);
      assertSameOctets([first, bench.last(tag)]);
      bench.answer(other, first, confirm);
      assert.equal(hostOf(bench), other.ras.address);
    };
    change(bench, call);
    passOn('BRQ', say.bcf(20_000));
    assert.equal(
      bench.do((terminal, now) => terminal.renew(now)),
      true,
    );
    passOn('RRQ', say.rcf('ep-1', { timeToLive: 60 }));
    bench.do((terminal, now) => terminal.disengage(call, now));
    passOn('DRQ', say.dcf());
    ask(bench);
    passOn('ARQ', say.acf(1000));
    bench.do((terminal, now) => terminal.stop(now));
    passOn('DRQ', say.dcf());
    passOn('URQ', say.ucf());
    bench.only('registered');
    bench.only('renewed');
    assert.deepEqual(
      bench.ofKind('disengaged').map(({ confirmed }) => confirmed),
      [true, true],
    );
    assert.equal(bench.only('stopped').confirmed, true);
    assert.equal(bench.said('registrationRequest').value.keepAlive, true);
  });

  it('sends a report on that asks for an answer', () => {
    const bench = registered();
    ask(bench);
    bench.answer(primary, bench.last('ARQ'), say.acf(1000, 5));
    bench.wait(20_000);
    const asked = bench.last('IRR');
    bench.answer(primary, asked, sentOn('IRR', secondary));
    assert.deepEqual(bench.last('IRR').to, secondary.ras);
    bench.answer(secondary, asked, say.iack());
    assert.equal(hostOf(bench), secondary.ras.address);
    bench.only('registered');
  });

  it('goes to one of the zone that it had not heard of', () => {
    const third = member(7);
    const { bench, call } = calling();
    change(bench, call);
    bench.answer(primary, bench.last('BRQ'), sentOn('BRQ', third));
    assert.deepEqual(bench.last('BRQ').to, third.ras);
    bench.answer(third, bench.last('BRQ'), say.bcf(20_000));
    assert.equal(hostOf(bench), third.ras.address);
  });

  it('lets the one that is named answer where it is asked already', () => {
    const { bench, call } = calling();
    change(bench, call);
    bench.wait(100);
    const asked = bench.last('BRQ');
    const from = bench.sent.length;
    bench.answer(secondary, asked, sentOn('BRQ', primary));
    assert.equal(bench.sent.length, from);
    bench.wait(200);
    assert.deepEqual(route(bench, from), ['BRQ 1', 'BRQ 2']);
    bench.answer(secondary, asked, say.bcf(20_000)); // it leads by now
    bench.only('bandwidthChanged');
  });

  it('follows two that name each other a few times, then waits for the next time-out', () => {
    const { bench, call } = calling();
    const from = bench.sent.length;
    change(bench, call);
    const asked = bench.last('BRQ');
    for (let i = 0; i < 10; i++) {
      bench.answer(primary, asked, sentOn('BRQ', secondary));
      bench.answer(secondary, asked, sentOn('BRQ', primary));
    }
    assert.deepEqual(route(bench, from), ['BRQ 1', 'BRQ 2', 'BRQ 1', 'BRQ 2']);
    bench.wait(100);
    assert.deepEqual(route(bench, from + 4), ['BRQ 1', 'BRQ 2']);
    bench.wait(9900);
    assert.deepEqual(bench.only('gatekeeperLost').hint, 'sent on to another gatekeeper: undefinedReason');
  });
});
