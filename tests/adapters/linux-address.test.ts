import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { LinuxAddress } from '../../runtime/adapters/linux-address.ts';
import { skipLoudly } from '../support/skip.ts';
import { until } from '../support/until.ts';
import { temporaryFolder } from './temporary-folder.ts';

/** Network namespaces `left` and `right` of this process, on one wire: the interface `wire` in each. */
const NAMES = { left: `council-${process.pid}-l`, right: `council-${process.pid}-r` } as const;

const ip = (...args: readonly string[]) => spawnSync('ip', args, { encoding: 'utf8', timeout: 5000 });
const inside = (side: keyof typeof NAMES): string[] => ['ip', 'netns', 'exec', NAMES[side]];
const addresses = (side: keyof typeof NAMES): readonly string[] =>
  [
    ...ip('-n', NAMES[side], '-o', 'address', 'show', 'dev', 'wire').stdout.matchAll(/inet6? (\S+) .*scope global/g),
  ].map(([, address = '']) => address);

describe('an address on a network interface', function () {
  this.timeout(30_000);
  const folder = temporaryFolder();
  beforeEach(function () {
    for (const name of Object.values(NAMES)) {
      const { status, stderr, error } = ip('netns', 'add', name);
      if (status !== 0)
        skipLoudly(this, `only root may make network namespaces (${(error?.message ?? stderr).trim()})`);
    }
    const made = ip(
      '-n',
      NAMES.left,
      'link',
      'add',
      'wire',
      'type',
      'veth',
      'peer',
      'name',
      'wire',
      'netns',
      NAMES.right,
    );
    assert.equal(made.status, 0, made.stderr);
    for (const name of Object.values(NAMES)) ip('-n', name, 'link', 'set', 'wire', 'up');
  });
  afterEach(() => {
    for (const name of Object.values(NAMES)) ip('netns', 'del', name);
  });

  const floating = (side: keyof typeof NAMES, address = '192.0.2.9', prefix = 24, device = 'wire'): LinuxAddress =>
    new LinuxAddress({ address, prefix, device, wrap: inside(side) });

  it('cannot be added to an interface that is not there, and says why', async () => {
    const missing = floating('left', '192.0.2.9', 24, 'none0');
    await assert.rejects(missing.claim(), {
      message: 'address 192.0.2.9/24 on none0 cannot be added: Cannot find device "none0"',
    });
    await assert.rejects(missing.release(), {
      message: /^address 192\.0\.2\.9\/24 on none0 cannot be removed: Cannot find/,
    });
  });

  it('cannot be added where the program for it is missing', async () => {
    const address = new LinuxAddress({ address: '192.0.2.9', prefix: 24, device: 'wire', wrap: ['/nowhere/run'] });
    await assert.rejects(address.claim(), { message: /cannot be added: ENOENT$/ });
  });

  it('is there once claimed, and gone once let go, however often either is asked for', async () => {
    const address = floating('left');
    await address.release();
    await address.claim();
    await address.claim();
    assert.deepEqual(addresses('left'), ['192.0.2.9/24']);
    await address.release();
    await address.release();
    assert.deepEqual(addresses('left'), []);
    assert.equal(address.describe(), 'address 192.0.2.9/24 on wire');
  });

  it('can be an IPv6 address, which is there at once', async () => {
    const address = floating('left', '2001:db8::9', 64);
    await address.claim();
    assert.deepEqual(addresses('left'), ['2001:db8::9/64']);
    assert.ok(!ip('-n', NAMES.left, 'address', 'show', 'dev', 'wire').stdout.match(/2001:db8::9.*tentative/));
    await address.release();
    assert.deepEqual(addresses('left'), []);
  });

  it('is found by its neighbours on the machine that has it', async () => {
    ip('-n', NAMES.right, 'address', 'add', '192.0.2.1/24', 'dev', 'wire');
    /** What asking for it anew brings: the neighbour's hardware address, or none. */
    const found = (): Promise<string> => {
      ip('-n', NAMES.right, 'neigh', 'flush', 'all');
      const [command = '', ...args] = [...inside('right'), 'bash', '-c', 'echo > /dev/udp/192.0.2.9/9'];
      spawnSync(command, args, { timeout: 5000 });
      // Every other state is one on the way to these two.
      const settled = /lladdr \S+ REACHABLE|FAILED/;
      return until(() => settled.exec(ip('-n', NAMES.right, 'neigh', 'show', '192.0.2.9').stdout)?.[0]);
    };
    const [, own] = /link\/ether (\S+)/.exec(ip('-n', NAMES.left, 'link', 'show', 'dev', 'wire').stdout) ?? [];
    assert.equal(await found(), 'FAILED');
    await floating('left').claim();
    assert.equal(await found(), `lladdr ${own} REACHABLE`);
    await floating('left').release();
    assert.equal(await found(), 'FAILED');
  });

  it('is announced by unsolicited ARP', async () => {
    const [tool, heard] = [join(folder(), 'arping'), join(folder(), 'heard')];
    writeFileSync(tool, `#!/bin/sh\necho "$@" > ${heard}.new && mv ${heard}.new ${heard}\n`);
    chmodSync(tool, 0o755);
    const wrap = [...inside('left'), 'env', `PATH=${folder()}:${process.env['PATH']}`];
    await new LinuxAddress({ address: '192.0.2.9', prefix: 24, device: 'wire', wrap }).claim();
    await until(() => existsSync(heard));
    assert.equal(readFileSync(heard, 'utf8'), '-U -c 3 -I wire 192.0.2.9\n');
  });
});
