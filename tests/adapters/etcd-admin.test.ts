import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { EtcdAdmin } from '../../runtime/adapters/etcd/admin.ts';
import { freePorts } from '../../runtime/adapters/etcd/cluster.ts';
import { EtcdStore } from '../../runtime/adapters/etcd/store.ts';
import { startEtcdMember } from '../../runtime/adapters/etcd-process.ts';
import { type Store, StoreError, StoreUnreachableError } from '../../runtime/ha/index.ts';
import { milliseconds } from '../../runtime/units.ts';
import { labEtcd, needEtcd } from '../support/etcd-cluster.ts';
import { skipLoudly } from '../support/skip.ts';
import { until } from '../support/until.ts';

const put = (store: Store, key: string, value = 'x') =>
  store.commit({ guards: [], puts: [{ key, value: Buffer.from(value) }], deletes: [] });

/** Asks until the cluster agrees: it wants its members seen for some seconds first, and a learner caught up. */
const agreed = <T>(ask: () => Promise<T>): Promise<T> =>
  until(() =>
    ask().catch((error: unknown) => {
      if (error instanceof StoreUnreachableError || /in sync with leader/.test(String(error))) return undefined;
      throw error;
    }),
  );

describe('EtcdAdmin on a real cluster', function () {
  this.timeout(60_000);
  const lab = labEtcd('suite');
  let admin: EtcdAdmin;
  beforeEach(() => {
    admin = new EtcdAdmin(lab().options());
  });
  afterEach(() => admin.close());
  const endpoint = (index: number): string => lab().cluster.endpoints[index] ?? '';

  it('says which members there are, and how each is', async () => {
    const members = await admin.members();
    assert.deepEqual(
      members
        .toSorted((a, b) => a.name.localeCompare(b.name))
        .map(({ name, clientUrls, learner }) => ({ name, clientUrls, learner })),
      [0, 1, 2].map((at) => ({ name: `member-${at + 1}`, clientUrls: [endpoint(at)], learner: false })),
    );
    const ids = members.map(({ id }) => id);
    for (const id of ids) assert.match(id, /^[1-9a-f][0-9a-f]{0,15}$/);
    const statuses = await admin.status();
    assert.deepEqual(
      statuses.map((status) => status.endpoint),
      lab().cluster.endpoints,
    );
    const leaders = new Set<string>();
    for (const status of statuses) {
      assert(status.reachable);
      assert.match(status.version, /^3\.\d+\.\d+$/);
      assert.ok(status.dbSize >= status.dbSizeInUse && status.dbSizeInUse > 0);
      assert.ok(status.raftTerm > 0 && status.raftIndex > 0);
      assert.deepEqual([status.errors, status.learner], [[], false]);
      leaders.add(status.leader ?? 'none');
    }
    assert.equal(leaders.size, 1);
    assert.ok(ids.includes([...leaders][0] ?? ''));
    assert.deepEqual(await admin.alarms(), []);
  });

  it('refuses what cannot be a member', async () => {
    const refused = { name: 'StoreError', code: 'REFUSED' };
    await assert.rejects(admin.remove('no id'), refused);
    await assert.rejects(admin.defragment('http://127.0.0.1:1'), RangeError);
    // Before its members have been together for some seconds the cluster refuses all changes alike.
    const answer = await agreed(() =>
      admin.remove('1').catch((error: unknown) => {
        if (error instanceof StoreError) return error.message;
        throw error;
      }),
    );
    assert.match(String(answer), /member not found/);
    await assert.rejects(admin.promote('1'), refused);
  });

  it('adds a learner, makes it a voter once it has caught up, and removes it', async function () {
    const store = lab().store();
    await put(store, '/member', 'known to all');
    const [peerPort, clientPort] = await freePorts('127.0.0.1', 2);
    const peerUrl = `http://127.0.0.1:${peerPort}`;
    const added = await agreed(() => admin.addLearner(peerUrl));
    assert.deepEqual([added.name, added.peerUrls, added.learner], ['', [peerUrl], true]);
    await assert.rejects(admin.addLearner(peerUrl), {
      name: 'StoreError',
      code: 'REFUSED',
      message: /already exist/,
    });

    const member = startEtcdMember({
      binary: needEtcd(this),
      name: 'member-4',
      dataDir: join(lab().folder, 'member-4'),
      peerUrl,
      clientUrl: `http://127.0.0.1:${clientPort}`,
      initialCluster: `${lab().cluster.initialCluster},member-4=${peerUrl}`,
      state: 'existing',
      log: join(lab().folder, 'member-4.log'),
    });
    const own = { endpoints: [member.clientUrl], requestTimeout: milliseconds(2_000) };
    const learner = lab().track(new EtcdStore(own));
    try {
      await agreed(async () => {
        const [status] = await withAdmin(own, (by) => by.status());
        return status?.reachable === true && status.learner;
      });
      await assert.rejects(put(learner, '/learner'), { message: /not supported for learner/ });
      const voters = await agreed(() => admin.promote(added.id));
      assert.deepEqual(
        voters.map(({ learner: still }) => still),
        [false, false, false, false],
      );
      await until(() => put(learner, '/voter').catch(() => undefined));
      assert.equal((await learner.read('/member')).entries.length, 1);
      const left = await agreed(() => admin.remove(added.id));
      assert.ok(left.length === 3 && left.every(({ id }) => id !== added.id));
      await member.exited;
    } finally {
      await member.stop();
    }
    assert.equal((await put(store, '/after')).kind, 'committed');
  });

  it('saves a snapshot that only its owner can read, over an old one, and leaves no draft', async () => {
    const store = lab().store();
    for (let round = 0; round < 40; round++) await put(store, `/large/${round}`, 'x'.repeat(50_000));
    const file = join(lab().folder, 'backup.db');
    writeFileSync(file, 'an older one');
    writeFileSync(`${file}.new`, 'left over');
    const progress: [number, number][] = [];
    await admin.snapshot(endpoint(1), file, ({ written, remaining }) => progress.push([written, remaining]));
    const { size, mode } = statSync(file);
    assert.deepEqual([progress.at(-1), mode & 0o777], [[size, 0], 0o600]);
    assert.ok(progress.length > 10 && size > 2_000_000 && size % 512 === 32);
    assert.deepEqual(
      readdirSync(lab().folder).filter((name) => name.startsWith('backup')),
      ['backup.db'],
    );
    const missing = admin.snapshot(endpoint(1), join(lab().folder, 'missing', 'backup.db'));
    await assert.rejects(missing, { code: 'ENOENT' });
  });

  it('saves a snapshot that a new member starts from', async function () {
    if (spawnSync('etcdctl', ['version']).status !== 0)
      skipLoudly(this, 'etcdctl is not installed (apt-get install etcd-client)');
    const store = lab().store();
    await put(store, '/saved', 'once');
    const file = join(lab().folder, 'restore.db');
    await admin.snapshot(endpoint(0), file);
    await put(store, '/saved', 'twice');

    const [peer, client] = (await freePorts('127.0.0.1', 2)).map((port) => `http://127.0.0.1:${port}`);
    const dataDir = join(lab().folder, 'restored');
    const place = ['--name=restored', `--initial-cluster=restored=${peer}`, `--initial-advertise-peer-urls=${peer}`];
    const restored = spawnSync('etcdctl', ['snapshot', 'restore', file, `--data-dir=${dataDir}`, ...place], {
      env: { ...process.env, ETCDCTL_API: '3' },
    });
    assert.equal(restored.status, 0, String(restored.stderr));
    const member = startEtcdMember({
      binary: needEtcd(this),
      name: 'restored',
      dataDir,
      peerUrl: peer ?? '',
      clientUrl: client ?? '',
      initialCluster: `restored=${peer}`,
      state: 'new',
      log: join(lab().folder, 'restored.log'),
    });
    try {
      await member.healthy();
      const old = lab().track(new EtcdStore({ endpoints: [member.clientUrl], requestTimeout: milliseconds(2_000) }));
      const entries = (await old.read('/saved')).entries.map(({ value }) => Buffer.from(value).toString());
      assert.deepEqual(entries, ['once']);
    } finally {
      await member.stop();
    }
  });

  it('keeps the old file, and no draft, where the member cannot be reached or dies', async () => {
    const file = join(lab().folder, 'kept.db');
    writeFileSync(file, 'the last good one');
    lab().cluster.member(2).kill('SIGKILL');
    await lab().cluster.member(2).exited;
    await assert.rejects(admin.snapshot(endpoint(2), file), { name: 'StoreUnreachableError' });
    assert.deepEqual([readFileSync(file, 'utf8'), existsSync(`${file}.new`)], ['the last good one', false]);
    const [, , third] = await admin.status();
    assert(third?.reachable === false);
    assert.match(third.reason, /ECONNREFUSED/);
    await lab().cluster.restart(2).healthy();
  });
});

