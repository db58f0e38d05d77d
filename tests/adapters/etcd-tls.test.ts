import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePorts } from '../../runtime/adapters/etcd/cluster.ts';
import type { EtcdOptions } from '../../runtime/adapters/etcd/options.ts';
import { EtcdStore } from '../../runtime/adapters/etcd/store.ts';
import { type EtcdMember, startEtcdMember } from '../../runtime/adapters/etcd-process.ts';
import { StoreUnreachableError } from '../../runtime/ha/index.ts';
import { milliseconds } from '../../runtime/units.ts';
import { needEtcd } from '../support/etcd-cluster.ts';
import { skipLoudly } from '../support/skip.ts';

describe('EtcdStore by mutual TLS', function () {
  this.timeout(60_000);
  let folder: string;
  let member: EtcdMember;
  let endpoint: string;
  const stores: EtcdStore[] = [];

  const pem = (name: string): Buffer => readFileSync(join(folder, name));

  function openssl(...args: string[]): void {
    const { status, stderr } = spawnSync('openssl', args, { cwd: folder });
    assert.equal(status, 0, String(stderr));
  }

  function authority(name: string): void {
    openssl(
      'req',
      '-x509',
      '-newkey',
      'ec',
      '-pkeyopt',
      'ec_paramgen_curve:P-256',
      '-nodes',
      '-days',
      '2',
      '-subj',
      `/CN=${name}`,
      '-keyout',
      `${name}.key`,
      '-out',
      `${name}.pem`,
    );
  }

  function certificate(name: string, by: string, purpose: string, address: string): void {
    writeFileSync(join(folder, `${name}.ext`), `subjectAltName=IP:${address}\nextendedKeyUsage=${purpose}\n`);
    openssl(
      'req',
      '-newkey',
      'ec',
      '-pkeyopt',
      'ec_paramgen_curve:P-256',
      '-nodes',
      '-subj',
      `/CN=${name}`,
      '-keyout',
      `${name}.key`,
      '-out',
      `${name}.csr`,
    );
    openssl(
      'x509',
      '-req',
      '-in',
      `${name}.csr`,
      '-CA',
      `${by}.pem`,
      '-CAkey',
      `${by}.key`,
      '-CAcreateserial',
      '-days',
      '2',
      '-extfile',
      `${name}.ext`,
      '-out',
      `${name}.pem`,
    );
  }

  async function start(name: string, server: string): Promise<{ member: EtcdMember; endpoint: string }> {
    const [client, peer, metrics] = (await freePorts('127.0.0.1', 3)).map((port) => `127.0.0.1:${port}`);
    const started = startEtcdMember({
      binary: needed,
      name,
      dataDir: join(folder, name),
      peerUrl: `http://${peer}`,
      clientUrl: `https://${client}`,
      metricsUrl: `http://${metrics}`,
      initialCluster: `${name}=http://${peer}`,
      state: 'new',
      log: join(folder, `${name}.log`),
      flags: [
        `--cert-file=${folder}/${server}.pem`,
        `--key-file=${folder}/${server}.key`,
        `--trusted-ca-file=${folder}/council.pem`,
        '--client-cert-auth',
      ],
    });
    return { member: started, endpoint: `https://${client}` };
  }

  let needed: string;
  before(async function () {
    needed = needEtcd(this);
    if (spawnSync('openssl', ['version']).status !== 0)
      skipLoudly(this, 'openssl is not installed (apt-get install openssl)');
    folder = mkdtempSync(join(tmpdir(), 'council-tls-'));
    authority('council');
    authority('stranger');
    certificate('member', 'council', 'serverAuth,clientAuth', '127.0.0.1');
    certificate('elsewhere', 'council', 'serverAuth,clientAuth', '192.0.2.1');
    certificate('gatekeeper', 'council', 'clientAuth', '127.0.0.1');
    certificate('intruder', 'stranger', 'clientAuth', '127.0.0.1');
    ({ member, endpoint } = await start('secure', 'member'));
    await member.healthy();
  });
  afterEach(() => Promise.all(stores.splice(0).map((store) => store.close())));
  after(async () => {
    await member?.stop();
    if (folder !== undefined) rmSync(folder, { recursive: true, force: true });
  });

  const keysOf = (ca: string, name: string) => ({
    ca: pem(`${ca}.pem`),
    cert: pem(`${name}.pem`),
    key: pem(`${name}.key`),
  });
  const open = (options: Partial<EtcdOptions>): EtcdStore => {
    const store = new EtcdStore({ endpoints: [endpoint], requestTimeout: milliseconds(3_000), ...options });
    stores.push(store);
    return store;
  };
  const refused = (store: EtcdStore, why: RegExp) =>
    assert.rejects(store.read('/'), (error) => {
      assert(error instanceof StoreUnreachableError, String(error));
      assert.match(error.message, why);
      return true;
    });

  it('does not talk to a member whose authority it does not know', () =>
    refused(
      open({ tls: keysOf('stranger', 'gatekeeper') }),
      /unable to verify|unable to get local issuer|self.signed/,
    ));

  it('is not let in with a certificate of a stranger', () =>
    refused(open({ tls: keysOf('council', 'intruder') }), /certificate|alert|ECONNRESET|closed/i));

  it('does not begin without a certificate of its own', () => {
    const { ca } = keysOf('council', 'gatekeeper');
    const none = { ca, cert: Buffer.alloc(0), key: Buffer.alloc(0) };
    assert.throws(() => open({ tls: none }), {
      name: 'StoreError',
      code: 'PERMISSION',
      message: 'the certificates or the key for etcd cannot be used',
    });
  });

  it('is not let in without TLS', () =>
    refused(
      open({ endpoints: [endpoint.replace('https:', 'http:')] }),
      /No connection established. Last error: Failed to connect$/,
    ));

  it('does not talk to a member whose certificate is for another address', async () => {
    const other = await start('elsewhere', 'elsewhere');
    try {
      await other.member.healthy();
      await refused(
        open({ endpoints: [other.endpoint], tls: keysOf('council', 'gatekeeper') }),
        /altnames|not in the cert/i,
      );
    } finally {
      await other.member.stop();
    }
  });

  it('works where each side knows the other', async () => {
    const store = open({ tls: keysOf('council', 'gatekeeper') });
    const made = await store.commit({ guards: [], puts: [{ key: '/a', value: Uint8Array.of(1) }], deletes: [] });
    assert.equal(made.kind, 'committed');
    assert.equal((await store.read('/')).entries.length, 1);
    const { id } = await store.grantLease(60);
    assert.equal(await store.renewLease(id), 60);
  });
});
