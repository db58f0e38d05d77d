import assert from 'node:assert/strict';
import { openUdpSocket, type UdpSocket } from '../../runtime/adapters/udp-socket.ts';
import type { Exchange, GuardianEvent } from '../../runtime/guardian/index.ts';
import { RAS_TAGS, type RasTag, rasMessage } from '../../runtime/h225/index.ts';
import { GuardianRefusedError } from '../../runtime/service/guardian-errors.ts';
import { type GuardianHandle, type GuardianOptions, startGuardian } from '../../runtime/service/guardian-service.ts';
import { bandwidthUnits, epochMilliseconds, milliseconds } from '../../runtime/units.ts';
import { type Answer, ScriptedGatekeeper, say, testKey } from '../support/scripted-gatekeeper.ts';

const TERMINAL_ID = 'if://guardian/technical';
const MCU = { kind: 'url-ID', value: 'if://council/mcu' } as const;
/** Where answers come: a busy machine must not make requests be repeated. */
const CALM = { retransmitAfter: milliseconds(1000), leastRetransmit: milliseconds(1000) };
/** For tests of silence. */
const QUICK = {
  ...{ retransmitAfter: milliseconds(30), leastRetransmit: milliseconds(30) },
  ...{ patience: milliseconds(1000), firstPause: milliseconds(20) },
};

/** A gatekeeper on loopback that answers as its script says; what the script is silent about gets no answer. */
class UdpGatekeeper {
  readonly requests: RasTag[] = [];
  readonly script: Map<RasTag, (gatekeeper: ScriptedGatekeeper) => Answer>;
  unsigned = false;
  #socket: UdpSocket | undefined;
  #scripted: ScriptedGatekeeper | undefined;

  constructor() {
    this.script = new Map<RasTag, (gatekeeper: ScriptedGatekeeper) => Answer>([
      ['GRQ', (gatekeeper) => say.gcf(gatekeeper)],
      ['RRQ', () => say.rcf('ep-1', { timeToLive: 60 })],
      ['ARQ', () => say.acf(40_000)],
      ['BRQ', () => say.bcf(20_000)],
      ['DRQ', () => say.dcf()],
      ['URQ', () => say.ucf()],
    ]);
  }

  async open(): Promise<ScriptedGatekeeper> {
    this.#socket = await openUdpSocket({
      host: '127.0.0.1',
      port: 0,
      onDatagram: (octets, from) => {
        const message = rasMessage.decode(octets);
        assert(message.kind !== 'unknownExtension' && this.#scripted !== undefined);
        const tag = RAS_TAGS[message.kind];
        this.requests.push(tag);
        const build = this.script.get(tag)?.(this.#scripted);
        if (build === undefined) return;
        const asked = { message, octets };
        const answer = this.unsigned
          ? this.#scripted.unsigned(asked, build)
          : this.#scripted.answer(asked, build, epochMilliseconds(Date.now()));
        this.#socket?.send(answer, from);
      },
      onError: (error) => assert.fail(error),
    });
    this.#scripted = new ScriptedGatekeeper('gk-udp', this.#socket.localAddress);
    return this.#scripted;
  }

  close(): Promise<void> {
    return this.#socket?.close() ?? Promise.resolve();
  }
}