describe('EtcdAdmin on a full member', function () {
  this.timeout(60_000);
  const lab = labEtcd('suite', { members: 1, flags: ['--quota-backend-bytes=1000000'] });

  it('says so, and gets it to write again', async () => {
    const [store, admin] = [lab().store(), new EtcdAdmin(lab().options())];
    const write = async (): Promise<void> => {
      for (let round = 0; round < 100; round++) await put(store, '/full', 'x'.repeat(50_000));
    };
    await assert.rejects(write(), { name: 'StoreError', code: 'QUOTA', message: /database space exceeded/ });
    const [member] = await admin.members();
    assert.deepEqual(await admin.alarms(), [{ member: member?.id, alarm: 'NOSPACE' }]);
    const [before] = await admin.status();
    assert.deepEqual(before?.reachable && before.errors.length, 1);
    await admin.compact((await store.read('/')).revision);
    await admin.defragment(lab().cluster.endpoints[0] ?? '');
    await assert.rejects(put(store, '/still'), { code: 'QUOTA' });
    await admin.disarm();
    assert.deepEqual(await admin.alarms(), []);
    assert.equal((await put(store, '/again')).kind, 'committed');
    admin.close();
  });
});

async function withAdmin<T>(
  options: ConstructorParameters<typeof EtcdAdmin>[0],
  ask: (by: EtcdAdmin) => Promise<T>,
): Promise<T> {
  const admin = new EtcdAdmin(options);
  try {
    return await ask(admin);
  } finally {
    admin.close();
  }
}
