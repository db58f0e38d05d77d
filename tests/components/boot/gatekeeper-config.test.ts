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
      gatekeeperId: 'council-gk-primary',
      alternates: [{ host: '192.0.2.11', rasPort: 1720, gatekeeperId: 'council-gk-secondary', priority: 1 }],
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
      gatekeeperId: 'council-gk-secondary',
      alternates: [{ host: '192.0.2.10', rasPort: 1719, gatekeeperId: 'council-gk-primary', priority: 0 }],
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
      /^ExecStart=\S+ \S+\/runtime\/cli\/council\.mjs gatekeeper --config \/etc\/guardian-council\/gatekeeper\.yaml$/m,
    );
  });
});
