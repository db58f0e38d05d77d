import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { freePorts } from '../../runtime/adapters/etcd/cluster.ts';
import {
  type EtcdMember,
  type EtcdMemberOptions,
  findEtcd,
  startEtcdMember,
} from '../../runtime/adapters/etcd-process.ts';
import { needEtcd } from '../support/etcd-cluster.ts';
import { temporaryFolder } from './temporary-folder.ts';

describe('an etcd member as a child process', function () {
  this.timeout(30_000);
  const folder = temporaryFolder();
  const started: EtcdMember[] = [];
  const stopAll = () => Promise.all(started.splice(0).map((member) => member.stop()));

  async function start(binary: string, more: Partial<EtcdMemberOptions> = {}): Promise<EtcdMember> {
    const [peer, client] = (await freePorts('127.0.0.1', 2)).map((port) => `http://127.0.0.1:${port}`);
    const member = startEtcdMember({
      binary,
      name: 'alone',
      dataDir: join(folder(), 'data'),
      peerUrl: peer ?? '',
      clientUrl: client ?? '',
      initialCluster: `alone=${peer}`,
      state: 'new',
      log: join(folder(), 'etcd.log'),
      ...more,
    });
    started.push(member);
    return member;
  }

  it('is not found where the PATH has none', () => {
    const path = process.env['PATH'];
    try {
      process.env['PATH'] = `${folder()}::/missing`;
      assert.equal(findEtcd(), undefined);
    } finally {
      process.env['PATH'] = path;
    }
  });

  it('says so where the program cannot be started', async () => {
    const member = await start(join(folder(), 'missing'));
    assert.deepEqual(await member.exited, { code: null, signal: null });
    await assert.rejects(member.healthy(), /^Error: etcd alone could not be started: spawn .*ENOENT/);
    await member.stop();
  });

  it('says so, with the end of its log, where it ends at once', async function () {
    const member = await start(needEtcd(this), { initialCluster: 'other=http://127.0.0.1:1' });
    await assert.rejects(member.healthy(), /^Error: etcd alone ended \(\d\)\n.*couldn't find local name/s);
    await stopAll();
  });

  it('is healthy once it serves, stops when asked, and begins again with what it had', async function () {
    const binary = needEtcd(this);
    const first = await start(binary);
    await first.healthy();
    await first.stop();
    assert.deepEqual(await first.exited, { code: null, signal: 'SIGTERM' });
    await assert.rejects(first.healthy(), /etcd alone ended \(SIGTERM\)/);
    const second = await start(binary);
    await second.healthy();
    second.kill('SIGKILL');
    assert.deepEqual(await second.exited, { code: null, signal: 'SIGKILL' });
  });

  it('stops also when it is frozen', async function () {
    const member = await start(needEtcd(this));
    await member.healthy();
    member.kill('SIGSTOP');
    await member.stop();
    assert.deepEqual(await member.exited, { code: null, signal: 'SIGKILL' });
  });

  it('runs inside another command, which becomes it, and is asked from inside', async function () {
    const member = await start(needEtcd(this), { wrap: ['env', 'INSIDE=yes'] });
    await member.healthy();
    const environment = readFileSync(`/proc/${member.pid}/environ`, 'utf8').split('\0');
    assert.ok(environment.includes('INSIDE=yes'));
    assert.match(readFileSync(`/proc/${member.pid}/cmdline`, 'utf8'), /^[^\0]*etcd\0/);
    await stopAll();
  });
});
