import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { freePorts } from '../../runtime/adapters/etcd/cluster.ts';
import { temporaryFolder } from '../adapters/temporary-folder.ts';
import { oneGuardian } from '../config/registry-text.ts';
import { type CouncilProcess, councils, started } from '../support/council-process.ts';
import { labEtcd } from '../support/etcd-cluster.ts';
import { runMain } from '../support/run-main.ts';
import { until } from '../support/until.ts';

const ETCD = ['--etcd-endpoints', 'http://127.0.0.1:1'];
const COMMANDS = ['status', 'switchover', 'members', 'replace-member', 'recover', 'backup', 'compact'];

describe('council ha on the command line', function () {
  this.timeout(60_000);
  const folder = temporaryFolder();

  it('refuses what cannot be meant, and asks no etcd about it', async () => {
    const peer = ['--peer-url', 'http://127.0.0.1:2'];
    const cases: readonly (readonly [args: readonly string[], says: string])[] = [
      [['status'], 'no etcd is named'],
      [['status', '--etcd-endpoints', 'nowhere'], '--etcd-endpoints: must be http://HOST:PORT'],
      [['status', '--config', join(folder(), 'none.yaml')], 'ENOENT'],
      [['replace-member', ...ETCD, ...peer], "missing required argument 'name'"],
      [['replace-member', 'm', ...ETCD], "required option '--peer-url <url>' not specified"],
      [['replace-member', 'm', ...ETCD, '--peer-url', 'host:2380'], '--peer-url: must be http://HOST:PORT'],
      [['replace-member', 'm', ...ETCD, ...peer, '--wait', '0'], '--wait: must be a whole number from 1 to 86400'],
      [['recover', ...ETCD], 'either --snapshot'],
      [['recover', ...ETCD, '--snapshot', 'a', '--data-dir', 'b'], 'either --snapshot'],
      [['recover', ...ETCD, '--data-dir', folder(), '--yes'], '--yes goes with --snapshot'],
      [['recover', ...ETCD, '--snapshot', 'a', '--name', 'a=b', ...peer], '--snapshot needs --name and --peer-url'],
      [['backup', ...ETCD], "required option '--out <file>' not specified"],
      [['nonsense'], "unknown command 'nonsense'"],
    ];
    for (const [args, says] of cases) {
      const { code, stdout, stderr } = await runMain(['ha', ...args]);
      assert.deepEqual([code, stdout], [says === 'ENOENT' ? 3 : 2, ''], args.join(' '));
      assert.ok(stderr.includes(says), stderr);
      assert.ok(!stderr.includes('    at '), 'a stack is nothing for people');
    }
  });

  it('says in a sentence that etcd cannot be reached, and ends with 3; status with 2', async () => {
    for (const args of [['switchover'], ['members'], ['compact'], ['backup', '--out', join(folder(), 'b.db')]]) {
      const { code, stdout, stderr } = await runMain(['ha', ...args, ...ETCD]);
      assert.deepEqual([code, stdout], [3, ''], args.join(' '));
      assert.match(stderr, /^council: [^\n]*ECONNREFUSED[^\n]*\n$/);
    }
    const { code, stdout } = await runMain(['ha', 'status', ...ETCD]);
    assert.equal(code, 2);
    assert.match(
      stdout,
      /^zone council-gk-primary: down; no leader is known\n {2}! etcd decides nothing: no member answers/,
    );
  });

  it('recovers from what it was given only after it has looked at it', async () => {
    const [none, text] = [join(folder(), 'none.db'), join(folder(), 'text.db')];
    writeFileSync(text, 'no snapshot');
    const place = ['--name', 'm', '--peer-url', 'http://127.0.0.1:2', '--into', join(folder(), 'new'), ...ETCD];
    const missing = await runMain(['ha', 'recover', '--snapshot', none, ...place]);
    assert.deepEqual([missing.code, missing.stderr.includes('ENOENT')], [3, true]);
    const wrong = await runMain(['ha', 'recover', '--snapshot', text, ...place]);
    assert.deepEqual([wrong.code, wrong.stderr], [1, `council: ${text} is no snapshot of etcd with a checksum\n`]);
    const empty = await runMain(['ha', 'recover', '--data-dir', folder(), ...ETCD]);
    assert.equal(empty.code, 1);
    assert.match(empty.stderr, /holds no member of etcd/);
  });

  it('tells what each command does, with examples, exit codes and every option that leads to a zone', async () => {
    const whole = await runMain(['ha', '--help']);
    assert.equal(whole.code, 0);
    for (const command of COMMANDS) {
      assert.match(whole.stdout, new RegExp(`^ {2}${command} `, 'm'));
      const { code, stdout } = await runMain(['ha', command, '--help']);
      assert.equal(code, 0);
      for (const said of ['Examples:', `council ha ${command} `, 'Exit codes: 0 ', '--json', '--config <file>'])
        assert.ok(stdout.includes(said), `${command}: ${said}`);
      for (const option of ['endpoints', 'ca-file', 'cert-file', 'key-file'])
        assert.ok(stdout.includes(`--etcd-${option} <`), `${command}: ${option}`);
      assert.ok(stdout.includes('--gatekeeper-id <'), command);
      assert.ok(!stdout.includes('--ras-port'), 'what is no way to a zone has no place here');
    }
  });
});

