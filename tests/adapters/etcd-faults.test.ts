import assert from 'node:assert/strict';
import { EtcdAdmin } from '../../runtime/adapters/etcd/admin.ts';
import { EtcdStore } from '../../runtime/adapters/etcd/store.ts';
import { type Revision, revision, type Store, StoreUnreachableError } from '../../runtime/ha/index.ts';
import { milliseconds } from '../../runtime/units.ts';
import { type LabEtcd, labEtcd } from '../support/etcd-cluster.ts';
import { until } from '../support/until.ts';

const unreachable = { name: 'StoreUnreachableError', code: 'STORE_UNREACHABLE' };

const put = (store: Store, key: string) =>
  store.commit({ guards: [], puts: [{ key, value: Buffer.from('x') }], deletes: [] });

const keys = async (store: Store): Promise<string[]> => (await store.read('/')).entries.map(({ key }) => key);

/** Asks until it is answered, however often that takes. */
const again = <T>(ask: () => Promise<T>): Promise<T> =>
  until(async () => {
    try {
      return await ask();
    } catch (error) {
      if (error instanceof StoreUnreachableError) return undefined;
      throw error;
    }
  });

/** What a watch of everything tells. */
function watched(store: Store, from: Revision): { readonly keys: string[]; readonly ends: string[] } {
  const told = { keys: [] as string[], ends: [] as string[] };
  store.watch('/', from, {
    changed: (changes) => void told.keys.push(...changes.map(({ key }) => key)),
    ended: (reason) => void told.ends.push(reason),
  });
  return told;
}

async function kill({ cluster }: LabEtcd, ...indexes: number[]): Promise<void> {
  for (const index of indexes) cluster.member(index).kill('SIGKILL');
  await Promise.all(indexes.map((index) => cluster.member(index).exited));
}

/** The index of the member that leads the cluster. */
async function leaderOf({ cluster, options }: LabEtcd): Promise<number> {
  const admin = new EtcdAdmin(options());
  const [members, [status]] = await Promise.all([admin.members(), admin.status()]);
  admin.close();
  const leads = members.find(({ id }) => status?.reachable === true && id === status.leader);
  return cluster.endpoints.findIndex((endpoint) => leads?.clientUrls.includes(endpoint));
}

