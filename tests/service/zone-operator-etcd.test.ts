import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { freePorts } from '../../runtime/adapters/etcd/cluster.ts';
import { type EtcdMember, startEtcdMember } from '../../runtime/adapters/etcd-process.ts';
import {
  backup,
  checkMemberFolder,
  checkQuorumIsLost,
  checkSnapshot,
  compact,
  etcdReport,
  openZone,
  planRestore,
  promoteWhenReady,
  replaceMember,
  restore,
  type ZoneAccess,
  zoneStatus,
} from '../../runtime/service/zone-operator.ts';
import { labEtcd, needEtcd } from '../support/etcd-cluster.ts';
import { skipLoudly } from '../support/skip.ts';
import { until } from '../support/until.ts';

const open = (endpoints: readonly string[]): ZoneAccess =>
  openZone({ gatekeeperId: 'zone', etcdEndpoints: [...endpoints] });
const put = (zone: ZoneAccess, key: string, value = 'x') =>
  zone.store.commit({ guards: [], puts: [{ key, value: Buffer.from(value) }], deletes: [] });

describe('an operator repairing etcd', function () {
  this.timeout(60_000);
  const lab = labEtcd('test');
  let zone: ZoneAccess;
  beforeEach(() => {
    zone = open(lab().cluster.endpoints);
  });
  afterEach(() => zone.close());

  const peerOf = (index: number): string =>
    lab()
      .cluster.initialCluster.split(',')
      [index]?.replace(/^[^=]*=/, '') ?? '';
  const kill = async (index: number): Promise<void> => {
    lab().cluster.member(index).kill('SIGKILL');
    await lab().cluster.member(index).exited;
  };

  it('replaces no member that is healthy, unknown, or without which there is no quorum', async () => {
    const url = 'http://127.0.0.1:1';
    await assert.rejects(replaceMember(zone, 'member-2', url), { code: 'HEALTHY' });
    const unknown = {
      code: 'NO_SUCH_MEMBER',
      message: 'etcd has no member member-9; it has member-1, member-2, member-3',
    };
    await assert.rejects(replaceMember(zone, 'member-9', url), unknown);
    await kill(1);
    await assert.rejects(replaceMember(zone, 'member-2', peerOf(0)), {
      code: 'NOT_POSSIBLE',
      message: /another member's$/,
    });
    await assert.rejects(replaceMember(zone, 'member-2', 'https://127.0.0.1:1'), {
      code: 'NOT_POSSIBLE',
      message: /not of one kind$/,
    });
    await kill(2);
    await assert.rejects(replaceMember(zone, 'member-2', url), {
      code: 'NO_QUORUM',
      message:
        'without member-2 1 of 2 voters are healthy, and 2 are needed. Bring one back, or see council ha recover --help',
    });
    assert.equal((await zone.admin.members()).length, 3);
  });

  it('replaces a lost member: removed, added as a learner, promoted once it has caught up', async function () {
    await put(zone, '/before', 'kept');
    await kill(1);
    const [peer, client] = (await freePorts('127.0.0.1', 2)).map((port) => `http://127.0.0.1:${port}`);
    assert(peer !== undefined && client !== undefined);
    const done = await replaceMember(zone, 'member-2', peer);
    assert.equal(done.initialCluster, `member-1=${peerOf(0)},member-3=${peerOf(2)},member-2=${peer}`);
    const again = await replaceMember(zone, 'member-2', peer);
    assert.deepEqual(again, { ...done, removed: undefined }, 'given again, it goes on from there');
    const { members, voters } = await etcdReport(zone);
    assert.deepEqual([voters, members.filter(({ learner }) => learner).map(({ id }) => id)], [2, [done.added]]);
    await assert.rejects(promoteWhenReady(zone, done.added, 1), {
      code: 'NOT_IN_TIME',
      message: /is its etcd running\?/,
    });
    const member = startEtcdMember({
      ...{ binary: needEtcd(this), name: done.name, peerUrl: peer, clientUrl: client, state: 'existing' },
      ...{
        dataDir: join(lab().folder, 'new'),
        initialCluster: done.initialCluster,
        log: join(lab().folder, 'new.log'),
      },
    });
    try {
      const after = await promoteWhenReady(zone, done.added, 30_000);
      assert.deepEqual(
        after.map(({ learner }) => learner),
        [false, false, false],
      );
      const report = await until(async () => {
        const now = await etcdReport(zone);
        return now.healthyVoters === 3 && now;
      });
      assert.deepEqual(
        report.members.map(({ name }) => name),
        ['member-1', 'member-2', 'member-3'],
      );
      await kill(0);
      // Nothing but the new member's vote makes a majority now.
      await until(() => put(zone, '/after').catch(() => undefined));
    } finally {
      await member.stop();
    }
  });

  it('saves what there is, and finds a damaged or cut file out', async () => {
    for (let round = 0; round < 20; round++) await put(zone, `/large/${round}`, 'x'.repeat(50_000));
    const file = join(lab().folder, 'backup.db');
    const { revision } = await put(zone, '/last');
    let written = 0;
    const done = await backup(zone, file, (progress) => {
      written = progress.written;
    });
    const content = readFileSync(file);
    assert.deepEqual([done.size, done.revision, statSync(file).mode & 0o777], [written, revision, 0o600]);
    assert.equal(done.sha256, createHash('sha256').update(content.subarray(0, -32)).digest('hex'));
    assert.match(done.member, /^member-[123]$/);
    assert.equal((await checkSnapshot(file)).sha256, done.sha256);
    const [damaged, cut] = [join(lab().folder, 'damaged.db'), join(lab().folder, 'cut.db')];
    writeFileSync(damaged, content.with(5000, (content[5000] ?? 0) ^ 1));
    writeFileSync(cut, content.subarray(0, -40));
    await assert.rejects(checkSnapshot(damaged), { code: 'NOT_POSSIBLE', message: /is damaged/ });
    await assert.rejects(checkSnapshot(cut), { code: 'NOT_POSSIBLE', message: /is no snapshot/ });
  });

  it('recovers nothing while there is a quorum', async () => {
    await assert.rejects(checkQuorumIsLost(zone), { name: 'OperatorError', code: 'HEALTHY' });
  });

  it('restores a snapshot to no folder that holds anything', async () => {
    const file = join(lab().folder, 'backup.db');
    await backup(zone, file);
    const into = join(lab().folder, 'member-1');
    const place = { name: 'one', peerUrl: 'http://127.0.0.1:1', token: 't' };
    await assert.rejects(planRestore({ snapshot: file, into, ...place }), {
      code: 'NOT_POSSIBLE',
      message: /is not empty/,
    });
    assert.throws(() => checkMemberFolder(lab().folder), {
      code: 'NOT_POSSIBLE',
      message: /there is no member\/snap\/db/,
    });
    checkMemberFolder(into);
  });

  it('begins anew from a snapshot after the loss of the quorum, and grows again', async function () {
    if (spawnSync('etcdctl', ['version']).error !== undefined)
      skipLoudly(this, 'etcdctl is not installed (apt-get install etcd-client)');
    await put(zone, '/saved', 'once');
    const snapshot = join(lab().folder, 'backup.db');
    await backup(zone, snapshot);
    await put(zone, '/lost');
    await Promise.all([0, 1, 2].map(kill));
    await checkQuorumIsLost(zone);
    const urls = (await freePorts('127.0.0.1', 4)).map((port) => `http://127.0.0.1:${port}`);
    const [peer = '', client = '', peer2 = '', client2 = ''] = urls;
    const into = join(lab().folder, 'anew');
    const plan = await planRestore({ snapshot, into, name: 'member-1', peerUrl: peer, token: 'anew' });
    assert.equal(existsSync(into), false, 'a plan writes nothing');
    await restore(plan);
    await assert.rejects(planRestore(plan), { message: /is not empty/ });
    const member = { binary: needEtcd(this), state: 'new', log: join(lab().folder, 'anew.log') } as const;
    const started: EtcdMember[] = [];
    const anew = open([client]);
    try {
      const first = { ...member, name: 'member-1', dataDir: into, peerUrl: peer, clientUrl: client };
      started.push(startEtcdMember({ ...first, initialCluster: `member-1=${peer}` }));
      await started[0]?.healthy();
      const keys = (await anew.store.read('/')).entries.map(({ key }) => key);
      assert.deepEqual(
        keys.filter((key) => key === '/saved' || key === '/lost'),
        ['/saved'],
      );
      const second = await replaceMember(anew, 'member-2', peer2);
      assert.equal(second.initialCluster, `member-1=${peer},member-2=${peer2}`);
      const dataDir = join(lab().folder, 'anew-2');
      const other = {
        ...member,
        name: 'member-2',
        dataDir,
        peerUrl: peer2,
        clientUrl: client2,
        state: 'existing',
      } as const;
      started.push(startEtcdMember({ ...other, initialCluster: second.initialCluster }));
      await promoteWhenReady(anew, second.added, 30_000);
      assert.equal((await anew.admin.members()).length, 2);
    } finally {
      await anew.close();
      await Promise.all(started.map((one) => one.stop()));
    }
  });

  it('begins anew from a surviving member by the configuration that the procedure names', async function () {
    await put(zone, '/kept');
    // What this member has not heard of may be missing afterwards, so it is asked first.
    const own = open(lab().cluster.endpoints.slice(0, 1));
    assert.equal((await own.store.read('/kept')).entries.length, 1);
    await own.close();
    await Promise.all([1, 2].map(kill));
    await lab().cluster.member(0).stop();
    const [name, dataDir] = ['member-1', join(lab().folder, 'member-1')];
    checkMemberFolder(dataDir);
    const file = join(lab().folder, 'etcd.yaml');
    const client = lab().cluster.endpoints[0] ?? '';
    const lines = [
      ...[`name: ${name}`, `data-dir: ${dataDir}`, `listen-peer-urls: ${peerOf(0)}`, `listen-client-urls: ${client}`],
      ...[`initial-advertise-peer-urls: ${peerOf(0)}`, `advertise-client-urls: ${client}`],
      `initial-cluster: ${lab().cluster.initialCluster}`,
    ];
    const start = (...more: string[]): EtcdMember => {
      writeFileSync(file, [...lines, ...more, ''].join('\n'));
      const rest = {
        binary: needEtcd(this),
        name,
        peerUrl: peerOf(0),
        clientUrl: client,
        initialCluster: '',
        state: 'new',
      } as const;
      // With a configuration file etcd heeds no other flag.
      return startEtcdMember({
        ...rest,
        dataDir,
        log: join(lab().folder, 'forced.log'),
        flags: [`--config-file=${file}`],
      });
    };
    for (const more of [['force-new-cluster: true'], []]) {
      const member = start(...more);
      await member.healthy();
      const { members, quorum } = await etcdReport(zone);
      assert.deepEqual([members.map(({ name: who }) => who), quorum], [[name], true], String(more));
      assert.equal((await zone.store.read('/kept')).entries.length, 1);
      await member.stop();
    }
  });
});

