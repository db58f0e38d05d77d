import assert from 'node:assert/strict';
import { BootValuesError, gatekeeperConfig } from '../../../components/boot/index.ts';
import { resolveSettings } from '../../../runtime/config/index.ts';
import { exampleValues } from './example-values.ts';
import { contentOf } from './rendered.ts';

const resolved = (text: string) => {
  const { origins, warnings, ...settings } = resolveSettings({ file: { name: 'gatekeeper.yaml', text } });
  return {
    settings,
    warnings,
    fromDefault: [...origins].flatMap(([name, origin]) => (origin === 'default' ? name : [])),
  };
};

const COMMON = {
  signallingPort: 1720,
  httpPort: 9464,
  registry: '/var/lib/guardian-council/guardian-registry.yaml',
  policy: 'signed',
  dataDir: '/var/lib/guardian-council',
  keyFile: '/etc/guardian-council/secrets/gatekeeper/gatekeeper.key',
  gatekeeperId: 'guardian-council-prod',
  etcdCaFile: '/etc/guardian-council/secrets/gatekeeper/etcd-ca.crt',
  etcdCertFile: '/etc/guardian-council/secrets/gatekeeper/etcd-client.crt',
  etcdKeyFile: '/etc/guardian-council/secrets/gatekeeper/etcd-client.key',
  timeToLiveSeconds: 60,
  freshnessSeconds: 60,
  councilBandwidthBps: 100_000_000,
  minimumGrantBps: 64_000,
  maxSessions: 35,
  irrFrequencySeconds: 0,
  verifyQueue: 1024,
  maxEndpoints: 200_000,
  maxCalls: 200_000,
};

describe('gatekeeperConfig, read by the runtime', () => {
  it('is refused for a host that is no gatekeeper', () => {
    assert.throws(() => gatekeeperConfig(exampleValues('mcu')), BootValuesError);
  });

  it('gives the primary its settings', () => {
    const { settings, warnings } = resolved(gatekeeperConfig(exampleValues('gatekeeper-primary')));
    assert.deepEqual(settings, {
      ...COMMON,
      host: '10.20.1.10',
      advertisedHost: '192.0.2.10',
      rasPort: 1719,
      httpHost: '10.20.1.10',
      role: 'primary',
      instance: 'gatekeeper-primary',
      etcdEndpoints: ['https://10.20.1.10:2379', 'https://10.20.2.10:2379', 'https://10.20.3.40:2379'],
      alternates: [{ host: '192.0.2.11', rasPort: 1720, gatekeeperId: 'guardian-council-prod', priority: 1 }],
    });
    assert.deepEqual(warnings, []);
  });

  it('gives the secondary its settings', () => {
    const { settings, warnings } = resolved(gatekeeperConfig(exampleValues('gatekeeper-secondary')));
    assert.deepEqual(settings, {
      ...COMMON,
      host: '10.20.2.10',
      advertisedHost: '192.0.2.11',
      rasPort: 1720,
      httpHost: '10.20.2.10',
      role: 'secondary',
      instance: 'gatekeeper-secondary',
      etcdEndpoints: ['https://10.20.2.10:2379', 'https://10.20.1.10:2379', 'https://10.20.3.40:2379'],
      alternates: [{ host: '192.0.2.10', rasPort: 1719, gatekeeperId: 'guardian-council-prod', priority: 0 }],
    });
    assert.deepEqual(warnings, []);
  });

  it('leaves to the defaults what no stack chooses', () => {
    assert.deepEqual(resolved(gatekeeperConfig(exampleValues('gatekeeper-primary'))).fromDefault.toSorted(), [
      'freshnessSeconds',
      'irrFrequencySeconds',
      'maxCalls',
      'maxEndpoints',
      'minimumGrantBps',
      'policy',
      'timeToLiveSeconds',
      'verifyQueue',
    ]);
  });

  it('makes the two of a stack one zone, each the alternate of the other, on the same members of etcd', () => {
    for (const stack of ['prod', 'staging']) {
      const [primary, secondary] = (['gatekeeper-primary', 'gatekeeper-secondary'] as const).map(
        (role) => resolved(gatekeeperConfig({ ...exampleValues(role), zone: `guardian-council-${stack}` })).settings,
      );
      assert.ok(primary !== undefined && secondary !== undefined);
      for (const [self, other] of [
        [primary, secondary],
        [secondary, primary],
      ] as const) {
        assert.equal(self.gatekeeperId, `guardian-council-${stack}`);
        const [alternate, ...more] = self.alternates;
        assert.ok(alternate !== undefined);
        const { priority, ...where } = alternate;
        assert.deepEqual(where, {
          host: other.advertisedHost,
          rasPort: other.rasPort,
          gatekeeperId: self.gatekeeperId,
        });
        assert.deepEqual(more, []);
        assert.equal(self.etcdEndpoints[0], `https://${self.host}:2379`);
      }
      assert.deepEqual(primary.etcdEndpoints.toSorted(), secondary.etcdEndpoints.toSorted());
      assert.notEqual(primary.instance, secondary.instance);
      assert.equal(primary.keyFile, secondary.keyFile);
    }
  });

  it('reads no file but those that are given to the user it runs as', () => {
    const values = exampleValues('gatekeeper-primary');
    const { settings } = resolved(gatekeeperConfig(values));
    const { keyFile = '', etcdCaFile = '', etcdCertFile = '', etcdKeyFile = '' } = settings;
    for (const file of [keyFile, etcdCaFile, etcdCertFile, etcdKeyFile])
      assert.match(file, /^\/etc\/guardian-council\/secrets\/gatekeeper\/[\w.-]+$/);
    assert.match(contentOf(values, '/usr/local/sbin/council-secrets'), /\[gatekeeper\]=council[ )]/);
    assert.match(contentOf(values, '/etc/systemd/system/h323-gatekeeper-primary.service'), /^User=council$/m);
  });

  it('takes ports, bandwidth and the size of a conference from the stack', () => {
    const { settings } = resolved(
      gatekeeperConfig({
        ...exampleValues('gatekeeper-secondary'),
        primaryRasPort: 2719,
        secondaryRasPort: 2720,
        councilBandwidthBps: 64_000,
        maxParticipants: 12,
        maxExperts: 0,
      }),
    );
    assert.deepEqual(
      [settings.rasPort, settings.alternates[0]?.rasPort, settings.councilBandwidthBps, settings.maxSessions],
      [2720, 2719, 64_000, 12],
    );
  });

  it('is the file that the unit starts the gatekeeper with', () => {
    const values = exampleValues('gatekeeper-primary');
    assert.equal(contentOf(values, '/etc/guardian-council/gatekeeper.yaml'), gatekeeperConfig(values));
    assert.match(
      contentOf(values, '/etc/systemd/system/h323-gatekeeper-primary.service'),
      /^ExecStart=.+ \S+\/runtime\/cli\/council\.mjs gatekeeper --config \/etc\/guardian-council\/gatekeeper\.yaml$/m,
    );
  });
});
