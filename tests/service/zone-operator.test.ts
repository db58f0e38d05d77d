import assert from 'node:assert/strict';
import { createServer, type Server } from 'node:http';
import {
  leaderCodec,
  leaseId,
  memberCodec,
  type Revision,
  revision,
  switchoverCodec,
  ZoneKeys,
} from '../../runtime/ha/index.ts';
import { openZone, switchover, type ZoneAccess, zoneStatus } from '../../runtime/service/zone-operator.ts';
import { labEtcd } from '../support/etcd-cluster.ts';
import { until } from '../support/until.ts';

const ZONE = 'council gk/1';
const keys = new ZoneKeys(ZONE);
const LEASE = leaseId('77');
const settings = (etcdEndpoints: readonly string[]) => ({ gatekeeperId: ZONE, etcdEndpoints: [...etcdEndpoints] });

/** What a gatekeeper would write of itself, without one: this test decides what is there. */
function member(name: 'primary' | 'secondary', port: number, registry = 'aaaa') {
  const instance = `gatekeeper-${name}`;
  const record = {
    ...{ instance, role: name, registry, version: '1.0.0', lease: LEASE },
    ras: { address: '127.0.0.1', port: 1719 },
    http: { address: '127.0.0.1', port },
  };
  return { key: keys.member(instance), value: memberCodec.encode(record) };
}

