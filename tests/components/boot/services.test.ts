import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { type HostRole, perHost, VOTERS } from '../../../components/hosts.ts';
import { skipLoudly } from '../../support/skip.ts';
import { exampleValues } from './example-values.ts';
import { at, contentOf, isInstalled, judge, readYaml, withFolder } from './rendered.ts';

const ETCD = '/etc/guardian-council/etcd.yaml';

describe('etcd of a voter', () => {
  for (const role of VOTERS)
    it(`of ${role} listens on its private address alone, by mutual TLS, and elects quickly`, () => {
      const values = exampleValues(role);
      const config = readYaml(contentOf(values, ETCD));
      const own = values.addresses[role].private;
      assert.equal(at(config, 'name'), role);
      assert.equal(at(config, 'listen-client-urls'), `https://${own}:2379`);
      assert.equal(at(config, 'listen-peer-urls'), `https://${own}:2380`);
      assert.equal(at(config, 'listen-metrics-urls'), `http://${own}:2381`);
      assert.equal(
        at(config, 'initial-cluster'),
        'gatekeeper-primary=https://10.20.1.10:2380,gatekeeper-secondary=https://10.20.2.10:2380,monitoring=https://10.20.3.40:2380',
      );
      assert.deepEqual(
        [at(config, 'heartbeat-interval'), at(config, 'election-timeout'), at(config, 'pre-vote')],
        [50, 500, true],
      );
      for (const side of ['client-transport-security', 'peer-transport-security'])
        assert.deepEqual(at(config, side), {
          'cert-file': '/etc/guardian-council/secrets/etcd/member.crt',
          'key-file': '/etc/guardian-council/secrets/etcd/member.key',
          'client-cert-auth': true,
          'trusted-ca-file': '/etc/guardian-council/secrets/etcd/ca.crt',
        });
    });

  it('bounds what it keeps, and lets clients ping twice a second (in nanoseconds)', () => {
    const config = readYaml(contentOf(exampleValues('monitoring'), ETCD));
    const keys = ['quota-backend-bytes', 'snapshot-count', 'auto-compaction-mode', 'auto-compaction-retention'];
    assert.deepEqual(
      keys.map((key) => at(config, key)),
      [2_147_483_648, 10_000, 'periodic', '5m'],
    );
    assert.equal(at(config, 'grpc-keepalive-min-time'), 500_000_000);
  });

  it('knows every key of its file: one that it does not know it would pass over in silence', async function () {
    if (!isInstalled('etcd')) skipLoudly(this, 'etcd is not installed (apt-get install etcd-server)');
    this.timeout(30_000);
    const config = readYaml(contentOf(exampleValues('monitoring'), ETCD));
    assert.ok(typeof config === 'object' && config !== null && !Array.isArray(config));
    await withFolder((folder) => {
      const file = join(folder, 'etcd.yaml');
      const refused = Object.keys(config).filter((key) => {
        // No key may hold a list; what is not known may hold anything.
        writeFileSync(file, stringify({ ...config, 'data-dir': join(folder, 'data'), [key]: [{}] }));
        const { status, stderr } = spawnSync('etcd', ['--config-file', file], { encoding: 'utf8', timeout: 5000 });
        return status === 1 && stderr.includes(`cannot unmarshal array into Go struct field configYAML.${key} of type`);
      });
      assert.deepEqual(refused, Object.keys(config));
    });
  });

  it('forms a quorum of three from the rendered files, and turns away who has no certificate', async function () {
    this.timeout(60_000);
    for (const tool of ['etcd', 'openssl', 'curl'])
      if (!isInstalled(tool)) skipLoudly(this, `${tool} is not installed (apt-get install etcd-server openssl curl)`);
    await withFolder(async (folder) => {
      // Ports are those of the plan: another run of the tests on this machine has other addresses.
      const net = `127.66.${process.pid % 256}`;
      const addresses = perHost((role) => ({ private: `${net}.${VOTERS.indexOf(role) + 2}`, public: '192.0.2.1' }));
      makeAuthority(folder);
      const members = VOTERS.map((role) => {
        makeCertificate(folder, role, addresses[role].private);
        const config = contentOf({ ...exampleValues(role), addresses }, ETCD)
          .replaceAll('/etc/guardian-council/secrets/etcd/ca.crt', join(folder, 'ca.crt'))
          .replaceAll('/etc/guardian-council/secrets/etcd', join(folder, role))
          .replaceAll('/var/lib/etcd', join(folder, role));
        writeFileSync(join(folder, role, 'etcd.yaml'), config);
        return spawn('etcd', ['--config-file', join(folder, role, 'etcd.yaml')], { stdio: 'ignore' });
      });
      const ask = (...args: readonly string[]): string =>
        spawnSync('curl', ['-sS', '--max-time', '2', ...args], { encoding: 'utf8' }).stdout;
      try {
        const leads = (role: HostRole): boolean =>
          /^etcd_server_has_leader 1$/m.test(ask(`http://${addresses[role].private}:2381/metrics`));
        const until = Date.now() + 30_000;
        while (Date.now() < until && !VOTERS.every(leads)) await new Promise((resolve) => setTimeout(resolve, 200));
        assert.deepEqual(VOTERS.filter(leads), VOTERS);
        for (const role of VOTERS)
          assert.match(
            ask(`http://${addresses[role].private}:2381/metrics`),
            /^etcd_server_quota_backend_bytes 2\.147483648e\+09$/m,
          );
        const health = ['--cacert', join(folder, 'ca.crt'), `https://${addresses.monitoring.private}:2379/health`];
        const own = ['cert', 'key'].flatMap((kind) => [
          `--${kind}`,
          join(folder, 'monitoring', kind === 'key' ? 'member.key' : 'member.crt'),
        ]);
        assert.equal(ask(...own, ...health), '{"health":"true"}');
        assert.equal(ask(...health), '', 'a client without a certificate was served');
      } finally {
        const ends = members.map(
          (member) => member.exitCode ?? new Promise((resolve) => member.once('close', resolve)),
        );
        for (const member of members) member.kill('SIGKILL');
        await Promise.all(ends);
      }
    });
  });
});

