/** What `council up --kill-primary-after` counts, with guardians and gatekeepers that do what the test says. */
import assert from 'node:assert/strict';
import { createServer, type Server } from 'node:http';
import { systemClock } from '../../runtime/adapters/clock.ts';
import type { Exchange } from '../../runtime/guardian/index.ts';
import { GuardianRefusedError, type LocalGatekeeper, type LocalZone } from '../../runtime/service/index.ts';
import { FailoverDrill, type Seat } from '../../runtime/service/local-failover.ts';
import { bandwidthUnits, bitsPerSecond, milliseconds } from '../../runtime/units.ts';

const OLD = { address: '127.0.0.1', port: 1 };
const NEW = { address: '127.0.0.1', port: 2 };
const UNITS = bandwidthUnits(20_000);
const RATE = bitsPerSecond(1e6);
const NAMES = ['if://a', 'if://b', 'if://c'];
const { signal } = new AbortController();

describe("a failover's figures", () => {
  let page = '';
  let server: Server;
  let metrics = '';
  before(async () => {
    server = createServer((_, response) => response.end(page));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const address = server.address();
    assert(typeof address === 'object' && address !== null);
    metrics = `http://127.0.0.1:${address.port}/metrics`;
  });
  after(() => server.close());
  beforeEach(() => {
    page = NAMES.map((name) => `h323_guardian_bandwidth_bps{terminal_id="${name}"} ${RATE}\n`).join('');
  });

  class LabZone implements LocalZone {
    readonly store = 'etcd';
    readonly storeNote = '';
    readonly gatekeeperId = '';
    readonly publicKey = new Uint8Array();
    readonly promise: number | undefined;
    isKilled = false;

    constructor(promise: number | undefined) {
      this.promise = promise;
    }

    get gatekeepers(): readonly LocalGatekeeper[] {
      const one = { metrics, leaseLeft: undefined };
      return [
        { ...one, instance: 'old', side: 'primary', state: this.isKilled ? 'down' : 'leading', ras: OLD },
        { ...one, instance: 'new', side: 'secondary', state: this.isKilled ? 'leading' : 'standby', ras: NEW },
      ];
    }

    async look(): Promise<void> {}
    killLeader(): string {
      this.isKilled = true;
      return 'old';
    }
    async stop(): Promise<boolean> {
      return true;
    }
  }

  /** A council in which every guardian is answered by `from`, at once; `unknown` calls are not. */
  function lab({ promise = 60_000, from = NEW, unknown = '', afterKill = () => {} }: Lab = {}) {
    const zone = new LabZone(promise);
    const registration = { gatekeeperId: '', timeToLive: 60, roundTrip: milliseconds(0) };
    const tell = (name: string, request: Exchange['request'], answer: Exchange['answer'], by = from): void => {
      const firstSentAt = systemClock.now().monotonic;
      drill.exchanged(name, { request, answer, from: by, datagrams: 1, firstSentAt, elapsed: milliseconds(7) });
    };
    const seats = NAMES.map((name): Seat => {
      const handle: Seat['handle'] = {
        async renew() {
          tell(name, 'RRQ', 'RCF');
          afterKill(drill);
          return registration;
        },
        async changeBandwidth(_, units) {
          if (!zone.isKilled) return units;
          if (name === unknown) throw new GuardianRefusedError('BANDWIDTH_REFUSED', 'invalidConferenceID');
          tell(name, 'BRQ', 'BCF');
          return units;
        },
      };
      return { terminalId: name, handle, call: name, units: UNITS };
    });
    const confirmed = () => new Map(NAMES.map((name) => [name, RATE]));
    const drill = new FailoverDrill({ zone, seats, confirmed });
    return { drill, zone, tell };
  }
  interface Lab {
    readonly promise?: number;
    readonly from?: typeof NEW;
    readonly unknown?: string;
    readonly afterKill?: (drill: FailoverDrill) => void;
  }

  it('count a call that the new leader refuses to change, and one that had to be admitted again', async () => {
    const { drill } = lab({
      unknown: 'if://a',
      afterKill: (told) =>
        told.happened('if://b', { kind: 'readmitted', call: 'if://b', gatekeeperId: '', granted: UNITS }),
    });
    const report = await drill.run(milliseconds(10), signal);
    assert.deepEqual([report?.calls, report?.callsLost, report?.held], [3, 2, false]);
  });

  it('count a confirm that the new leader gives another figure for, and a terminal that it does not know', async () => {
    page = `h323_guardian_bandwidth_bps{terminal_id="if://a"} ${RATE}\nh323_guardian_bandwidth_bps{terminal_id="if://b"} 1\n`;
    const report = await lab().drill.run(milliseconds(10), signal);
    assert.deepEqual([report?.callsLost, report?.confirmedLost, report?.held], [0, 2, false]);
  });

  it('count a registration that had to be made anew', async () => {
    const registered = { gatekeeperId: '', endpointIdentifier: '1', timeToLive: 60, roundTrip: milliseconds(0) };
    const { drill } = lab({ afterKill: (told) => told.happened('if://c', { kind: 'registered', ...registered }) });
    const report = await drill.run(milliseconds(10), signal);
    assert.deepEqual([report?.reregistrations, report?.held], [1, false]);
  });

  it('take no longer than promised, or the promise is not held', async () => {
    const late = await lab({ promise: 5 }).drill.run(milliseconds(10), signal);
    assert.deepEqual([late?.failover !== undefined && late.failover >= 7, late?.held], [true, false]);
  });

  it('say so where nothing was lost, and count nothing from before the end of the old leader', async () => {
    const { drill, tell } = lab();
    tell('if://a', 'BRQ', 'BCF');
    drill.happened('if://a', { kind: 'forcedDrop', call: 'if://a', reason: 'of old' });
    const report = await drill.run(milliseconds(10), signal);
    assert(report?.failover !== undefined && report.failover >= 7);
    assert.deepEqual(
      { ...report, failover: 0 },
      {
        ...{ killed: 'old', leader: 'new', failover: 0, calls: 3, callsLost: 0, confirmedLost: 0, reregistrations: 0 },
        held: true,
      },
    );
  });

  it('take a reject, or a confirm by who was killed, for no sign of a new leader', async () => {
    const stop = new AbortController();
    let renewals = 0;
    const { drill, tell } = lab({
      from: OLD,
      afterKill: () => {
        tell('if://a', 'BRQ', 'BRJ', NEW);
        // It asks again only because it has seen no sign yet.
        if (++renewals === 3) stop.abort();
      },
    });
    assert.equal(await drill.run(milliseconds(10), stop.signal), undefined);
  });
});
