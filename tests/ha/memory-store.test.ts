import assert from 'node:assert/strict';
import { setImmediate } from 'node:timers/promises';
import { type Change, MemoryStore, type Put, type Revision, revision, type Store } from '../../runtime/ha/index.ts';
import { milliseconds } from '../../runtime/units.ts';
import { storeContract } from '../support/store-contract.ts';

/** Answers in a turn of the event loop of their own, so that a suite that calls without end lets timers run. */
function patient(store: Store): Store {
  const later = async <T>(answer: Promise<T>): Promise<T> => {
    const settled = answer.then(
      (value) => () => value,
      (error: unknown) => (): T => {
        throw error;
      },
    );
    await setImmediate();
    return (await settled)();
  };
  return {
    grantLease: (ttl) => later(store.grantLease(ttl)),
    renewLease: (id) => later(store.renewLease(id)),
    revokeLease: (id) => later(store.revokeLease(id)),
    commit: (transaction) => later(store.commit(transaction)),
    read: (prefix) => later(store.read(prefix)),
    watch: (prefix, from, listener) => store.watch(prefix, from, listener),
    close: () => store.close(),
  };
}

storeContract('the memory store', async () => {
  let now = 0;
  const data = new MemoryStore(() => milliseconds(now));
  const store = patient(data.client());
  return {
    store,
    another: async () => patient(data.client()),
    expire(seconds) {
      now += seconds * 1000;
      data.advance();
    },
    close: () => store.close(),
  };
});

describe('the memory store', () => {
  let now: number;
  let data: MemoryStore;
  beforeEach(() => {
    now = 0;
    data = new MemoryStore(() => milliseconds(now), 3);
  });

  const octets = (text: string): Uint8Array => Buffer.from(text);
  const put = (store: Store, key: string, value = '', lease?: Put['lease']) =>
    store.commit({ guards: [], puts: [{ key, value: octets(value), ...(lease && { lease }) }], deletes: [] });
  const unreachable = { name: 'StoreUnreachableError', code: 'STORE_UNREACHABLE' };
  const settled = (): Promise<void> => setImmediate();

  /** A watch that writes down what it is told. */
  function listen(store: Store, from: Revision, tale: string[] = []): string[] {
    store.watch('', from, {
      changed: (changes, at) =>
        void tale.push(`${at}: ${changes.map(({ key, value }: Change) => (value ? key : `-${key}`)).join(' ')}`),
      ended: (reason) => void tale.push(reason),
    });
    return tale;
  }

  it('cannot be reached by a client that is cut off, whose watches end; others go on', async () => {
    const [cut, other] = [data.client(), data.client()];
    const [cutTale, otherTale] = [listen(cut, revision(2)), listen(other, revision(2))];
    cut.disconnect();
    cut.disconnect();
    for (const call of [cut.read(''), put(cut, 'a'), cut.grantLease(1)]) await assert.rejects(call, unreachable);
    await put(other, 'a');
    assert.deepEqual([cutTale, otherTale], [['unreachable'], ['2: a']]);
    assert.deepEqual(listen(cut, revision(1)), [], 'nothing is told at once');
    cut.connect();
    assert.equal((await cut.read('')).entries.length, 1);
  });

  it('ends a watch that is begun while cut off', async () => {
    const client = data.client();
    client.disconnect();
    const tale = listen(client, revision(1));
    await settled();
    assert.deepEqual(tale, ['unreachable']);
  });

  it('loses an answer with the connection, but not what was done', async () => {
    const client = data.client();
    const lost = put(client, 'a');
    client.disconnect();
    await assert.rejects(lost, unreachable);
    assert.equal((await data.client().read('')).entries.length, 1);
  });

  it('stays closed, and closes its watches without a word', async () => {
    const client = data.client();
    const tale = listen(client, revision(1));
    await client.close();
    client.connect();
    await assert.rejects(client.read(''), unreachable);
    await put(data.client(), 'a');
    assert.deepEqual(tale, []);
  });

  it('tells a watch from too long ago that history is compacted, and one from within it everything', async () => {
    const client = data.client();
    for (const key of ['a', 'b', 'c', 'd', 'e', 'f', 'g']) await put(client, key);
    const old = listen(client, revision(5));
    const recent = listen(client, revision(6));
    await settled();
    assert.deepEqual([old, recent], [['compacted'], ['6: e', '7: f', '8: g']]);
  });

  it('has a lease run out to the millisecond, whether or not somebody advances it', async () => {
    const client = data.client();
    const { id } = await client.grantLease(2);
    await put(client, 'a', 'x', id);
    now = 1999;
    assert.equal((await client.read('')).entries.length, 1);
    assert.equal(data.nextDeadline(), 2000);
    now = 2000;
    assert.deepEqual((await client.read('')).entries, []);
    assert.equal(data.nextDeadline(), undefined);
  });

  it('ends leases in the order in which they ran out', async () => {
    const client = data.client();
    const [long, short] = [await client.grantLease(2), await client.grantLease(1)];
    await put(client, 'long', 'x', long.id);
    await put(client, 'short', 'x', short.id);
    const tale = listen(client, revision(4));
    now = 60_000;
    data.advance();
    await settled();
    assert.deepEqual(tale, ['4: -short', '5: -long']);
  });

  it('hangs a key that is put again on its new lease alone', async () => {
    const client = data.client();
    const [one, two] = [await client.grantLease(9), await client.grantLease(9)];
    await put(client, 'a', '1', one.id);
    await put(client, 'a', '2', two.id);
    await client.revokeLease(one.id);
    assert.equal((await client.read('')).entries.length, 1);
    await client.revokeLease(two.id);
    assert.equal((await client.read('')).entries.length, 0);
  });

  it('keeps a copy of what is put', async () => {
    const client = data.client();
    const value = octets('kept');
    await client.commit({ guards: [], puts: [{ key: 'a', value }], deletes: [] });
    value.fill(0);
    assert.deepEqual((await client.read('')).entries[0]?.value, Uint8Array.from(octets('kept')));
  });

  it('answers in the order of the calls, watchers first', async () => {
    const client = data.client();
    const tale = listen(client, revision(1));
    await Promise.all([
      put(client, 'a', 'x').then(() => tale.push('answered a')),
      client.read('').then(() => tale.push('answered read')),
      put(client, 'b', 'x').then(() => tale.push('answered b')),
    ]);
    assert.deepEqual(tale, ['2: a', '3: b', 'answered a', 'answered read', 'answered b']);
  });
});
