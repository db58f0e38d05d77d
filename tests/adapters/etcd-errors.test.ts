import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { createServer, type Http2Server, type ServerHttp2Stream } from 'node:http2';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { EtcdAdmin } from '../../runtime/adapters/etcd/admin.ts';
import { EtcdStore } from '../../runtime/adapters/etcd/store.ts';
import { encodeMessage } from '../../runtime/adapters/etcd/wire.ts';
import { leaseId, revision, StoreError } from '../../runtime/ha/index.ts';
import { milliseconds } from '../../runtime/units.ts';
import { until } from '../support/until.ts';

/** gRPC's framing: not compressed, length, message. */
function frame(message: Uint8Array): Buffer {
  const head = Buffer.alloc(5);
  head.writeUInt32BE(message.length, 1);
  return Buffer.concat([head, message]);
}

interface Scripted {
  readonly url: string;
  /** Paths that were asked. */
  readonly asked: string[];
}

describe('EtcdStore judges what it is told', () => {
  const servers: Http2Server[] = [];
  const stores: EtcdStore[] = [];
  afterEach(async () => {
    await Promise.all(stores.splice(0).map((store) => store.close()));
    for (const server of servers.splice(0)) server.close();
  });

  /** A member that does to each call what the script says. */
  async function scripted(answer: (stream: ServerHttp2Stream) => void): Promise<Scripted> {
    const server = createServer();
    const asked: string[] = [];
    server.on('session', (session) => session.on('error', () => {}));
    server.on('stream', (stream, headers) => {
      asked.push(String(headers[':path']));
      stream.on('error', () => {});
      stream.resume();
      answer(stream);
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    servers.push(server);
    const { port }: Pick<AddressInfo, 'port'> = Object(server.address());
    return { url: `http://127.0.0.1:${port}`, asked };
  }

  const store = (...members: Scripted[]): EtcdStore => {
    const made = new EtcdStore({ endpoints: members.map(({ url }) => url), requestTimeout: milliseconds(500) });
    stores.push(made);
    return made;
  };
  const failing = (code: number, message: string) =>
    scripted((stream) => {
      stream.respond(
        { ':status': 200, 'content-type': 'application/grpc', 'grpc-status': code, 'grpc-message': message },
        { endStream: true },
      );
    });
  const answering = (...messages: Uint8Array[]) =>
    scripted((stream) => {
      stream.respond({ ':status': 200, 'content-type': 'application/grpc' }, { waitForTrailers: true });
      stream.on('wantTrailers', () => stream.sendTrailers({ 'grpc-status': 0 }));
      stream.end(Buffer.concat(messages.map(frame)));
    });
  const put = (by: EtcdStore) => by.commit({ guards: [], puts: [{ key: 'a', value: Uint8Array.of(1) }], deletes: [] });

  const REFUSALS: readonly [number, string, StoreError['code']][] = [
    [3, 'etcdserver: request is too large', 'REFUSED'],
    [3, 'etcdserver: user name is empty', 'PERMISSION'],
    [7, 'etcdserver: permission denied', 'PERMISSION'],
    [16, 'etcdserver: invalid auth token', 'PERMISSION'],
    [8, 'etcdserver: mvcc: database space exceeded', 'QUOTA'],
    [8, 'grpc: received message larger than max (2 vs. 1)', 'REFUSED'],
    [9, 'etcdserver: rpc not supported for learner', 'REFUSED'],
    [12, 'unknown service', 'REFUSED'],
  ];
  for (const [code, message, expected] of REFUSALS)
    it(`as ${expected}, and asks nobody else: ${message}`, async () => {
      const [first, second] = [await failing(code, message), await answering()];
      await assert.rejects(put(store(first, second)), (error) => {
        assert(error instanceof StoreError);
        assert.equal(error.code, expected);
        assert.equal(error.message, `etcd at ${first.url}: ${message}`);
        return true;
      });
      assert.deepEqual(second.asked, []);
    });

  for (const [code, message] of [
    [14, 'etcdserver: no leader'],
    [14, 'etcdserver: request timed out, possibly due to previous leader failure'],
    [8, 'etcdserver: too many requests'],
    [13, 'something inside'],
    [2, 'raft: stopped'],
  ] as const)
    it(`as in doubt, asking the next member from then on, but not again: ${message}`, async () => {
      const made = encodeMessage('TxnResponse', { header: { revision: '7' }, succeeded: true });
      const [first, second] = [await failing(code, message), await answering(made)];
      const both = store(first, second);
      await assert.rejects(put(both), { name: 'StoreUnreachableError', message: `etcd at ${first.url}: ${message}` });
      assert.deepEqual(second.asked, []);
      assert.deepEqual(await put(both), { kind: 'committed', revision: 7 });
      assert.equal(first.asked.length, 1);
    });

  it('as in doubt where the connection breaks, and does not ask again', async () => {
    const first = await scripted((stream) => stream.session?.destroy());
    const second = await answering();
    await assert.rejects(put(store(first, second)), { name: 'StoreUnreachableError' });
    assert.deepEqual([first.asked.length, second.asked], [1, []]);
  });

  it('as in doubt where no answer comes, and does not ask again', async () => {
    const first = await scripted(() => {});
    const second = await answering();
    await assert.rejects(put(store(first, second)), { name: 'StoreUnreachableError', message: /Deadline exceeded/ });
    assert.deepEqual([first.asked.length, second.asked], [1, []]);
  });

  it('as none of its business where the answer cannot be read', async () => {
    const garbage = [
      Buffer.from('ffffffff', 'hex'),
      Buffer.alloc(0),
      encodeMessage('TxnResponse', { header: { revision: '9007199254740993' }, succeeded: true }),
      encodeMessage('TxnResponse', { header: { revision: '-1' }, succeeded: true }),
    ];
    for (const answer of garbage)
      await assert.rejects(put(store(await answering(answer))), {
        name: 'StoreError',
        code: 'REFUSED',
        message: 'an answer to KV/Txn cannot be read',
      });
  });

  it('as broken where a renewal answers another one, or not at all, and is no worse for it afterwards', async () => {
    const other = encodeMessage('LeaseKeepAliveResponse', { id: '2', ttl: '9' });
    await assert.rejects(store(await answering(other)).renewLease(leaseId('1')), {
      code: 'REFUSED',
      message: /renewed a lease out of turn/,
    });
    const silent = await scripted((stream) => stream.respond({ ':status': 200, 'content-type': 'application/grpc' }));
    const good = await answering(encodeMessage('LeaseKeepAliveResponse', { id: '-1', ttl: '9' }));
    const both = store(silent, good);
    const renewals = [both.renewLease(leaseId('1')), both.renewLease(leaseId('2'))];
    for (const outcome of await Promise.allSettled(renewals))
      assert.match(
        String(outcome.status === 'rejected' && outcome.reason),
        /StoreUnreachableError.*no renewal in time/,
      );
    assert.equal(await both.renewLease(leaseId('-1')), 9);
  });

  it('as the end of a watch where it is refused, silent, garbled or cancelled', async () => {
    const cancelled = { canceled: true, cancelReason: 'etcdserver: permission denied' };
    const members = [
      await failing(14, 'etcdserver: no leader'),
      await scripted((stream) => stream.respond({ ':status': 200, 'content-type': 'application/grpc' })),
      await answering(Buffer.from('ffffffff', 'hex')),
      await answering(encodeMessage('WatchResponse', cancelled)),
      await answering(encodeMessage('WatchResponse', { created: true, canceled: true, compactRevision: '5' })),
      await answering(encodeMessage('WatchResponse', { created: true })),
    ];
    const ends: string[][] = members.map((member) => {
      const told: string[] = [];
      store(member).watch('a', revision(1), {
        changed: () => told.push('changed'),
        ended: (reason) => told.push(reason),
      });
      return told;
    });
    await until(() => ends.every(({ length }) => length > 0));
    const lost = ['unreachable'];
    assert.deepEqual(ends, [lost, lost, lost, lost, ['compacted'], lost]);
  });

  it('as something to be put together where a revision comes in fragments', async () => {
    const event = (key: string, at: number, type = 0) => ({
      type,
      kv: { key: Buffer.from(key), value: Buffer.from('x'), modRevision: at },
    });
    const member = await answering(
      encodeMessage('WatchResponse', { created: true }),
      encodeMessage('WatchResponse', { fragment: true, events: [event('a', 5), event('b', 6)] }),
      encodeMessage('WatchResponse', { fragment: true, events: [event('c', 6)] }),
      encodeMessage('WatchResponse', { events: [event('d', 6), event('e', 7, 1)] }),
    );
    const told: string[] = [];
    store(member).watch('', revision(0), {
      changed: (changes, at) => told.push(`${changes.map(({ key }) => key).join(' ')} @${at}`),
      ended: (reason) => told.push(reason),
    });
    await until(() => told.at(-1) === 'unreachable');
    assert.deepEqual(told, ['a @5', 'b c d e @7', 'unreachable']);
  });

  it('as a damaged snapshot where the checksum behind it is another, and keeps no file of it', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'council-snapshot-'));
    const file = join(folder, 'backup.db');
    const content = Buffer.alloc(1_000, 7);
    const checksum = createHash('sha256').update(content).digest();
    const blobs = (...parts: Buffer[]) =>
      answering(...parts.map((blob) => encodeMessage('SnapshotResponse', { remainingBytes: 0, blob })));
    const save = async ({ url }: Scripted): Promise<void> => {
      const admin = new EtcdAdmin({ endpoints: [url], requestTimeout: milliseconds(500) });
      await admin.snapshot(url, file).finally(() => admin.close());
    };
    try {
      const damaged = { name: 'StoreError', code: 'REFUSED', message: /came damaged$/ };
      await assert.rejects(save(await blobs(Buffer.alloc(1_000, 8), checksum)), damaged);
      await assert.rejects(save(await blobs(content)), damaged);
      await assert.rejects(save(await blobs()), { name: 'StoreUnreachableError', message: /sent no snapshot$/ });
      assert.deepEqual(readdirSync(folder), []);
      const split = [content.subarray(0, 990), content.subarray(990), checksum.subarray(0, 5), checksum.subarray(5)];
      await save(await blobs(...split));
      assert.deepEqual(readFileSync(file), Buffer.concat([content, checksum]));
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it('before it asks anybody: endpoints, times and leases that cannot be', async () => {
    const requestTimeout = milliseconds(500);
    const tls = { ca: Buffer.from('no PEM'), cert: Buffer.from('no PEM'), key: Buffer.from('no PEM') };
    for (const endpoints of [[], ['127.0.0.1:2379'], ['http://127.0.0.1'], ['http://a:1/b'], ['ftp://a:1']])
      assert.throws(() => new EtcdStore({ endpoints, requestTimeout }), RangeError, String(endpoints));
    assert.throws(() => new EtcdStore({ endpoints: ['http://a:1'], requestTimeout: milliseconds(0) }), RangeError);
    assert.throws(() => new EtcdStore({ endpoints: ['http://a:1'], tls, requestTimeout }), /would not be encrypted/);
    assert.throws(() => new EtcdStore({ endpoints: ['https://a:1'], tls, requestTimeout }), {
      name: 'StoreError',
      code: 'PERMISSION',
      message: 'the certificates or the key for etcd cannot be used',
    });
    const member = await answering();
    const outside = leaseId('9223372036854775808');
    await assert.rejects(store(member).renewLease(outside), { code: 'REFUSED' });
    await assert.rejects(store(member).revokeLease(outside), { code: 'REFUSED' });
    assert.deepEqual(member.asked, []);
  });
});