describe('council ha with a pair of gatekeepers', function () {
  this.timeout(120_000);
  const folder = temporaryFolder();
  const lab = labEtcd('test');
  const start = councils();

  /** Configuration files of both, which run, the primary leading. */
  async function pair(registries: readonly [string, string] = [oneGuardian(), oneGuardian()]) {
    const ports = await freePorts('127.0.0.1', 2);
    const key = join(folder(), 'zone.key');
    writeFileSync(key, `${'01'.repeat(32)}\n`, { mode: 0o600 });
    const processes: CouncilProcess[] = [];
    const files: string[] = [];
    for (const [at, role] of (['primary', 'secondary'] as const).entries()) {
      const [file, registry] = [join(folder(), `${role}.yaml`), join(folder(), `${role}-registry.yaml`)];
      writeFileSync(registry, registries[at] ?? '');
      const data = `data_dir: ${join(folder(), role)}\nkey_file: ${key}\nregistry: ${registry}\n`;
      const net = `ras_port: 0\nhttp_port: ${ports[at]}\netcd_endpoints: ${lab().cluster.endpoints.join(';')}\n`;
      writeFileSync(file, `gatekeeper_id: council-gk\nrole: ${role}\n${net}${data}`);
      const process = start(['gatekeeper', '--config', file, '--json'], { timeout: 90_000 });
      await started(process);
      processes.push(process);
      files.push(file);
    }
    const [primary, secondary] = processes;
    const config = ['--config', files[0] ?? ''];
    assert(primary !== undefined && secondary !== undefined);
    await until(async () =>
      (await runMain(['ha', 'status', '--json', ...config])).stdout.includes('"health":"healthy"'),
    );
    return { primary, secondary, config };
  }

  it('probe tells which voters of etcd are healthy, though its gatekeeper does not even run', async () => {
    const { cluster } = lab();
    const [httpPort] = await freePorts('127.0.0.1', 1);
    const file = join(folder(), 'probed.yaml');
    const net = `ras_port: 1\nhttp_port: ${httpPort}\netcd_endpoints: ${cluster.endpoints.join(';')}\n`;
    writeFileSync(file, `gatekeeper_id: council-gk\nrole: primary\n${net}`);
    const probe = async () => {
      const { code, stdout } = await runMain(['ha', 'probe', '--json', '--config', file]);
      assert.equal(code, 1);
      const { voters } = JSON.parse(stdout);
      return voters;
    };
    const all = (...healthy: readonly boolean[]) =>
      healthy.map((one, at) => ({ name: `member-${at + 1}`, healthy: one }));
    await until(async () => JSON.stringify(await probe()) === JSON.stringify(all(true, true, true)));
    cluster.member(2).kill('SIGKILL');
    await cluster.member(2).exited;
    assert.deepEqual(await probe(), all(true, true, false));
    const { stdout } = await runMain(['ha', 'probe', '--config', file]);
    assert.match(stdout, /^does not serve \(unknown\); version .*; 2 of 3 voters of etcd are healthy\n/);
    for (const index of [0, 1]) {
      cluster.member(index).kill('SIGKILL');
      await cluster.member(index).exited;
    }
    assert.equal(await probe(), null);
  });

  it('shows who leads, hands over and back by command alone, and tells what a crash leaves', async () => {
    const { primary, config } = await pair();
    const first = await runMain(['ha', 'status', ...config]);
    assert.equal(first.code, 0);
    assert.match(
      first.stdout,
      /^zone council-gk: healthy; gatekeeper-primary leads since 2[0-9-]+T[0-9:.]+Z \(\d+ s\), term \d+\n┌/,
    );
    assert.match(first.stdout, /│ gatekeeper-primary +│ primary +│ leads +│ 127\.0\.0\.1:\d+ .*│ 0 +│ 0 +│/);
    assert.match(first.stdout, /│ gatekeeper-secondary +│ secondary +│ standby +│/);
    assert.match(first.stdout, /│ member-3 +│ healthy +│ (voter|leader) +│ .*│ 0\.\d\d of 268 MB \(0\.\d %\) +│ +│/);

    const over = await runMain(['ha', 'switchover', ...config]);
    assert.deepEqual([over.code, over.stderr], [0, '']);
    assert.match(
      over.stdout,
      /^gatekeeper-secondary leads instead of gatekeeper-primary, in term \d+: [\d.]+ ms after the order\n$/,
    );
    const again = await runMain(['ha', 'switchover', '--to', 'gatekeeper-secondary', ...config]);
    assert.deepEqual([again.code, again.stderr], [1, 'council: gatekeeper-secondary leads already\n']);
    const back = await runMain(['ha', 'switchover', '--to', 'gatekeeper-primary', '--json', ...config]);
    assert.equal(back.code, 0);
    assert.match(
      back.stdout,
      /^\{"from":"gatekeeper-secondary","to":"gatekeeper-primary","term":\d+,"order_ms":[\d.]+\}\n$/,
    );

    await primary.stop('SIGKILL');
    const crashed = await until(async () => {
      const { code, stdout } = await runMain(['ha', 'status', '--json', ...config]);
      return code === 1 && stdout.includes('"instance":"gatekeeper-secondary","ras"') && stdout;
    });
    assert.match(crashed, /only gatekeeper-secondary is there: a failure has nobody to take over/);
    const alone = await runMain(['ha', 'switchover', ...config]);
    assert.deepEqual(
      [alone.code, alone.stderr],
      [1, 'council: gatekeeper-secondary is alone: nobody is there to take over\n'],
    );
  });
});
