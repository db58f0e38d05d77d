import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gunzipSync } from 'node:zlib';
import {
  compressedUserData,
  IMAGES,
  LARGEST_USER_DATA,
  UserDataSizeError,
  userData,
} from '../../../components/boot/index.ts';
import { LONGEST_DOMAIN, MOST_ADMIN_CIDRS } from '../../../components/config/value-schemas.ts';
import { perHost } from '../../../components/hosts.ts';
import { skipLoudly } from '../../support/skip.ts';
import { EXAMPLES, exampleValues } from './example-values.ts';
import { at, filesOf, isInstalled, judge, readYaml, texts, withFolder } from './rendered.ts';

const FIXTURES = fileURLToPath(new URL('../../fixtures/boot/', import.meta.url));

describe('userData', () => {
  it('refuses what EC2 would refuse, naming the host and the size', () => {
    // Octets like random ones, which cannot be compressed away.
    const adminCidrs = Array.from(
      { length: 6000 },
      (_, index) => `${createHash('sha256').update(`${index}`).digest().subarray(0, 4).join('.')}/32`,
    );
    assert.throws(
      () => compressedUserData('monitoring', userData({ ...exampleValues('monitoring'), adminCidrs })),
      (error) => {
        assert.ok(error instanceof UserDataSizeError);
        assert.match(
          error.message,
          /^the user data of monitoring has \d{5} octets, compressed; EC2 takes 16384 at most$/,
        );
        assert.ok(error.size > LARGEST_USER_DATA);
        return true;
      },
    );
  });

  it('fits on every host, whatever a configuration may say', () => {
    const longest = {
      stack: 's'.repeat(32),
      region: 'ap-southeast-1',
      addresses: perHost(() => ({ private: '172.16.255.250', public: '203.100.113.100' })),
      adminCidrs: Array.from({ length: MOST_ADMIN_CIDRS }, (_, index) => `198.51.100.${100 + index}/32`),
      domain: `${'d'.repeat(LONGEST_DOMAIN - 4)}.org`,
      maxExperts: 100,
    };
    for (const { name, values } of EXAMPLES) {
      const secretsPath = values.secretsPath.replace(values.stack, longest.stack);
      const text = userData({ ...values, ...longest, secretsPath });
      const size = Buffer.from(compressedUserData(name, text), 'base64').length;
      // Half of it is room for what is to come.
      assert.ok(size <= LARGEST_USER_DATA / 2, `${name}: ${size}`);
    }
  });

  it('is compressed to the same octets everywhere, which unpack to the text', () => {
    const text = '#cloud-config\nhostname: example\n'.repeat(20);
    const packed = compressedUserData('mcu', text);
    assert.equal(gunzipSync(Buffer.from(packed, 'base64')).toString('utf8'), text);
    // Another result would replace every machine: it may only come with another version of the library, knowingly.
    assert.equal(packed, 'H4sIAAAAAAACA1NOzskvTdFNzs9Ly0znysgvLslLzE21UkitSMwtyEnlGpUflaelPABnc34igAIAAA==');
  });

  for (const { name, values } of EXAMPLES) {
    describe(name, () => {
      const text = userData(values);
      const config = readYaml(text);

      it(`is what it was, ${Buffer.byteLength(text)} octets`, () => {
        const file = join(FIXTURES, `${name}.yaml`);
        if (process.env['UPDATE_SNAPSHOTS'] === '1') writeFileSync(file, text);
        assert.equal(text, readFileSync(file, 'utf8'), `UPDATE_SNAPSHOTS=1 writes ${file} anew`);
      });

      it('is accepted by cloud-init', async function () {
        if (!isInstalled('cloud-init')) skipLoudly(this, 'cloud-init is not installed (apt-get install cloud-init)');
        await withFolder((folder) => {
          const file = join(folder, 'user-data');
          writeFileSync(file, text);
          const answer = judge('cloud-init', ['schema', '--config-file', file]);
          assert.match(answer, /Valid/);
          assert.doesNotMatch(answer, /deprecat/i);
        });
      });

      it('is the same every time', () => assert.equal(userData({ ...values }), text));

      it('holds no key, no password and nothing that looks like one', () => {
        assert.doesNotMatch(text, /PRIVATE KEY|BEGIN |AKIA|ssh-(?:rsa|ed25519)|xox[abp]-|hooks\.slack/);
        // Long runs of hex or base64 are image digests here and nothing else.
        const runs = text.replaceAll(/@sha256:[0-9a-f]{64}/g, '').match(/[A-Za-z0-9+]{32,}/g);
        assert.deepEqual(runs, null);
        // Whatever is named like a secret is a path, an SSM path or a variable of a script.
        for (const line of text.split('\n').filter((at) => /(?:password|secret|token|_key)["']?\s*[:=]/i.test(at)))
          assert.match(
            line,
            /\$__file\{\/run\/secrets\/|_file: \/run\/secrets\/|_key \/etc\/|SECRETS_PATH=|metadata-token: \$imds"|initial-cluster-token: guardian-council-prod$/,
            line,
          );
      });

      it('lets nobody in by SSH, and has no default user', () => {
        assert.deepEqual(texts(at(config, 'bootcmd', 0)).slice(0, 4), [
          'systemctl',
          'mask',
          'ssh.socket',
          'ssh.service',
        ]);
        assert.equal(texts(at(config, 'packages')).includes('openssh-server'), false);
        assert.deepEqual(at(config, 'users'), [
          { name: 'council', system: true, homedir: '/var/lib/guardian-council', shell: '/usr/sbin/nologin' },
        ]);
      });

      it('names the host, its time source and its updates', () => {
        assert.equal(at(config, 'hostname'), `prod-${values.role}`);
        const files = filesOf(values);
        assert.match(files.get('/etc/chrony/conf.d/amazon.conf')?.content ?? '', /^server 169\.254\.169\.123 prefer/);
        assert.match(files.get('/etc/apt/apt.conf.d/52council')?.content ?? '', /Automatic-Reboot "false"/);
      });

      it('starts every unit that it writes, and no other', () => {
        const paths = [...filesOf(values).keys()];
        const own = paths.flatMap((path) => /^\/etc\/systemd\/system\/(.+)$/.exec(path)?.[1] ?? []);
        const script = filesOf(values).get('/usr/local/sbin/council-first-boot')?.content ?? '';
        const enabled = /^systemctl enable --now --no-block (.+)$/m.exec(script)?.[1]?.split(' ') ?? [];
        // The timer starts its service.
        assert.deepEqual(enabled.toSorted(), own.filter((unit) => unit !== 'council-witness.service').toSorted());
      });
    });
  }

  const packagesOf = (role: Parameters<typeof exampleValues>[0]): string[] =>
    texts(at(readYaml(userData(exampleValues(role))), 'packages'));
  const COMMON = ['chrony', 'jq', 'nftables', 'prometheus-node-exporter', 'unattended-upgrades'];

  it('installs what a host needs and no more', () => {
    assert.deepEqual(packagesOf('gatekeeper-primary'), [...COMMON, 'etcd-server'].toSorted());
    assert.deepEqual(packagesOf('gatekeeper-secondary'), [...COMMON, 'etcd-server'].toSorted());
    assert.deepEqual(packagesOf('mcu'), [...COMMON, 'docker-compose-v2', 'docker.io'].toSorted());
    assert.deepEqual(packagesOf('sip-gateway'), [...COMMON, 'rtpengine-daemon'].toSorted());
    assert.deepEqual(
      packagesOf('monitoring'),
      [...COMMON, 'certbot', 'docker-compose-v2', 'docker.io', 'etcd-server', 'nginx'].toSorted(),
    );
  });

  it("asks for the authority's certificate only where there is a domain", () => {
    const unnamed = { ...exampleValues('monitoring'), domain: undefined };
    assert.equal(filesOf(unnamed).has('/etc/systemd/system/council-certificate.service'), false);
    assert.match(
      filesOf(unnamed).get('/usr/local/sbin/council-first-boot')?.content ?? '',
      /-subj '\/CN=192\.0\.2\.40'/,
    );
  });

  it('takes what a plan has in place of values that AWS makes up', () => {
    const values = exampleValues('mcu');
    const images = Object.fromEntries(
      Object.entries(IMAGES.mcu.jitsi).map(([name, image]) => [name, `${image}@sha256:<digest of ${image}>`]),
    );
    const addresses = { ...values.addresses, mcu: { private: '10.20.1.20', public: '<mcu-address.publicIp>' } };
    const text = userData({ ...values, images, addresses, releaseBucket: '<releases.bucket>' });
    assert.ok(text.includes('JVB_ADVERTISE_IPS: "<mcu-address.publicIp>,10.20.1.20"'));
  });
});
