import type { SettingsSources } from '../../runtime/config/index.ts';

export interface BrokenSettings {
  readonly name: string;
  readonly sources: SettingsSources;
  /** The error's message, line by line. */
  readonly problems: readonly string[];
}

type Options = NonNullable<SettingsSources['options']>;

const option = (name: string, options: Options, ...problems: string[]): BrokenSettings => ({
  name,
  sources: { options },
  problems,
});

const variable = (name: string, environment: Record<string, string>, ...problems: string[]): BrokenSettings => ({
  name,
  sources: { environment },
  problems,
});

const inFile = (name: string, text: string, ...problems: string[]): BrokenSettings => ({
  name,
  sources: { file: { name: 'c.yaml', text } },
  problems,
});

const PORT = 'must be a port from 0 to 65535 (0: any free one), not';
const ADDRESS = 'must be an IPv4 or IPv6 address, not';
const ID = 'must be 1 to 128 characters of the basic multilingual plane, not';
const ALTERNATE = 'must be HOST:PORT/PRIORITY/GATEKEEPER-ID, several separated by ;, not';
const OPEN_LAB =
  'policy open-lab is accepted from the command line alone (--policy open-lab): no configuration may let unsigned terminals in';
const LOOPBACK = 'open-lab admits anyone, so it leaves loopback only when --host is given on the command line';
const KNOWN =
  'known are host, advertised_host, ras_port, signalling_port, http_host, http_port, gatekeeper_id, registry, policy, data_dir, key_file, ' +
  'alternates, time_to_live_seconds, freshness_seconds, council_bandwidth_bps, minimum_grant_bps, max_sessions, ' +
  'irr_frequency_seconds, verify_queue, max_endpoints, max_calls, role, instance, etcd_endpoints, floating_address, ' +
  'etcd_ca_file, etcd_cert_file, etcd_key_file';

