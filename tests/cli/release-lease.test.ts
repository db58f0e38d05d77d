import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { freePorts } from '../../runtime/adapters/etcd/cluster.ts';
import type { Lease } from '../../runtime/ha/index.ts';
import { temporaryFolder } from '../adapters/temporary-folder.ts';
import { labEtcd } from '../support/etcd-cluster.ts';

const SCRIPT = fileURLToPath(new URL('../../runtime/cli/release-lease.mjs', import.meta.url));

interface Ended {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

const run = (args: readonly string[]): Promise<Ended> =>
  new Promise((resolve) => {
    execFile(process.execPath, [SCRIPT, ...args], { timeout: 20_000 }, (error, stdout, stderr) =>
      resolve({ code: error === null ? 0 : typeof error.code === 'number' ? error.code : -1, stdout, stderr }),
    );
  });

describe('release-lease, which runs when a gatekeeper has ended', function () {
  this.timeout(60_000);
  const folder = temporaryFolder();
  const file = (): string => join(folder(), 'ha', 'lease.json');
  const release = (): Promise<Ended> => run(['--data-dir', folder()]);
  const note = (content: unknown): void => {
    mkdirSync(join(folder(), 'ha'), { recursive: true });
    writeFileSync(file(), typeof content === 'string' ? content : JSON.stringify(content));
  };

  it('refuses a command line that names no data folder', async () => {
    for (const args of [
      [],
      ['--data-dir'],
      ['--data-dir', ''],
      ['--other', folder()],
      ['--data-dir', folder(), 'more'],
    ]) {
      const { code, stdout, stderr } = await run(args);
      assert.deepEqual(
        [code, stdout, stderr],
        [1, '', 'release-lease: usage: node release-lease.mjs --data-dir DIR\n'],
      );
    }
  });

  it('refuses a note that it cannot read or that names no lease, and leaves it', async () => {
    const endpoints = ['http://127.0.0.1:1'];
    const broken: readonly unknown[] = [
      ...['{"lease":', '', 'null', '[]'],
      ...[{ lease: '1' }, { endpoints }, { lease: 1, endpoints }, { lease: '1; rm', endpoints }],
      ...[
        { lease: '1', endpoints: [] },
        { lease: '1', endpoints: 'http://127.0.0.1:1' },
        { lease: '1', endpoints: ['nowhere'] },
      ],
    ];
    for (const content of broken) {
      note(content);
      const { code, stdout, stderr } = await release();
      assert.deepEqual([code, stdout], [1, ''], JSON.stringify(content));
      assert.match(stderr, /^release-lease: .*lease\.json: [^\n]+\n$/);
      assert.ok(existsSync(file()));
    }
  });

  it('has nothing to do where nothing was noted', async () => {
    assert.deepEqual(await release(), { code: 0, stdout: '', stderr: '' });
    assert.deepEqual(await run(['--data-dir', join(folder(), 'missing')]), { code: 0, stdout: '', stderr: '' });
  });

  it('gives up on members that are dead, hang, or are something else, and keeps the note', async () => {
    const silent = createServer(() => {}).listen(0, '127.0.0.1');
    const other = createServer((socket) => socket.end('HTTP/1.1 404 Not Found\r\ncontent-length: 2\r\n\r\nno')).listen(
      0,
      '127.0.0.1',
    );
    const [dead] = await freePorts('127.0.0.1', 1);
    const portOf = (server: typeof silent): number => {
      const address = server.address();
      return typeof address === 'object' && address !== null ? address.port : 0;
    };
    note({ lease: '7', endpoints: [`http://127.0.0.1:${dead}`, `http://127.0.0.1:${portOf(other)}`] });
    const refused = await release();
    assert.equal(refused.code, 1);
    assert.match(
      refused.stderr,
      /^release-lease: http:\/\/127\.0\.0\.1:\d+: connect ECONNREFUSED .*; http:\/\/127\.0\.0\.1:\d+: 404 no\n$/,
    );
    note({ lease: '7', endpoints: [`http://127.0.0.1:${portOf(silent)}`] });
    assert.deepEqual(await release(), {
      ...{ code: 1, stdout: '' },
      stderr: 'release-lease: no etcd member ended the lease within 1000 ms\n',
    });
    assert.ok(existsSync(file()));
    silent.close();
    other.close();
  });

  it('names the file of certificates that it cannot read', async () => {
    note({ lease: '7', endpoints: ['https://127.0.0.1:1'], caFile: join(folder(), 'ca.crt') });
    const { code, stderr } = await release();
    assert.equal(code, 1);
    assert.match(stderr, /^release-lease: ENOENT: .*ca\.crt'\n$/);
  });

  describe('with etcd', () => {
    const lab = labEtcd('suite');
    /** A lease of 100 s with one key on it. */
    async function leased(key: string): Promise<Lease> {
      const store = lab().store();
      const lease = await store.grantLease(100);
      await store.commit({ guards: [], puts: [{ key, value: Buffer.from('x'), lease: lease.id }], deletes: [] });
      return lease;
    }
    const keysNow = async (): Promise<readonly string[]> =>
      (await lab().store().read('/lease/')).entries.map(({ key }) => key);

    it('ends the lease with its keys, that lease alone, and takes the note away; also beside a dead member', async () => {
      const [own] = [await leased('/lease/own'), await leased('/lease/other')];
      const [dead] = await freePorts('127.0.0.1', 1);
      note({ lease: own.id, endpoints: [`http://127.0.0.1:${dead}`, ...lab().cluster.endpoints] });
      const before = readFileSync(file(), 'utf8');
      assert.deepEqual(await release(), { code: 0, stdout: '', stderr: '' });
      assert.deepEqual([existsSync(file()), await keysNow()], [false, ['/lease/other']]);
      // Systemd may run it again, and the lease may have run out before it.
      writeFileSync(file(), before);
      assert.deepEqual(await release(), { code: 0, stdout: '', stderr: '' });
      assert.deepEqual([existsSync(file()), await keysNow()], [false, ['/lease/other']]);
    });
  });
});