describe('an operator looking at a zone', function () {
  this.timeout(60_000);
  const lab = labEtcd('suite');
  let zone: ZoneAccess;
  let page: Server;
  let port: number;
  let ready = true;

  before(async () => {
    page = createServer((request, response) => {
      const isReady = request.url === '/readyz';
      response.writeHead(isReady && !ready ? 503 : 200);
      const metrics =
        'h323_gatekeeper_lease_left_seconds{instance="x"} 1.5\nh323_gatekeeper_active_sessions{instance="x"} 7\n';
      response.end(isReady ? JSON.stringify({ status: ready ? 'ready' : 'frozen: no disk' }) : metrics);
    }).listen(0, '127.0.0.1');
    await new Promise((resolve) => page.once('listening', resolve));
    const address = page.address();
    port = typeof address === 'object' && address !== null ? address.port : 0;
  });
  after(() => page.close());
  beforeEach(() => {
    ready = true;
    zone = openZone(settings(lab().cluster.endpoints.slice(0, 1)));
  });
  afterEach(async () => {
    const { entries } = await zone.store.read(keys.prefix);
    await zone.store.commit({ guards: [], puts: [], deletes: entries.map(({ key }) => key) });
    await zone.close();
  });

  /** Both gatekeepers, of whom the primary leads; its term. */
  async function pair(other = member('secondary', port)): Promise<Revision> {
    const value = leader('gatekeeper-primary');
    const puts = [member('primary', port), other, { key: keys.leader, value }];
    return (await zone.store.commit({ guards: [], puts, deletes: [] })).revision;
  }
  const leader = (instance: string): Uint8Array =>
    leaderCodec.encode({ ...{ instance, since: 1000, ras: { address: '127.0.0.1', port: 1719 } }, lease: LEASE });

  it('is told that nobody leads an empty zone', async () => {
    const status = await zoneStatus(zone);
    assert.deepEqual(
      [status.health, status.problems],
      ['down', ['nobody leads: no call is admitted; live calls go on', 'no gatekeeper is there']],
    );
  });

  it('is told of a healthy pair, by one endpoint of three, with what each gatekeeper says', async () => {
    const term = await pair();
    const status = await zoneStatus(zone);
    assert.deepEqual([status.health, status.problems, status.notes], ['healthy', [], []]);
    assert.deepEqual(
      [status.leader?.instance, status.leader?.term, status.leader?.since],
      ['gatekeeper-primary', term, 1000],
    );
    assert.deepEqual(
      status.gatekeepers.map(({ instance, leads, probe }) => [instance, leads, probe]),
      ['primary', 'secondary'].map((name) => [
        `gatekeeper-${name}`,
        name === 'primary',
        {
          ...{ reachable: true, ready: true, status: 'ready', leaseLeftSeconds: 1.5, sessions: 7 },
          ...{ registrations: undefined, lagSeconds: undefined },
        },
      ]),
    );
    assert.deepEqual(
      status.etcd?.members.map(({ name, healthy, learner, quota }) => [name, healthy, learner, quota]),
      [1, 2, 3].map((n) => [`member-${n}`, true, false, 256 * 1024 * 1024]),
    );
    assert.equal(status.etcd?.members.filter(({ leads }) => leads).length, 1);
    assert.deepEqual([status.etcd?.voters, status.etcd?.healthyVoters, status.etcd?.quorum], [3, 3, true]);
  });

  it('is told loudly of registries that differ, of who is missing, frozen or unreadable', async () => {
    await pair(member('secondary', port, 'bbbb'));
    const differ = await zoneStatus(zone);
    assert.deepEqual(
      [differ.health, differ.problems],
      [
        'degraded',
        [
          'REGISTRIES DIFFER: gatekeeper-primary has aaaa, gatekeeper-secondary has bbbb. Who is admitted depends on who leads',
        ],
      ],
    );
    ready = false;
    const gone = {
      guards: [],
      puts: [{ key: keys.member('x'), value: Buffer.from('{') }],
      deletes: [keys.member('gatekeeper-secondary')],
    };
    await zone.store.commit(gone);
    const alone = await zoneStatus(zone);
    assert.deepEqual(
      [alone.health, alone.problems],
      [
        'degraded',
        [
          'only gatekeeper-primary is there: a failure has nobody to take over',
          'gatekeeper-primary does not serve: frozen: no disk',
          `the record ${keys.member('x')} cannot be read by this release`,
        ],
      ],
    );
  });

  it('does not take a gatekeeper for broken whose metrics cannot be had from here', async () => {
    await pair(member('secondary', 1));
    const { health, notes } = await zoneStatus(zone);
    assert.deepEqual(
      [health, notes],
      [
        'healthy',
        [
          'gatekeeper-secondary holds its lease, but its metrics cannot be had from here: connect ECONNREFUSED 127.0.0.1:1',
        ],
      ],
    );
  });

  it('orders nothing that cannot be', async () => {
    const order = (to?: string) => switchover(zone, { to, by: 'test' });
    await assert.rejects(order(), { code: 'NO_LEADER' });
    const alone = [member('primary', port), { key: keys.leader, value: leader('gatekeeper-primary') }];
    await zone.store.commit({ guards: [], puts: alone, deletes: [] });
    await assert.rejects(order(), {
      code: 'NO_STANDBY',
      message: 'gatekeeper-primary is alone: nobody is there to take over',
    });
    await assert.rejects(order('gatekeeper-primary'), { code: 'LEADS_ALREADY' });
    await zone.store.commit({ guards: [], puts: [member('secondary', port)], deletes: [] });
    await assert.rejects(order('elsewhere'), {
      code: 'NO_SUCH_MEMBER',
      message: 'elsewhere is not there; a standby is gatekeeper-secondary',
    });
    ready = false;
    await assert.rejects(order(), {
      code: 'NO_STANDBY',
      message: 'gatekeeper-secondary does not serve: frozen: no disk',
    });
    assert.deepEqual((await zone.store.read(keys.switchover)).entries, []);
  });

  it('takes an order back that nobody follows', async () => {
    const term = await pair();
    const waiting = switchover(zone, { by: 'me@host', patience: 300 });
    waiting.catch(() => {});
    const [order] = await until(async () => {
      const { entries } = await zone.store.read(keys.switchover);
      return entries.length > 0 && entries;
    });
    assert.deepEqual(switchoverCodec.decode(order?.value ?? new Uint8Array()), { term, by: 'me@host' });
    await assert.rejects(waiting, { code: 'NOT_IN_TIME' });
    assert.deepEqual((await zone.store.read(keys.switchover)).entries, []);
  });

  /** Follows the next order as gatekeepers would; `next` leads then. */
  async function obey(next: string): Promise<void> {
    await until(async () => (await zone.store.read(keys.switchover)).entries.length > 0);
    await zone.store.commit({ guards: [], puts: [], deletes: [keys.leader, keys.switchover] });
    const put = { key: keys.leader, value: leader(next) };
    const outcome = await zone.store.commit({
      guards: [{ key: keys.leader, modRevision: revision(0) }],
      puts: [put],
      deletes: [],
    });
    assert.equal(outcome.kind, 'committed');
  }

  it('tells who leads after an order, and how long that took', async () => {
    const term = await pair();
    const [done] = await Promise.all([
      switchover(zone, { to: 'gatekeeper-secondary', by: 'me' }),
      obey('gatekeeper-secondary'),
    ]);
    assert.deepEqual([done.from, done.to], ['gatekeeper-primary', 'gatekeeper-secondary']);
    assert.ok(done.term > term && (done.withoutLeader ?? -1) >= 0 && done.orderToLeader >= (done.withoutLeader ?? 0));
  });

  it('says so where another one leads than was asked for', async () => {
    await pair();
    const asked = switchover(zone, { to: 'gatekeeper-secondary', by: 'me' });
    const [answer] = await Promise.allSettled([asked, obey('gatekeeper-third')]);
    assert.ok(answer.status === 'rejected');
    assert.match(String(answer.reason), /gatekeeper-third leads now, not gatekeeper-secondary/);
  });

  it('sees the new leader also where the member that it watches by dies', async () => {
    await zone.close();
    zone = openZone(settings(lab().cluster.endpoints));
    await pair();
    const asked = switchover(zone, { by: 'me' });
    await until(async () => (await zone.store.read(keys.switchover)).entries.length > 0);
    lab().cluster.member(0).kill('SIGKILL');
    await lab().cluster.member(0).exited;
    await until(() => zone.store.commit({ guards: [], puts: [], deletes: [keys.leader] }).catch(() => undefined));
    await zone.store.commit({
      guards: [],
      puts: [{ key: keys.leader, value: leader('gatekeeper-secondary') }],
      deletes: [],
    });
    assert.equal((await asked).to, 'gatekeeper-secondary');
    const status = await zoneStatus(zone);
    assert.equal(status.health, 'degraded');
    assert.match(status.problems[0] ?? '', /^etcd member member-1 is not healthy: .*ECONNREFUSED/);
    await lab().cluster.restart(0).healthy();
  });

  it('is not misled by a member that hangs, though it is asked first', async () => {
    await zone.close();
    zone = openZone(settings(lab().cluster.endpoints));
    await pair();
    lab().cluster.member(0).kill('SIGSTOP');
    try {
      // Where it led the cluster, another one may be about to be elected.
      const { problems, leader: found } = await until(async () => {
        const status = await zoneStatus(zone);
        return status.problems.length === 1 && status;
      });
      assert.equal(found?.instance, 'gatekeeper-primary');
      assert.match(problems[0] ?? '', /^etcd member member-1 is not healthy/);
    } finally {
      lab().cluster.member(0).kill('SIGCONT');
    }
  });

  it('is told what etcd lacks where it has no quorum, and where nothing answers', async () => {
    await zone.close();
    zone = openZone(settings(lab().cluster.endpoints.slice(0, 1)));
    await pair();
    for (const index of [1, 2]) {
      lab().cluster.member(index).kill('SIGKILL');
      await lab().cluster.member(index).exited;
    }
    const status = await zoneStatus(zone);
    assert.equal(status.health, 'down');
    assert.match(status.problems[0] ?? '', /^etcd decides nothing: \d of 3 voters are healthy\. No call is admitted/);
    assert.deepEqual([status.etcd?.quorum, status.gatekeepers], [false, []]);
    const nowhere = openZone(settings(['http://127.0.0.1:1']));
    const nothing = await zoneStatus(nowhere);
    assert.match(nothing.problems[0] ?? '', /^etcd decides nothing: no member answers\..*ECONNREFUSED/);
    assert.deepEqual([nothing.health, nothing.etcd], ['down', undefined]);
    await nowhere.close();
    await Promise.all([1, 2].map((index) => lab().cluster.restart(index).healthy()));
  });

  it('needs all three files for TLS, or none', () => {
    const given = { ...settings(['https://127.0.0.1:1']), etcdCaFile: '/nowhere/ca.crt' };
    assert.throws(() => openZone(given), { name: 'OperatorError', code: 'NOT_POSSIBLE' });
    const all = { ...given, etcdCertFile: '/nowhere/crt', etcdKeyFile: '/nowhere/key' };
    assert.throws(() => openZone(all), { code: 'ENOENT' });
  });
});