describe('a guardian over UDP', () => {
  const gatekeeper = new UdpGatekeeper();
  const events: GuardianEvent[] = [];
  const started: GuardianHandle[] = [];
  let scripted: ScriptedGatekeeper;

  async function start(options: Partial<GuardianOptions> = {}): Promise<GuardianHandle> {
    const handle = await startGuardian({
      terminalId: TERMINAL_ID,
      seed: testKey(TERMINAL_ID).seed,
      host: '127.0.0.1',
      gatekeepers: [scripted.trusted],
      onEvent: (event) => events.push(event),
      onError: (error) => assert.fail(error),
      timers: CALM,
      ...options,
    });
    started.push(handle);
    return handle;
  }

  const defaults = new Map(gatekeeper.script);
  before(async () => {
    scripted = await gatekeeper.open();
  });
  beforeEach(() => {
    events.length = 0;
    gatekeeper.requests.length = 0;
    gatekeeper.unsigned = false;
    for (const [tag, build] of defaults) gatekeeper.script.set(tag, build);
  });
  afterEach(() => Promise.all(started.splice(0).map((handle) => handle.stop())));
  after(() => gatekeeper.close());

  it('does not start with settings that no message holds, and leaves no socket open', async () => {
    await assert.rejects(start({ terminalId: '' }), { name: 'GuardianError', code: 'INVALID_SETTINGS' });
    await assert.rejects(start({ seed: new Uint8Array(31) }), RangeError);
  });

  it('does not start on a port that is taken', async () => {
    const { address: host, port } = scripted.ras;
    await assert.rejects(start({ host, port }), { name: 'PortInUseError', message: /for RAS of if:\/\/guardian/ });
  });

  it('says so where no gatekeeper answers, and goes on trying', async () => {
    gatekeeper.script.delete('GRQ');
    const handle = await start({ timers: QUICK });
    await assert.rejects(handle.registered, {
      name: 'GuardianRefusedError',
      code: 'REGISTRATION_REFUSED',
      reason: 'timedOut',
    });
    gatekeeper.script.set('GRQ', (gk) => say.gcf(gk));
    const { granted } = await handle.admit({ destination: MCU, bandwidth: bandwidthUnits(40_000) });
    assert.equal(granted, 40_000);
  });

  it('does not believe unsigned answers, and tells what they said', async () => {
    gatekeeper.script.set('RRQ', () => say.rrj('securityDenial'));
    gatekeeper.script.set('GRQ', (gk) => say.gcf(gk));
    gatekeeper.unsigned = true;
    const handle = await start({ timers: QUICK });
    await assert.rejects(handle.registered, { hint: 'unsigned answer said: gatekeeperConfirm' });
  });

  it('registers, is admitted, changes its bandwidth, disengages and leaves', async () => {
    const handle = await start();
    const registration = await handle.registered;
    assert.equal(registration.endpointIdentifier, 'ep-1');
    const { call, granted, destCallSignalAddress } = await handle.admit({
      destination: MCU,
      bandwidth: bandwidthUnits(50_000),
    });
    assert.equal(granted, 40_000);
    assert.deepEqual(destCallSignalAddress, { address: '192.0.2.80', port: 1720 });
    assert.equal(await handle.changeBandwidth(call, bandwidthUnits(30_000)), 20_000);
    assert.equal(await handle.disengage(call), true);
    assert.equal(await handle.disengage(call), false);
    await assert.rejects(handle.changeBandwidth(call, bandwidthUnits(1)), { reason: 'callEnded' });
    assert.equal(await handle.stop(), true);
    assert.deepEqual(gatekeeper.requests, ['GRQ', 'RRQ', 'ARQ', 'BRQ', 'DRQ', 'URQ']);
    assert.deepEqual(
      events.map(({ kind }) => kind),
      ['discovered', 'registered', 'admitted', 'bandwidthChanged', 'disengaged', 'stopped'],
    );
  });

  it('renews before it is due, and says how every request went', async () => {
    const exchanges: Exchange[] = [];
    const handle = await start({ onExchange: (exchange) => exchanges.push(exchange) });
    await handle.registered;
    assert.equal((await handle.renew()).timeToLive, 60);
    let refusals = 0;
    gatekeeper.script.set('RRQ', () => (refusals++ > 0 ? say.rcf('ep-2') : say.rrj('fullRegistrationRequired')));
    const vain = handle.renew();
    await assert.rejects(vain, { code: 'REGISTRATION_REFUSED', reason: 'registeredAnew' });
    assert.deepEqual(
      exchanges.map(({ request, answer, from }) => [request, answer, from?.port]),
      [
        ['GRQ', 'GCF'],
        ['RRQ', 'RCF'],
        ['RRQ', 'RCF'],
        ['RRQ', 'RRJ'],
        ['RRQ', 'RCF'],
      ].map((pair) => [...pair, scripted.ras.port]),
    );
    await handle.stop();
    await assert.rejects(handle.renew(), { reason: 'stopped' });
  });

  it('goes on at the other gatekeeper of its zone', async () => {
    const silent = { ...scripted.trusted, ras: { address: '127.0.0.1', port: 9 } };
    const handle = await start({ gatekeepers: [silent, scripted.trusted], onError: () => {} });
    await handle.registered;
    assert.deepEqual(handle.terminal.gatekeeper.ras, scripted.ras);
    assert.deepEqual(gatekeeper.requests, ['GRQ', 'RRQ']);
  });

  it('gives each wish for bandwidth its own answer', async () => {
    const handle = await start();
    const { call } = await handle.admit({ destination: MCU, bandwidth: bandwidthUnits(50_000) });
    const wishes = [1000, 2000, 3000].map((units) => handle.changeBandwidth(call, bandwidthUnits(units)));
    const [first, second, third] = await Promise.allSettled(wishes);
    assert.deepEqual(first, { status: 'fulfilled', value: 20_000 });
    assert(second?.status === 'rejected' && second.reason instanceof GuardianRefusedError);
    assert.deepEqual([second.reason.code, second.reason.reason], ['BANDWIDTH_REFUSED', 'superseded']);
    assert.deepEqual(third, { status: 'fulfilled', value: 20_000 });
    assert.deepEqual(gatekeeper.requests.filter((tag) => tag === 'BRQ').length, 2);
  });

  it('rejects with what the gatekeeper says', async () => {
    gatekeeper.script.set('ARQ', () => say.arj('requestDenied'));
    const handle = await start();
    await assert.rejects(handle.admit({ destination: MCU, bandwidth: bandwidthUnits(1) }), {
      name: 'GuardianRefusedError',
      code: 'ADMISSION_REFUSED',
      message: 'requestDenied',
    });
    await assert.rejects(handle.admit({ destination: MCU, bandwidth: bandwidthUnits(0) }), {
      name: 'GuardianError',
      code: 'INVALID_BANDWIDTH',
    });
  });

  it('stops in bounded time where the gatekeeper is silent, and tells those who wait', async () => {
    const handle = await start({ timers: QUICK });
    await handle.registered;
    gatekeeper.script.clear();
    const admission = handle.admit({ destination: MCU, bandwidth: bandwidthUnits(1000) });
    const [stopped, again] = [handle.stop(), handle.stop()];
    await assert.rejects(admission, { reason: 'stopped' });
    assert.equal(await stopped, false);
    assert.equal(await again, false);
    await assert.rejects(handle.admit({ destination: MCU, bandwidth: bandwidthUnits(1000) }), { code: 'NOT_RUNNING' });
  });
});
