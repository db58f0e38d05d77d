import assert from 'node:assert/strict';
import {
  type GatekeeperSettings,
  resolveSettings,
  SettingsError,
  type SettingsSources,
} from '../../runtime/config/index.ts';
import { BROKEN_SETTINGS } from './broken-settings.ts';

const DEFAULTS: GatekeeperSettings = { ...resolveSettings({}) };

function problemsOf(sources: SettingsSources): string[] {
  try {
    resolveSettings(sources);
  } catch (error) {
    assert.ok(error instanceof SettingsError, String(error));
    assert.equal(error.code, 'SETTINGS_INVALID');
    return error.message.split('\n');
  }
  return [];
}

const file = (text: string): { name: string; text: string } => ({ name: 'c.yaml', text });

describe('resolveSettings', () => {
  for (const { name, sources, problems } of BROKEN_SETTINGS) {
    it(`refuses ${name}`, () => assert.deepEqual(problemsOf(sources), problems));
  }

  it('gives problems as data too', () => {
    assert.throws(
      () => resolveSettings({ options: { rasPort: 'x' }, file: file('ras_port: y\n') }),
      (error) => {
        assert.ok(error instanceof SettingsError);
        const message = 'must be a port from 0 to 65535 (0: any free one), not';
        assert.deepEqual(error.problems, [
          { source: 'c.yaml:1', message: `ras_port: ${message} "y"` },
          { source: '--ras-port', message: `${message} "x"` },
        ]);
        return true;
      },
    );
  });

  it('needs nothing: every setting that must have a value has a default', () => {
    const { host, rasPort, signallingPort, httpPort, policy, gatekeeperId, maxSessions, alternates, keyFile } =
      DEFAULTS;
    assert.deepEqual(
      { host, rasPort, signallingPort, httpPort, policy, gatekeeperId, maxSessions, alternates, keyFile },
      {
        host: '127.0.0.1',
        rasPort: 1719,
        signallingPort: 1720,
        httpPort: 9464,
        policy: 'signed',
        gatekeeperId: 'council-gk-primary',
        maxSessions: 25,
        alternates: [],
        keyFile: undefined,
      },
    );
  });

  it('prefers the command line to the environment to the file to the default', () => {
    const all = { options: { rasPort: '1' }, environment: { COUNCIL_RAS_PORT: '2' }, file: file('# c\nras_port: 3\n') };
    const { options, environment, ...onlyFile } = all;
    const steps: readonly (readonly [SettingsSources, number, string])[] = [
      [all, 1, '--ras-port'],
      [{ ...all, options: {} }, 2, 'COUNCIL_RAS_PORT'],
      [onlyFile, 3, 'c.yaml:2'],
      [{}, 1719, 'default'],
    ];
    for (const [sources, port, origin] of steps) {
      const resolved = resolveSettings(sources);
      assert.deepEqual([resolved.rasPort, resolved.origins.get('rasPort')], [port, origin]);
    }
    assert.ok(options.rasPort !== environment.COUNCIL_RAS_PORT);
  });

  it('counts an empty variable and an option that was not given as not set', () => {
    const settings = resolveSettings({ options: { rasPort: undefined }, environment: { COUNCIL_RAS_PORT: '' } });
    assert.equal(settings.origins.get('rasPort'), 'default');
  });

  it('reads every setting from a file', () => {
    const text = `
host: 192.0.2.1
advertised_host: 198.51.100.1
ras_port: 0
signalling_port: 0
http_host: 0.0.0.0
http_port: 0
gatekeeper_id: council-gk-secondary
registry: /etc/council/registry.yaml
policy: signed
data_dir: /var/lib/council
key_file: "/etc/council/gk.key"
alternates:
  - host: 192.0.2.2
    ras_port: 1719
    gatekeeper_id: council-gk-primary
    priority: 0
  - {host: "2001:db8::2", ras_port: 1720, gatekeeper_id: "Größe", priority: 127}
time_to_live_seconds: 120
freshness_seconds: 30
council_bandwidth_bps: 50000000
minimum_grant_bps: 128000
max_sessions: 15
irr_frequency_seconds: 20
verify_queue: 10
max_endpoints: 100
max_calls: 50
role: secondary
instance: gk-2
etcd_endpoints: https://192.0.2.1:2379; https://[2001:db8::2]:2379
floating_address: eip:eipalloc-0123456789abcdef0
etcd_ca_file: /etc/council/ca.crt
etcd_cert_file: /etc/council/member.crt
etcd_key_file: /etc/council/member.key
`;
    const { origins, warnings, ...settings } = resolveSettings({ file: file(text) });
    assert.deepEqual(settings, {
      host: '192.0.2.1',
      advertisedHost: '198.51.100.1',
      rasPort: 0,
      signallingPort: 0,
      httpHost: '0.0.0.0',
      httpPort: 0,
      gatekeeperId: 'council-gk-secondary',
      registry: '/etc/council/registry.yaml',
      policy: 'signed',
      dataDir: '/var/lib/council',
      keyFile: '/etc/council/gk.key',
      alternates: [
        { host: '192.0.2.2', rasPort: 1719, gatekeeperId: 'council-gk-primary', priority: 0 },
        { host: '2001:db8::2', rasPort: 1720, gatekeeperId: 'Größe', priority: 127 },
      ],
      timeToLiveSeconds: 120,
      freshnessSeconds: 30,
      councilBandwidthBps: 50_000_000,
      minimumGrantBps: 128_000,
      maxSessions: 15,
      irrFrequencySeconds: 20,
      verifyQueue: 10,
      maxEndpoints: 100,
      maxCalls: 50,
      role: 'secondary',
      instance: 'gk-2',
      etcdEndpoints: ['https://192.0.2.1:2379', 'https://[2001:db8::2]:2379'],
      floatingAddress: 'eip:eipalloc-0123456789abcdef0',
      etcdCaFile: '/etc/council/ca.crt',
      etcdCertFile: '/etc/council/member.crt',
      etcdKeyFile: '/etc/council/member.key',
    });
    assert.ok([...origins.values()].every((origin) => /^c\.yaml:\d+$/.test(origin)));
    assert.deepEqual(warnings, []);
  });

  it('reads alternates from text, IPv6 in brackets', () => {
    const text = '192.0.2.2:1719/0/council-gk-primary; [2001:db8::2]:1720/127/a/b:c';
    for (const sources of [{ options: { alternates: text } }, { environment: { COUNCIL_ALTERNATES: text } }]) {
      assert.deepEqual(resolveSettings(sources).alternates, [
        { host: '192.0.2.2', rasPort: 1719, gatekeeperId: 'council-gk-primary', priority: 0 },
        { host: '2001:db8::2', rasPort: 1720, gatekeeperId: 'a/b:c', priority: 127 },
      ]);
    }
  });

  it('takes a file of comments as one that says nothing', () => {
    assert.deepEqual({ ...resolveSettings({ file: file('# all defaults\n') }) }, DEFAULTS);
  });

  it('lets RAS and signalling share a port number, since one is UDP', () => {
    assert.equal(resolveSettings({ options: { rasPort: '1720', signallingPort: '1720' } }).rasPort, 1720);
  });

  it('warns of variables with our prefix that nobody reads', () => {
    const environment = { COUNCIL_RAS_PROT: '1', COUNCIL_CONFIG: 'c.yaml', PATH: '/bin', COUNCIL_HOST: '127.0.0.1' };
    assert.deepEqual(resolveSettings({ environment }).warnings, ['COUNCIL_RAS_PROT is no setting and is not read']);
  });

  describe('with the lab policy', () => {
    it('takes it from the command line', () => {
      assert.equal(resolveSettings({ options: { policy: 'open-lab' } }).policy, 'open-lab');
    });

    it('leaves loopback when the command line says so', () => {
      const { host } = resolveSettings({ options: { policy: 'open-lab', host: '192.0.2.1' } });
      assert.equal(host, '192.0.2.1');
    });

    it('takes any loopback address from anywhere', () => {
      const environment = { COUNCIL_HOST: '::1' };
      assert.equal(resolveSettings({ options: { policy: 'open-lab' }, environment }).host, '::1');
    });
  });
});