describe('EtcdStore when members fail', function () {
  this.timeout(60_000);
  const lab = labEtcd('test');
  /** With time enough for an election. */
  const patient = (...order: number[]): EtcdStore =>
    lab().track(new EtcdStore({ ...lab().options(...order), requestTimeout: milliseconds(8_000) }));

  it('says who could not be reached when all are gone, and goes on when two are back', async () => {
    const store = lab().store();
    const { id } = await store.grantLease(60);
    await put(store, '/before');
    await kill(lab(), 0, 1, 2);
    // The first may still find the connection there, and breaks with it.
    await assert.rejects(put(store, '/lost'), unreachable);
    await assert.rejects(put(store, '/lost'), (error) => {
      assert(error instanceof StoreUnreachableError);
      for (const endpoint of lab().cluster.endpoints) assert.ok(error.message.includes(endpoint), error.message);
      assert.match(error.message, /ECONNREFUSED/);
      return true;
    });
    await assert.rejects(store.read('/'), unreachable);
    await assert.rejects(store.grantLease(2), unreachable);
    await assert.rejects(store.renewLease(id), unreachable);
    await assert.rejects(store.revokeLease(id), unreachable);
    const watch = watched(store, revision(1));
    await until(() => watch.ends.length > 0);
    assert.deepEqual(watch.ends, ['unreachable']);

    for (const index of [1, 2]) lab().cluster.restart(index);
    await again(() => put(store, '/after'));
    assert.deepEqual(await keys(store), ['/after', '/before']);
    assert.equal(await again(() => store.renewLease(id)), 60);
  });

  it('goes back to the first member when that is back, its watch too, which misses nothing and tells nothing twice', async () => {
    const store = lab().store(0, 1);
    const writer = lab().store(2);
    await kill(lab(), 0);
    await again(() => store.grantLease(60));
    const { revision: from } = await again(() => put(writer, '/1'));
    const watch = watched(store, from);
    await until(() => watch.keys.length === 1);
    lab().cluster.restart(0);
    await lab().cluster.member(0).healthy();
    for (let n = 2; n < 30; n++) {
      await again(() => put(writer, `/${n}`));
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    await kill(lab(), 1);
    await again(() => put(writer, '/30'));
    await until(() => watch.keys.includes('/30'));
    assert.deepEqual(
      watch.keys,
      Array.from({ length: 30 }, (_, n) => `/${n + 1}`),
    );
    assert.deepEqual(watch.ends, []);
  });

  it('is unreachable without a quorum, and ends a watch at a member that lost it', async () => {
    const store = lab().store(0);
    const { revision: made } = await put(store, '/before');
    const watch = watched(store, made);
    await until(() => watch.keys.length > 0);
    await kill(lab(), 1, 2);
    await assert.rejects(put(store, '/lost'), unreachable);
    await assert.rejects(store.read('/'), unreachable);
    await assert.rejects(
      store.commit({ guards: [{ key: '/before', modRevision: made }], puts: [], deletes: [] }),
      unreachable,
      'guards are never judged by a minority',
    );
    await until(() => watch.ends.length > 0);
    assert.deepEqual(watch, { keys: ['/before'], ends: ['unreachable'] });

    lab().cluster.restart(1);
    await again(() => put(store, '/after'));
  });

  it('ends all that is under way at a member that no longer answers, and goes on at the next', async () => {
    const store = lab().store();
    const { id } = await store.grantLease(60);
    const { revision: made } = await put(store, '/before');
    await store.renewLease(id);
    const watch = watched(store, made);
    await until(() => watch.keys.length > 0);
    const stopped = lab().cluster.member(0);
    stopped.kill('SIGSTOP');
    try {
      await assert.rejects(put(store, '/maybe'), unreachable);
      assert.equal((await again(() => put(store, '/after'))).kind, 'committed');
      assert.equal(await again(() => store.renewLease(id)), 60);
      await until(() => watch.ends.length > 0);
      assert.deepEqual(watch.ends, ['unreachable']);
      const anew = watched(store, made);
      await until(() => anew.keys.includes('/after'));
    } finally {
      stopped.kill('SIGCONT');
    }
  });

  it('answers a call at another member, within its own time, when its own was killed, the leader or not', async () => {
    const leader = await leaderOf(lab());
    for (const own of [(leader + 1) % 3, leader]) {
      const store = patient(own, (own + 1) % 3, (own + 2) % 3);
      await put(store, `/before-${own}`);
      await kill(lab(), own);
      // The connection may still be thought to be there by the very first call, which is then in doubt.
      await until(() => put(store, `/first-${own}`).catch(() => undefined));
      assert.equal((await put(store, `/after-${own}`)).kind, 'committed');
      assert.ok((await keys(store)).includes(`/after-${own}`));
      await lab().cluster.restart(own).healthy();
    }
  });

  it('rejects what is under way when it is closed, and says no more to its watches', async () => {
    const store = patient(0);
    const { id } = await store.grantLease(60);
    await store.renewLease(id);
    const watch = watched(store, revision(1));
    lab().cluster.member(0).kill('SIGSTOP');
    try {
      const calls = [put(store, '/maybe'), store.read('/'), store.renewLease(id)];
      const settled = Promise.allSettled(calls);
      await new Promise((resolve) => setTimeout(resolve, 100));
      await store.close();
      for (const outcome of await settled) {
        assert.equal(outcome.status, 'rejected');
        assert.ok(outcome.reason instanceof StoreUnreachableError, String(outcome.reason));
      }
      assert.deepEqual(watch, { keys: [], ends: [] });
    } finally {
      lab().cluster.member(0).kill('SIGCONT');
    }
  });
});

describe('EtcdStore watching', function () {
  this.timeout(60_000);
  const lab = labEtcd('suite');

  it('ends as compacted where the history it asks for is gone', async () => {
    const store = lab().store();
    await put(store, '/a');
    const { revision: last } = await put(store, '/b');
    const admin = new EtcdAdmin(lab().options());
    await admin.compact(last);
    await admin.compact(last);
    const next = revision(last + 1);
    await assert.rejects(admin.compact(next), { name: 'StoreError', code: 'REFUSED', message: /future revision/ });
    admin.close();
    const [old, fresh] = [watched(store, revision(1)), watched(store, last)];
    await until(() => old.ends.length > 0 && fresh.keys.length > 0);
    assert.deepEqual(old, { keys: [], ends: ['compacted'] });
    assert.deepEqual(fresh, { keys: ['/b'], ends: [] });
  });

  it('goes on after a silence in which nothing but pings was sent', async () => {
    const store = lab().store();
    const { revision: made } = await put(store, '/quiet');
    const watch = watched(store, revision(made + 1));
    // etcd hangs up at the third ping that it thinks came too soon.
    await new Promise((resolve) => setTimeout(resolve, 6_000));
    await put(store, '/news');
    await until(() => watch.keys.length > 0);
    assert.deepEqual(watch, { keys: ['/news'], ends: [] });
  });

  it('gets a past too large for one message in fragments, each transaction whole', async () => {
    const store = lab().store();
    const value = Buffer.alloc(10_000, 1);
    const from = (await put(store, '/large')).revision;
    const wrote: Revision[] = [];
    for (let round = 0; round < 10; round++) {
      const puts = Array.from({ length: 100 }, (_, index) => ({ key: `/large/${index}`, value }));
      wrote.push((await store.commit({ guards: [], puts, deletes: [] })).revision);
    }
    const told: { revision: Revision; changes: number }[] = [];
    store.watch('/large/', revision(from + 1), {
      changed: (changes, at) => void told.push({ revision: at, changes: changes.length }),
      ended: (reason) => assert.fail(reason),
    });
    await until(() => told.at(-1)?.revision === wrote.at(-1));
    assert.ok(told.length > 1, 'more than one message');
    assert.ok(
      told.every(({ changes }) => changes % 100 === 0),
      JSON.stringify(told),
    );
    assert.equal(
      told.reduce((sum, { changes }) => sum + changes, 0),
      1_000,
    );
    assert.ok(told.every(({ revision: at }) => wrote.includes(at)));
  });
});
