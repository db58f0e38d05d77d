import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { randomBytes, webcrypto, X509Certificate } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Authority, issueCertificate, makeAuthority, parseBundle, type Signing } from '../../runtime/pki/index.ts';
import { newKey } from '../support/secrets-lab.ts';
import { skipLoudly } from '../support/skip.ts';

const NOW = new Date('2026-11-21T12:00:00.500Z');
const signing = (now = NOW): Signing => ({ crypto: webcrypto, now, serial: Uint8Array.of(0x40, ...randomBytes(15)) });

async function authority(networks: readonly string[] = ['10.20.0.0/16'], now = NOW): Promise<Authority> {
  const key = newKey();
  return { key, certificate: await makeAuthority({ name: 'council etcd 1', key, networks }, signing(now)) };
}
const member = { name: 'monitoring', address: '10.20.32.11', isServer: true };

describe('certificates', () => {
  it('are not made with what is no key, and the error holds nothing of it', async () => {
    for (const key of ['sesame', '', newKey().replace('MIG', 'MIH')]) {
      const made = makeAuthority({ name: 'x', key, networks: ['10.0.0.0/8'] }, signing());
      await assert.rejects(made, { code: 'PKI', message: "the authority's key holds no private key in PEM" });
    }
    const { certificate } = await authority();
    const made = issueCertificate({ certificate, key: newKey() }, { ...member, key: newKey() }, signing());
    await assert.rejects(made, { message: "the authority's key is not that of its certificate" });
  });

  it('end with their authority, and are not made when that is nearly over', async () => {
    const by = await authority();
    const { validTo } = new X509Certificate(by.certificate);
    assert.equal(new Date(validTo).toISOString(), '2036-11-18T11:55:00.000Z');
    const late = new Date('2036-06-01T00:00:00Z');
    const last = new X509Certificate(await issueCertificate(by, { ...member, key: newKey() }, signing(late)));
    assert.equal(last.validTo, validTo);
    const over = issueCertificate(by, { ...member, key: newKey() }, signing(new Date('2036-11-01T00:00:00Z')));
    await assert.rejects(over, { code: 'PKI', message: /^the authority ends on Nov 18 .*: a new one is needed$/ });
  });

  it('begin five minutes ago, last two years, and name the host', async () => {
    const found = new X509Certificate(
      await issueCertificate(await authority(), { ...member, key: newKey() }, signing()),
    );
    assert.deepEqual(
      [found.validFrom, found.validTo].map((time) => new Date(time).toISOString()),
      ['2026-11-21T11:55:00.000Z', '2028-11-20T11:55:00.000Z'],
    );
    assert.equal(found.subjectAltName, 'IP Address:10.20.32.11, DNS:monitoring');
    assert.deepEqual([found.subject, found.ca], ['CN=monitoring', false]);
  });

  it('are read from PEM alone', async () => {
    const { certificate } = await authority();
    assert.equal(parseBundle(`${certificate}${certificate}`, 'x').length, 2);
    for (const text of ['', 'x', `${certificate}x`, certificate.repeat(9)])
      assert.throws(() => parseBundle(text, 'x'), {
        code: 'PKI',
        message: /^x must hold one to 8 certificates in PEM/,
      });
  });

  describe('before OpenSSL', () => {
    let folder: string;
    before(function () {
      if (spawnSync('openssl', ['version']).status !== 0)
        skipLoudly(this, 'openssl is not installed (apt-get install openssl)');
      folder = mkdtempSync(join(tmpdir(), 'council-pki-'));
    });
    after(() => {
      if (folder !== undefined) rmSync(folder, { recursive: true, force: true });
    });
    function verify(by: Authority, leaf: string, ...more: readonly string[]): string {
      writeFileSync(join(folder, 'ca'), by.certificate);
      writeFileSync(join(folder, 'leaf'), leaf);
      const args = [
        'verify',
        '-x509_strict',
        '-attime',
        String(Math.floor(NOW.getTime() / 1000)),
        '-CAfile',
        'ca',
        ...more,
        'leaf',
      ];
      const { stdout, stderr } = spawnSync('openssl', args, { cwd: folder, encoding: 'utf8' });
      return `${stdout}${stderr}`;
    }

    it('are right for servers and clients at their address, by the strict rules', async () => {
      const by = await authority();
      const leaf = await issueCertificate(by, { ...member, key: newKey() }, signing());
      for (const purpose of ['sslserver', 'sslclient'])
        assert.equal(verify(by, leaf, '-purpose', purpose, '-verify_ip', member.address), 'leaf: OK\n');
      assert.match(verify(by, leaf, '-verify_ip', '10.20.32.12'), /IP address mismatch/);
    });

    it('of clients serve nothing', async () => {
      const by = await authority();
      const leaf = await issueCertificate(by, { ...member, isServer: false, key: newKey() }, signing());
      assert.equal(verify(by, leaf, '-purpose', 'sslclient'), 'leaf: OK\n');
      assert.match(verify(by, leaf, '-purpose', 'sslserver'), /un(?:suitable|supported) (?:certificate )?purpose/);
    });

    it('are good for nothing outside of the networks of their authority, nor under another one', async () => {
      const by = await authority(['10.30.0.0/16']);
      const leaf = await issueCertificate(by, { ...member, key: newKey() }, signing());
      assert.match(verify(by, leaf), /permitted subtree violation/);
      assert.match(verify(await authority(), leaf), /unable to get local issuer certificate/);
    });
  });
});
