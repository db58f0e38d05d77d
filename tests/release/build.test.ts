/** The bundle of this checkout: the same wherever it is packed, and it runs. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { mkdirSync, readdirSync, readFileSync, utimesSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { type Bundle, readBundle } from '../../runtime/release/index.ts';
import { CouncilProcess } from '../support/council-process.ts';
import { skipLoudly } from '../support/skip.ts';
import { ROOT, sourceTree } from '../support/source-tree.ts';

const FACTS = ['--commit', 'c0'.repeat(20), '--committed-at', '2026-11-21T18:00:00.000Z', '--dirty'];

/** Packs a tree as somebody else's machine would. */
async function packed(tree: string, umask: string, env: Readonly<Record<string, string>>): Promise<Bundle> {
  const out = join(tree, '..', 'bundle');
  const { status, stderr } = spawnSync(
    'sh',
    [
      '-c',
      `umask ${umask}; exec "$@"`,
      'sh',
      process.execPath,
      'runtime/cli/council.mjs',
      'release',
      'pack',
      ...FACTS,
      '--out',
      out,
    ],
    { cwd: tree, env: { ...process.env, ...env }, encoding: 'utf8' },
  );
  assert.equal(status, 0, stderr);
  return readBundle(readFileSync(out));
}

async function freePorts(): Promise<{ readonly udp: number; readonly tcp: number }> {
  const socket = createSocket('udp4');
  const server = createServer();
  const udp = await new Promise<number>((resolve) => socket.bind(0, '127.0.0.1', () => resolve(socket.address().port)));
  const tcp = await new Promise<number>((resolve) => {
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      resolve(typeof address === 'object' && address !== null ? address.port : 0);
    });
  });
  socket.close();
  server.close();
  return { udp, tcp };
}

describe('the bundle of this checkout', function () {
  this.timeout(240_000);
  const cleanings: (() => void)[] = [];
  let bundle: Bundle;
  let base: string;

  before(async function () {
    if (spawnSync('git', ['-C', ROOT, 'rev-parse', 'HEAD']).status !== 0)
      skipLoudly(this, 'this is no git checkout, or git is not installed (apt-get install git)');
    const { folder, remove } = await sourceTree('one');
    cleanings.push(remove);
    base = join(folder, '..');
    bundle = await packed(folder, '022', { TZ: 'UTC', LANG: 'C' });
  });
  after(() => {
    for (const clean of cleanings) clean();
  });

  it('is the same in another folder, under another umask, in another time zone and with other dates', async () => {
    const { folder, remove } = await sourceTree('a folder/with another name');
    cleanings.push(remove);
    for (const path of readdirSync(folder, { recursive: true, encoding: 'utf8' }))
      if (!path.startsWith('node_modules')) utimesSync(join(folder, path), 1, 1);
    const other = await packed(folder, '077', {
      TZ: 'Pacific/Kiritimati',
      LANG: 'tr_TR.UTF-8',
      NODE_ENV: 'production',
    });
    assert.deepEqual(other.manifest, bundle.manifest);
    assert.equal(other.sha256, bundle.sha256);
  });

  it('holds what hosts start, and nothing that only the infrastructure or a developer needs', () => {
    const names = Object.keys(bundle.manifest.files);
    for (const name of ['runtime/cli/council.mjs', 'runtime/cli/release-lease.mjs', 'config/guardian-registry.yaml'])
      assert.ok(names.includes(name), name);
    assert.deepEqual(
      names.filter((name) => /\.ts$|node_modules|components|tests|\.key$/.test(name)),
      [],
    );
    assert.ok(bundle.octets.length < 4e6, `${bundle.octets.length} octets`);
  });

  it('knows no folder of the machine that packed it', () => {
    const unpacked = unpack(bundle, join(base, 'looked-at'));
    for (const name of Object.keys(bundle.manifest.files))
      assert.ok(!readFileSync(join(unpacked, name), 'utf8').includes(base), name);
  });

  it('names the licence of every package in it', () => {
    const notices = readFileSync(join(unpack(bundle, join(base, 'notices')), 'THIRD-PARTY.txt'), 'utf8');
    for (const name of ['commander', 'zod', 'pino', '@grpc/grpc-js', '@aws-sdk/client-ssm', 'protobufjs'])
      assert.match(notices, new RegExp(`^${name} \\d+\\.\\d+\\.\\d+ \\((MIT|Apache-2\\.0|BSD-3-Clause|ISC)\\)$`, 'm'));
  });

  it('runs: a gatekeeper serves from it, and says which release it is', async () => {
    const folder = unpack(bundle, join(base, bundle.sha256));
    const launcher = join(folder, 'runtime/cli/council.mjs');
    const { udp, tcp } = await freePorts();
    const config = join(base, 'gatekeeper.yaml');
    writeFileSync(
      config,
      `host: 127.0.0.1\nras_port: ${udp}\nhttp_port: ${tcp}\ngatekeeper_id: bundle\nregistry: ${folder}/config/guardian-registry.yaml\ndata_dir: ${base}/data\n`,
    );
    const before = spawnSync(process.execPath, [launcher, 'ha', 'probe', '--json', '--config', config], {
      encoding: 'utf8',
    });
    assert.equal(before.status, 1, before.stderr);
    assert.equal(JSON.parse(before.stdout).serves, false);

    const gatekeeper = new CouncilProcess(['gatekeeper', '--json', '--config', config], { launcher, timeout: 120_000 });
    try {
      assert.match(await gatekeeper.line(), /"event":"started"/);
      const probe = spawnSync(process.execPath, [launcher, 'ha', 'probe', '--json', '--config', config], {
        encoding: 'utf8',
      });
      assert.equal(probe.status, 0, probe.stdout + probe.stderr);
      const { serves, release, problems, rasMs } = JSON.parse(probe.stdout);
      assert.deepEqual({ serves, release, problems }, { serves: true, release: bundle.sha256, problems: [] });
      assert.ok(rasMs > 0);
    } finally {
      await gatekeeper.stop();
    }
  });
});

function unpack({ octets }: Bundle, folder: string): string {
  mkdirSync(folder, { recursive: true });
  const { status, stderr } = spawnSync('tar', ['-xz', '-C', folder], { input: octets, encoding: 'utf8' });
  assert.equal(status, 0, stderr);
  return folder;
}