describe('an operator making room in etcd', function () {
  this.timeout(60_000);
  const lab = labEtcd('suite', { flags: ['--quota-backend-bytes=1000000'] });
  let zone: ZoneAccess;
  beforeEach(() => {
    zone = open(lab().cluster.endpoints);
  });
  afterEach(() => zone.close());

  it('forgets history, gives room back everywhere, the leader last, and lets writes in again', async () => {
    const write = async (): Promise<void> => {
      for (let round = 0; round < 100; round++) await put(zone, '/full', 'x'.repeat(50_000));
    };
    await assert.rejects(write(), { name: 'StoreError', code: 'QUOTA' });
    const before = await etcdReport(zone);
    assert.ok(before.members.some(({ alarms }) => alarms.includes('NOSPACE')));
    const { health, problems } = await zoneStatus(zone);
    assert.equal(health, 'down');
    assert.ok(
      problems.some((said) => /^etcd member member-\d raises the alarm NOSPACE$/.test(said)),
      problems.join(),
    );
    assert.ok(
      problems.some((said) => /has used \d+ % of its quota: run council ha compact$/.test(said)),
      problems.join(),
    );
    const leader = before.members.find(({ leads }) => leads)?.name;
    const order: string[] = [];
    const done = await compact(zone, (name) => order.push(name));
    assert.deepEqual([order.toSorted(), order.at(-1)], [['member-1', 'member-2', 'member-3'], leader]);
    for (const { before: was, after } of done.members) assert.ok(after < was / 2, `${after} of ${was}`);
    assert.equal(done.disarmed, true);
    assert.equal((await compact(zone)).disarmed, false, 'again, where nothing was written since');
    assert.equal((await put(zone, '/again')).kind, 'committed');
  });

  it('touches nothing while a member is missing: the next one to be busy would cost the quorum', async () => {
    lab().cluster.member(2).kill('SIGKILL');
    await lab().cluster.member(2).exited;
    // The member that is gone may have led: the others elect first.
    const { revision } = await until(() => put(zone, '/history', 'old').catch(() => undefined));
    await assert.rejects(compact(zone), { code: 'NO_QUORUM', message: /^member-3 is not healthy/ });
    assert.ok((await zone.store.read('/')).revision >= revision);
    await lab().cluster.restart(2).healthy();
  });
});
