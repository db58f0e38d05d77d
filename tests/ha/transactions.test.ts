import assert from 'node:assert/strict';
import {
  type Change,
  claim,
  handOver,
  handoverCodec,
  type LeaseId,
  leaderCodec,
  MemoryStore,
  revision,
  type Store,
  ZoneKeys,
} from '../../runtime/ha/index.ts';
import { epochMilliseconds, milliseconds } from '../../runtime/units.ts';

const keys = new ZoneKeys('zone');
const ras = { address: '192.0.2.1', port: 1719 };
const NOW = epochMilliseconds(1_000);

describe('leadership in the store', () => {
  let store: Store;
  let primary: LeaseId;
  let secondary: LeaseId;

  const candidate = (instance: string, lease: LeaseId) => ({ instance, ras, lease });
  const leader = async () => {
    const entry = (await store.read(keys.leader)).entries[0];
    return entry && { term: entry.modRevision, ...leaderCodec.decode(entry.value) };
  };
  const writeIn = (term: number) =>
    store.commit({
      guards: [{ key: keys.leader, modRevision: revision(term) }],
      puts: [{ key: `${keys.state}x`, value: Buffer.of(1) }],
      deletes: [],
    });

  beforeEach(async () => {
    store = new MemoryStore(() => milliseconds(0)).client();
    primary = (await store.grantLease(2)).id;
    secondary = (await store.grantLease(2)).id;
  });

  it('is claimed by one alone, and ends with its lease', async () => {
    const won = await store.commit(claim(keys, candidate('primary', primary), NOW));
    assert.equal(won.kind, 'committed');
    assert.equal((await store.commit(claim(keys, candidate('secondary', secondary), NOW))).kind, 'refused');
    assert.deepEqual(await leader(), { instance: 'primary', ras, lease: primary, since: NOW, term: won.revision });
    await store.revokeLease(primary);
    assert.equal(await leader(), undefined);
  });

  it('goes over to an heir in one transaction, with a term of its own, and no write of the last one gets in', async () => {
    const { revision: term } = await store.commit(claim(keys, candidate('primary', primary), NOW));
    const order = { key: keys.switchover, value: Buffer.of(1) };
    await store.commit({ guards: [], puts: [order], deletes: [] });
    const done = await store.commit(handOver(keys, term, candidate('secondary', secondary), NOW));
    assert.equal(done.kind, 'committed');
    const now = await leader();
    assert.deepEqual([now?.instance, now?.lease, now?.term], ['secondary', secondary, done.revision]);
    assert.equal((await writeIn(term)).kind, 'refused');
    assert.equal((await writeIn(done.revision)).kind, 'committed');
    assert.deepEqual((await store.read(keys.switchover)).entries, [], 'the order is carried out');
    await store.revokeLease(primary);
    assert.equal((await leader())?.instance, 'secondary', 'it hangs on the lease of the heir');
    await store.revokeLease(secondary);
    assert.equal(await leader(), undefined);
  });

  it('is told to be handed over before it is told who has it', async () => {
    const { revision: term } = await store.commit(claim(keys, candidate('primary', primary), NOW));
    const told: Change[] = [];
    const ended = () => assert.fail();
    store.watch(keys.prefix, revision(term + 1), { changed: (changes) => void told.push(...changes), ended });
    await store.commit(handOver(keys, term, candidate('secondary', secondary), NOW));
    assert.deepEqual(
      told.map(({ key }) => key),
      [keys.handover, keys.leader],
    );
    assert.equal(handoverCodec.decode(told[0]?.value ?? Buffer.of()).term, term);
  });

  it('is free for whoever comes first where there is no heir', async () => {
    const { revision: term } = await store.commit(claim(keys, candidate('primary', primary), NOW));
    assert.equal((await store.commit(handOver(keys, term, undefined, NOW))).kind, 'committed');
    assert.equal(await leader(), undefined);
    assert.equal((await store.commit(claim(keys, candidate('secondary', secondary), NOW))).kind, 'committed');
  });

  it('is not handed over by who has lost it, nor to an heir that is gone', async () => {
    const { revision: term } = await store.commit(claim(keys, candidate('primary', primary), NOW));
    await store.revokeLease(secondary);
    await assert.rejects(store.commit(handOver(keys, term, candidate('secondary', secondary), NOW)), {
      name: 'StoreError',
      code: 'REFUSED',
    });
    assert.equal((await leader())?.instance, 'primary');
    const stale = revision(term + 100);
    assert.equal((await store.commit(handOver(keys, stale, undefined, NOW))).kind, 'refused');
    assert.equal((await leader())?.instance, 'primary');
  });
});