export const BROKEN_SETTINGS: readonly BrokenSettings[] = [
  // values
  option(
    'an advertised address that is everywhere',
    { advertisedHost: '0.0.0.0' },
    '--advertised-host: must be an IPv4 or IPv6 address that can be reached, not "0.0.0.0"',
  ),
  option('a port of 65536', { rasPort: '65536' }, `--ras-port: ${PORT} "65536"`),
  option('a port below 0', { signallingPort: '-1' }, `--signalling-port: ${PORT} "-1"`),
  option('a port with a fraction', { httpPort: '80.5' }, `--http-port: ${PORT} "80.5"`),
  option('a port in hex', { rasPort: '0x50' }, `--ras-port: ${PORT} "0x50"`),
  option('a port with a leading zero', { rasPort: '01719' }, `--ras-port: ${PORT} "01719"`),
  option('a port with a space', { rasPort: ' 1719' }, `--ras-port: ${PORT} " 1719"`),
  option('an empty port', { rasPort: '' }, `--ras-port: ${PORT} ""`),
  variable('a port in words', { COUNCIL_RAS_PORT: 'ras' }, `COUNCIL_RAS_PORT: ${PORT} "ras"`),
  option('a host name', { host: 'localhost' }, `--host: ${ADDRESS} "localhost"`),
  option('a host with a port', { host: '127.0.0.1:1719' }, `--host: ${ADDRESS} "127.0.0.1:1719"`),
  variable(
    'an address of five octets',
    { COUNCIL_HTTP_HOST: '1.2.3.4.5' },
    `COUNCIL_HTTP_HOST: ${ADDRESS} "1.2.3.4.5"`,
  ),
  option('an empty identifier', { gatekeeperId: '' }, `--gatekeeper-id: ${ID} ""`),
  option(
    'an identifier of 129 characters',
    { gatekeeperId: 'g'.repeat(129) },
    `--gatekeeper-id: ${ID} "${'g'.repeat(57)}..."`,
  ),
  option('an identifier beyond the basic plane', { gatekeeperId: '😀' }, `--gatekeeper-id: ${ID} "\\ud83d\\ude00"`),
  option('an identifier with a line break', { gatekeeperId: 'a\nb' }, `--gatekeeper-id: ${ID} "a\\u000ab"`),
  option('an empty path', { registry: '' }, '--registry: must be a path, not ""'),
  option('a path with a NUL', { dataDir: 'a\0b' }, '--data-dir: must be a path, not "a\\u0000b"'),
  option('an unknown policy', { policy: 'none' }, '--policy: must be signed or open-lab, not "none"'),
  option(
    'no time to live',
    { timeToLiveSeconds: '0' },
    '--time-to-live-seconds: must be a whole number from 1 to 86400 (s), not "0"',
  ),
  variable(
    'a freshness window of a day',
    { COUNCIL_FRESHNESS_SECONDS: '86400' },
    'COUNCIL_FRESHNESS_SECONDS: must be a whole number from 1 to 3600 (s), not "86400"',
  ),
  inFile(
    'bandwidth in Mbit/s',
    'council_bandwidth_bps: 100\n',
    'c.yaml:1: council_bandwidth_bps: must be a whole number from 64000 to 10000000000 (bit/s, one way), not "100"',
  ),
  inFile(
    'an IRR frequency that its field cannot hold',
    'irr_frequency_seconds: 65536\n',
    'c.yaml:1: irr_frequency_seconds: must be a whole number from 0 to 65535 (s, 0: never), not "65536"',
  ),
  option('no sessions', { maxSessions: '0' }, '--max-sessions: must be a whole number from 1 to 1000000, not "0"'),
  option('no verify queue', { verifyQueue: '0' }, '--verify-queue: must be a whole number from 1 to 65536, not "0"'),
  option(
    'too many endpoints',
    { maxEndpoints: '1e9' },
    '--max-endpoints: must be a whole number from 1 to 1000000, not "1e9"',
  ),

  // the file
  inFile('a file that is a list', '- host\n', 'c.yaml:1: must be a mapping of settings, not a list'),
  inFile('a file that is a word', 'host\n', 'c.yaml:1: must be a mapping of settings, not a single value'),
  inFile('broken YAML', 'host: "a\n', 'c.yaml:2: Missing closing "quote'),
  inFile('an unknown key', 'host: 127.0.0.1\nrasPort: 1719\n', `c.yaml:2: unknown key rasPort; ${KNOWN}`),
  inFile('a key twice', 'ras_port: 1\nras_port: 2\n', 'c.yaml:2: ras_port: given twice; first on line 1'),
  inFile('a list for a port', 'ras_port: [1719]\n', `c.yaml:1: ras_port: ${PORT.replace(', not', '')}, not a list`),
  inFile('a key left blank', 'host:\n', 'c.yaml:1: host: must be an IPv4 or IPv6 address, not nothing'),
  inFile('an alias', 'host: *a\n', 'c.yaml:1: aliases are not used here: *a'),

  // alternates
  option(
    'an alternate without an identifier',
    { alternates: '192.0.2.2:1719/1' },
    `--alternates: alternates[0]: ${ALTERNATE} "192.0.2.2:1719/1"`,
  ),
  option(
    'an alternate with a name, port 0 and priority 128',
    { alternates: 'gk2:0/128/b' },
    '--alternates: alternates[0].host: must be an IPv4 or IPv6 address that can be reached, not "gk2"',
    '--alternates: alternates[0].ras_port: must be a port from 1 to 65535, not "0"',
    '--alternates: alternates[0].priority: must be a whole number from 0 to 127, not "128"',
  ),
  inFile(
    'an alternate with a missing, an unknown and a wrong key',
    'alternates:\n  - host: 0.0.0.0\n    ras_port: 1719\n    prio: 1\n    gatekeeper_id: [a]\n  - b\n',
    'c.yaml:4: alternates[0]: unknown key prio; known are host, ras_port, gatekeeper_id, priority',
    'c.yaml:2: alternates[0].host: must be an IPv4 or IPv6 address that can be reached, not "0.0.0.0"',
    'c.yaml:5: alternates[0].gatekeeper_id: must be a single value, not a list',
    'c.yaml:2: alternates[0].priority: is missing',
    'c.yaml:6: alternates[1]: must be a mapping with host, ras_port, gatekeeper_id, priority, not a single value',
  ),
  variable(
    'seventeen alternates',
    { COUNCIL_ALTERNATES: Array.from({ length: 17 }, (_, index) => `192.0.2.${index + 1}:1719/1/g`).join(';') },
    'COUNCIL_ALTERNATES: at most 16 alternates, not 17',
  ),
  option(
    'an alternate twice, and itself',
    { alternates: '192.0.2.2:1719/0/b;192.0.2.2:1719/1/c;127.0.0.1:1719/2/d' },
    '--alternates: alternates[1]: 192.0.2.2 port 1719 is named twice',
    '--alternates: alternates[2]: 127.0.0.1 port 1719 is this gatekeeper itself',
  ),

  // the zone's store
  option(
    'an etcd endpoint with a path',
    { etcdEndpoints: 'http://192.0.2.1:2379/v3', keyFile: 'k' },
    '--etcd-endpoints: must be http://HOST:PORT or https://HOST:PORT, up to 9 separated by ;, not "http://192.0.2.1:2379/v3"',
  ),
  option(
    'etcd without a key that all gatekeepers have',
    { etcdEndpoints: 'http://192.0.2.1:2379' },
    '--etcd-endpoints: etcd endpoints need a key file: the gatekeepers of a zone sign with the same key',
  ),
  option(
    'etcd members half in the clear, and nothing to check the others by',
    { etcdEndpoints: 'http://192.0.2.1:2379;https://192.0.2.2:2379', keyFile: 'k' },
    '--etcd-endpoints: etcd endpoints mix http and https',
    '--etcd-endpoints: etcd endpoints are https, which needs an etcd ca file, an etcd cert file and an etcd key file',
  ),
  option(
    'certificates for etcd members in the clear',
    { etcdEndpoints: 'http://192.0.2.1:2379', keyFile: 'k', etcdCertFile: 'c' },
    '--etcd-endpoints: etcd endpoints must be https where certificates are given',
  ),
  option(
    'a floating address without others to float to',
    { floatingAddress: 'ip:192.0.2.9/24@eth0' },
    '--floating-address: floating address goes to whoever leads, which only etcd endpoints can tell',
  ),
  option(
    'a floating address that is none',
    { floatingAddress: 'eth0' },
    '--floating-address: must be eip:ALLOCATION-ID, eip:ALLOCATION-ID@PRIVATE-ADDRESS or ip:ADDRESS/PREFIX@INTERFACE, not "eth0"',
  ),
  option('a role of its own', { role: 'third' }, '--role: must be primary or secondary, not "third"'),
  option(
    'an instance with a slash',
    { instance: 'a/b' },
    '--instance: must be 1 to 63 letters, digits, dots and hyphens, not "a/b"',
  ),

  // the lab policy
  variable('the lab policy in the environment', { COUNCIL_POLICY: 'open-lab' }, `COUNCIL_POLICY: ${OPEN_LAB}`),
  inFile('the lab policy in a file', '# lab\npolicy: open-lab\n', `c.yaml:2: ${OPEN_LAB}`),
  {
    name: 'the lab policy in a file even when the command line asks for it or overrides it',
    sources: { options: { policy: 'open-lab' }, file: { name: 'c.yaml', text: 'policy: "open-lab"\n' } },
    problems: [`c.yaml:1: ${OPEN_LAB}`],
  },
  {
    name: 'the lab policy on an address of the environment',
    sources: { options: { policy: 'open-lab' }, environment: { COUNCIL_HOST: '192.0.2.1' } },
    problems: [`COUNCIL_HOST: host 192.0.2.1 is not loopback: ${LOOPBACK}`],
  },
  {
    name: 'the lab policy on a wildcard of the file',
    sources: { options: { policy: 'open-lab' }, file: { name: 'c.yaml', text: 'host: 0.0.0.0\n' } },
    problems: [`c.yaml:1: host 0.0.0.0 is not loopback: ${LOOPBACK}`],
  },

  // between settings
  option(
    'one TCP port for two services',
    { httpPort: '1720' },
    '--http-port: http port 1720 is the signalling port too (default); both are TCP',
  ),
  {
    name: 'one TCP port for two services when one listens everywhere',
    sources: { options: { host: '192.0.2.1', httpHost: '0.0.0.0' }, environment: { COUNCIL_SIGNALLING_PORT: '9464' } },
    problems: ['default: http port 9464 is the signalling port too (COUNCIL_SIGNALLING_PORT); both are TCP'],
  },
  option(
    'a least grant beyond the whole',
    { councilBandwidthBps: '64000', minimumGrantBps: '64001' },
    "--minimum-grant-bps: minimum grant bps 64001 is more than the council's bandwidth of 64000 (--council-bandwidth-bps)",
  ),
  option(
    'more sessions than calls',
    { maxCalls: '10' },
    'default: max sessions 25 is more than the 10 calls (--max-calls)',
  ),

  // all at once
  {
    name: 'everything at once, each with its source, also what a stronger source overrides',
    sources: {
      options: { rasPort: '1', host: 'x' },
      environment: { COUNCIL_RAS_PORT: 'y' },
      file: { name: 'c.yaml', text: 'ras_port: z\n' },
    },
    problems: [`c.yaml:1: ras_port: ${PORT} "z"`, `--host: ${ADDRESS} "x"`, `COUNCIL_RAS_PORT: ${PORT} "y"`],
  },
];