const KEY = ['-newkey', 'rsa:2048', '-nodes', '-keyout'];

function makeAuthority(folder: string): void {
  const [key, certificate] = [join(folder, 'ca.key'), join(folder, 'ca.crt')];
  judge('openssl', ['req', '-x509', ...KEY, key, '-days', '2', '-subj', '/CN=ca', '-out', certificate]);
}

/** etcd wants the address that a member calls from in its certificate: here that is loopback's own too. */
function makeCertificate(folder: string, role: HostRole, address: string): void {
  const own = (name: string): string => join(folder, role, name);
  mkdirSync(join(folder, role));
  judge('openssl', ['req', ...KEY, own('member.key'), '-subj', `/CN=${role}`, '-out', own('request')]);
  writeFileSync(own('extensions'), `subjectAltName=IP:${address},IP:127.0.0.1\n`);
  const authority = ['-CA', join(folder, 'ca.crt'), '-CAkey', join(folder, 'ca.key'), '-CAcreateserial', '-days', '2'];
  const request = ['x509', '-req', '-in', own('request'), '-extfile', own('extensions'), '-out', own('member.crt')];
  judge('openssl', [...request, ...authority]);
}

describe('the media engine of the SIP gateway', () => {
  const FILE = '/etc/guardian-council/rtpengine.conf';

  it('is controlled from its own host, and uses the RTP ports of the plan', () => {
    assert.equal(
      contentOf(exampleValues('sip-gateway'), FILE),
      `[rtpengine]
table = -1
interface = 10.20.2.30!192.0.2.30
listen-ng = 127.0.0.1:2223
port-min = 10000
port-max = 20000
max-sessions = 11
timeout = 60
silent-timeout = 3600
tos = 184
`,
    );
  });

  it('starts from the rendered file', async function () {
    if (!isInstalled('rtpengine')) skipLoudly(this, 'rtpengine is not installed (apt-get install rtpengine-daemon)');
    await withFolder(async (folder) => {
      const file = join(folder, 'rtpengine.conf');
      const config = contentOf(exampleValues('sip-gateway'), FILE)
        .replace('10.20.2.30!', '127.66.0.9!')
        .replace('127.0.0.1:2223', '127.66.0.9:2223');
      writeFileSync(file, config);
      const unit = contentOf(exampleValues('sip-gateway'), '/etc/systemd/system/h323-sip-gateway.service');
      const [command = '', ...args] = /^ExecStart=(.+)$/m.exec(unit)?.[1]?.split(' ') ?? [];
      const engine = spawn(command, [...args.slice(0, -1), file], { stdio: ['ignore', 'pipe', 'pipe'] });
      try {
        const said = await new Promise<string>((resolve) => {
          let output = '';
          const hear = (chunk: Buffer): void => {
            output += chunk.toString();
            if (output.includes('Startup complete')) resolve(output);
          };
          engine.stdout.on('data', hear);
          engine.stderr.on('data', hear);
          engine.once('close', (code) => resolve(`${output}\nexit ${code}`));
        });
        assert.match(said, /Startup complete/);
      } finally {
        engine.kill('SIGKILL');
      }
    });
  });
});

describe('nginx of the monitoring host', () => {
  const SITE = '/etc/nginx/conf.d/council.conf';
  const site = contentOf(exampleValues('monitoring'), SITE);

  it('speaks TLS 1.2 and 1.3, and shows Prometheus and Alertmanager to administrators only', () => {
    assert.match(site, /^ {2}ssl_protocols TLSv1\.2 TLSv1\.3;$/m);
    assert.match(site, /^geo \$admin \{ default 0; 198\.51\.100\.0\/24 1; 203\.0\.113\.7\/32 1; \}$/m);
    for (const path of ['prometheus', 'alertmanager'])
      assert.match(site, new RegExp(`^ {2}location /${path}/ \\{ if \\(\\$admin = 0\\) \\{ return 403; \\} `, 'm'));
    assert.match(site, /max-age=63072000/);
    assert.match(site, /rate=100r\/s;\n.*rate=10r\/s;\n/);
  });

  it('is accepted by nginx', async function () {
    if (!isInstalled('nginx')) skipLoudly(this, 'nginx is not installed (apt-get install nginx-light)');
    await withFolder((folder) => {
      const [key, certificate] = [join(folder, 'privkey.pem'), join(folder, 'fullchain.pem')];
      judge('openssl', [
        'req',
        '-x509',
        '-newkey',
        'rsa:2048',
        '-nodes',
        '-subj',
        '/CN=x',
        '-keyout',
        key,
        '-out',
        certificate,
      ]);
      writeFileSync(
        join(folder, 'site.conf'),
        site.replaceAll('/etc/guardian-council/tls', folder).replaceAll(/listen (\d+)/g, 'listen 127.66.0.9:2$1'),
      );
      writeFileSync(
        join(folder, 'nginx.conf'),
        `pid ${folder}/pid;\nerror_log stderr;\nevents {}\nhttp { access_log off; include ${folder}/site.conf; }\n`,
      );
      const answer = judge('nginx', ['-t', '-c', join(folder, 'nginx.conf')]);
      assert.match(answer, /test is successful/);
      assert.doesNotMatch(answer, /\[warn\]/);
    });
  });
});
