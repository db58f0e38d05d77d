import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { freePorts } from '../../runtime/adapters/etcd/cluster.ts';
import { type EtcdMember, startEtcdMember } from '../../runtime/adapters/etcd-process.ts';
import { openZone, type ZoneAccess } from '../../runtime/service/zone-operator.ts';
import { needEtcd } from '../support/etcd-cluster.ts';
import { runMain } from '../support/run-main.ts';
import { skipLoudly } from '../support/skip.ts';

const SCRIPT = fileURLToPath(new URL('../../runtime/cli/release-lease.mjs', import.meta.url));

describe('operators and etcd by mutual TLS', function () {
  this.timeout(60_000);
  let folder = '';
  let member: EtcdMember;
  let zone: ZoneAccess;
  const [certFile, keyFile] = [() => join(folder, 'own.pem'), () => join(folder, 'own.key')];

  before(async function () {
    const binary = needEtcd(this);
    folder = mkdtempSync(join(tmpdir(), 'council-ha-tls-'));
    // One certificate for all: who is checked by whom is another test's.
    const subject = [
      '-subj',
      '/CN=own',
      '-addext',
      'subjectAltName=IP:127.0.0.1',
      '-keyout',
      keyFile(),
      '-out',
      certFile(),
    ];
    const { error } = spawnSync('openssl', ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '2', ...subject]);
    if (error !== undefined) skipLoudly(this, 'openssl is not installed (apt-get install openssl)');
    const [client, peer, metrics] = (await freePorts('127.0.0.1', 3)).map((port) => `127.0.0.1:${port}`);
    member = startEtcdMember({
      ...{ binary, name: 'secure', dataDir: join(folder, 'secure'), log: join(folder, 'log'), state: 'new' },
      ...{ peerUrl: `http://${peer}`, clientUrl: `https://${client}`, metricsUrl: `http://${metrics}` },
      initialCluster: `secure=http://${peer}`,
      flags: [
        ...[`--cert-file=${certFile()}`, `--key-file=${keyFile()}`, `--trusted-ca-file=${certFile()}`],
        ...['--client-cert-auth', '--quota-backend-bytes=123456789'],
      ],
    });
    await member.healthy();
    const files = { etcdCaFile: certFile(), etcdCertFile: certFile(), etcdKeyFile: keyFile() };
    zone = openZone({ gatekeeperId: 'zone', etcdEndpoints: [member.clientUrl], ...files });
  });
  after(async () => {
    await zone?.close();
    await member?.stop();
    if (folder !== '') rmSync(folder, { recursive: true, force: true });
  });

  it('show members and their quota, with the files that a configuration file names', async () => {
    const file = join(folder, 'gatekeeper.yaml');
    const files = `etcd_ca_file: ${certFile()}\netcd_cert_file: ${certFile()}\netcd_key_file: ${keyFile()}\n`;
    writeFileSync(file, `etcd_endpoints: ${member.clientUrl}\ngatekeeper_id: zone\n${files}`);
    const { code, stdout, stderr } = await runMain(['ha', 'members', '--json', '--config', file]);
    assert.deepEqual([code, stderr], [0, '']);
    assert.match(stdout, /"name":"secure".*"healthy":true.*"quota":123456789/);
    const save = await runMain(['ha', 'backup', '--out', join(folder, 'backup.db'), '--json', '--config', file]);
    assert.deepEqual([save.code, save.stderr], [0, '']);
    assert.match(save.stdout, /"member":"secure"/);
  });

  it('are told which file is missing, in a sentence', async () => {
    const args = ['ha', 'members', '--etcd-endpoints', member.clientUrl, '--etcd-ca-file', join(folder, 'none.pem')];
    const { code, stdout, stderr } = await runMain([
      ...args,
      '--etcd-cert-file',
      certFile(),
      '--etcd-key-file',
      keyFile(),
    ]);
    assert.deepEqual([code, stdout], [3, '']);
    assert.match(stderr, /^council: ENOENT.*none\.pem'\n$/);
  });

  it('release-lease ends a lease there, and none without a certificate', async () => {
    const { id: lease } = await zone.store.grantLease(100);
    const put = { key: '/on-lease', value: Buffer.from('x'), lease };
    await zone.store.commit({ guards: [], puts: [put], deletes: [] });
    mkdirSync(join(folder, 'ha'));
    const note = join(folder, 'ha', 'lease.json');
    const release = (files: object) => {
      writeFileSync(note, JSON.stringify({ lease, endpoints: [member.clientUrl], caFile: certFile(), ...files }));
      return spawnSync(process.execPath, [SCRIPT, '--data-dir', folder], { encoding: 'utf8', timeout: 20_000 });
    };
    const nobody = release({});
    assert.deepEqual([nobody.status, nobody.stdout], [1, '']);
    assert.match(nobody.stderr, /^release-lease: https:[^\n]*\n$/);
    const { status, stderr } = release({ certFile: certFile(), keyFile: keyFile() });
    assert.deepEqual([status, stderr, existsSync(note)], [0, '', false]);
    assert.deepEqual((await zone.store.read('/on-lease')).entries, []);
  });
});
