import assert from 'node:assert/strict';
import { type BootValues, BootValuesError, userData } from '../../../components/boot/index.ts';
import { exampleValues } from './example-values.ts';

function problemsOf(values: BootValues): readonly string[] {
  try {
    userData(values);
  } catch (error) {
    assert.ok(error instanceof BootValuesError, String(error));
    assert.equal(error.code, 'BOOT_VALUES_INVALID');
    return error.problems;
  }
  return [];
}

const base = exampleValues('monitoring');
const [firstRule] = base.ports;
assert.ok(firstRule !== undefined);

const addressed = (address: { readonly private: string; readonly public: string }): BootValues => ({
  ...base,
  addresses: { ...base.addresses, mcu: address },
});

const HOSTILE: readonly { readonly name: string; readonly values: BootValues; readonly problem: string }[] = [
  {
    name: 'a domain that ends its line',
    values: { ...base, domain: 'council.example;\n  return 200' },
    problem: 'domain: must be a DNS domain in small letters, not "council.example;\\n  return 200"',
  },
  {
    name: 'a domain with only a newline at its end',
    values: { ...base, domain: 'council.example\n' },
    problem: 'domain: must be a DNS domain in small letters, not "council.example\\n"',
  },
  {
    name: 'a domain with a quotation mark',
    values: { ...base, domain: "council.example' -out /etc/passwd '" },
    problem: `domain: must be a DNS domain in small letters, not "council.example' -out /etc/passwd '"`,
  },
  {
    name: 'a domain without a dot',
    values: { ...base, domain: 'localhost' },
    problem: 'domain: must be a DNS domain in small letters, not "localhost"',
  },
  {
    name: 'a domain that is too long for the names below it',
    values: { ...base, domain: `${'a.'.repeat(100)}example` },
    problem: `domain: must be a DNS domain in small letters, not "${'a.'.repeat(100)}example"`,
  },
  {
    name: 'an admin network that adds a rule',
    values: { ...base, adminCidrs: ['198.51.100.0/24 } accept; ip saddr { 0.0.0.0/0'] },
    problem:
      'adminCidrs[0]: must be an IPv4 network, such as 192.0.2.0/24, not "198.51.100.0/24 } accept; ip saddr { 0.0.0.0/0"',
  },
  {
    name: 'an admin network with a newline',
    values: { ...base, adminCidrs: ['198.51.100.0/24', '203.0.113.0/24\n'] },
    problem: 'adminCidrs[1]: must be an IPv4 network, such as 192.0.2.0/24, not "203.0.113.0/24\\n"',
  },
  {
    name: 'an admin network with too long a mask',
    values: { ...base, adminCidrs: ['198.51.100.0/33'] },
    problem: 'adminCidrs[0]: must be an IPv4 network, such as 192.0.2.0/24, not "198.51.100.0/33"',
  },
  {
    name: 'a stack that is a command',
    values: { ...base, stack: '$(reboot)' },
    problem: 'stack: must be at most 32 of a-z, 0-9 and -, not "$(reboot)"',
  },
  {
    name: 'a region with a quotation mark',
    values: { ...base, region: 'eu-central-1"' },
    problem: 'region: must be an AWS region, not "eu-central-1\\""',
  },
  {
    name: 'a private address that is none',
    values: addressed({ private: '10.20.1.256', public: '192.0.2.20' }),
    problem: 'addresses.mcu.private: must be an IPv4 address, not "10.20.1.256"',
  },
  {
    name: 'a private address that only AWS knows',
    values: addressed({ private: '<mcu.privateIp>', public: '192.0.2.20' }),
    problem: 'addresses.mcu.private: must be an IPv4 address, not "<mcu.privateIp>"',
  },
  {
    name: 'a public address with a second line',
    values: addressed({ private: '10.20.1.20', public: '192.0.2.20\ntimeout = 0' }),
    problem: 'addresses.mcu.public: must be an IPv4 address, not "192.0.2.20\\ntimeout = 0"',
  },
  {
    name: "a made-up value of a plan that is more than a plan's",
    values: { ...base, releaseBucket: '<a>"; reboot; "<b>' },
    problem: 'releaseBucket: must be the name of an S3 bucket, not "<a>\\"; reboot; \\"<b>"',
  },
  {
    name: 'a service name with a quotation mark',
    values: { ...base, ports: [{ ...firstRule, service: 'RAS" accept; accept comment "' }] },
    problem: 'ports[0].service: must be letters, digits, spaces and .,()/-, not "RAS\\" accept; accept comment \\""',
  },
  {
    name: 'a service name with a line of its own',
    values: { ...base, ports: [{ ...firstRule, service: 'RAS\naccept' }] },
    problem: 'ports[0].service: must be letters, digits, spaces and .,()/-, not "RAS\\naccept"',
  },
  {
    name: 'a port beyond all ports',
    values: { ...base, ports: [{ ...firstRule, to: 65_536 }] },
    problem: 'ports[0].to: must be a whole number from 0 to 65535, not 65536',
  },
  {
    name: 'a RAS port that is no number',
    values: { ...base, primaryRasPort: Number.NaN },
    problem: 'primaryRasPort: must be a whole number from 1 to 65535, not NaN',
  },
  {
    name: 'an image without its digest',
    values: { ...base, images: { ...base.images, grafana: 'grafana/grafana:13.1.1' } },
    problem:
      'images.grafana: must be an image with its tag and digest, name:tag@sha256:…, not "grafana/grafana:13.1.1"',
  },
  {
    name: 'an image that is not there',
    values: { ...base, images: {} },
    problem: 'images.grafana: must be an image with its tag and digest, name:tag@sha256:…, not ""',
  },
  {
    name: 'a bucket that is a command',
    values: { ...base, witnessBucket: '`reboot`' },
    problem: 'witnessBucket: must be the name of an S3 bucket, not "`reboot`"',
  },
  {
    name: 'a path of secrets that leads on',
    values: { ...base, secretsPath: '/council/prod/' },
    problem: 'secretsPath: must be an SSM path, such as /council/prod/release, not "/council/prod/"',
  },
  {
    name: 'a parameter with a newline',
    values: { ...base, releaseParameter: '/council/release\nLD_PRELOAD=/tmp/x' },
    problem:
      'releaseParameter: must be an SSM path, such as /council/prod/release, not "/council/release\\nLD_PRELOAD=/tmp/x"',
  },
];

describe('userData, of hostile values', () => {
  for (const { name, values, problem } of HOSTILE)
    it(`refuses ${name}`, () => assert.ok(problemsOf(values).includes(problem), problemsOf(values).join('\n')));

  it('names every problem at once, and the host', () => {
    assert.throws(
      () => userData({ ...base, region: 'nowhere', stack: '', domain: '' }),
      (error) => {
        assert.ok(error instanceof BootValuesError);
        assert.deepEqual(
          error.problems.map((problem) => problem.split(':')[0]),
          ['stack', 'region', 'domain'],
        );
        assert.match(error.message, /^boot data of monitoring:\n {2}stack: must be /);
        return true;
      },
    );
  });
});
