import assert from 'node:assert/strict';
import { Dns, type DnsArgs, dnsRecords, hostNames } from '../../../components/dns/index.ts';
import { type Plan, planOf } from '../../../components/plan/index.ts';

const ARGS: DnsArgs = {
  domain: 'council.example.org',
  hostedZoneId: 'Z0123456789',
  addresses: {
    'gatekeeper-primary': '192.0.2.1',
    'gatekeeper-secondary': '192.0.2.2',
    mcu: '192.0.2.3',
    'sip-gateway': '192.0.2.4',
    monitoring: '192.0.2.5',
  },
  primaryRasPort: 1719,
  secondaryRasPort: 1720,
};

const planned = (args: DnsArgs, protect = false): Promise<Plan> =>
  planOf('prod', { config: {}, secretKeys: [] }, async () => ({ names: new Dns('dns', args, { protect }).names }));

/** Name, type, seconds, values: all that a zone file would say. */
const ZONE = [
  ['gk1.council.example.org', 'A', 60, ['192.0.2.1']],
  ['gk2.council.example.org', 'A', 60, ['192.0.2.2']],
  ['mcu.council.example.org', 'A', 300, ['192.0.2.3']],
  ['sip.council.example.org', 'A', 300, ['192.0.2.4']],
  ['monitoring.council.example.org', 'A', 300, ['192.0.2.5']],
  [
    '_h323ls._udp.council.example.org',
    'SRV',
    60,
    ['10 0 1719 gk1.council.example.org.', '20 0 1720 gk2.council.example.org.'],
  ],
  [
    '_h323rs._udp.council.example.org',
    'SRV',
    60,
    ['10 0 1719 gk1.council.example.org.', '20 0 1720 gk2.council.example.org.'],
  ],
  [
    '_h323cs._tcp.council.example.org',
    'SRV',
    60,
    ['10 0 1720 gk1.council.example.org.', '20 0 1720 gk2.council.example.org.'],
  ],
  ['_sip._udp.council.example.org', 'SRV', 300, ['10 0 5060 sip.council.example.org.']],
  ['_sip._tcp.council.example.org', 'SRV', 300, ['10 0 5060 sip.council.example.org.']],
  ['_sips._tcp.council.example.org', 'SRV', 300, ['10 0 5061 sip.council.example.org.']],
  [
    'council.example.org',
    'NAPTR',
    300,
    [
      '10 50 "s" "SIPS+D2T" "" _sips._tcp.council.example.org.',
      '20 50 "s" "SIP+D2T" "" _sip._tcp.council.example.org.',
      '30 50 "s" "SIP+D2U" "" _sip._udp.council.example.org.',
    ],
  ],
] as const;

const KEYS = [
  ...['gk1', 'gk2', 'mcu', 'sip', 'monitoring', 'h323ls-udp', 'h323rs-udp', 'h323cs-tcp'],
  ...['sip-udp', 'sip-tcp', 'sips-tcp', 'naptr'],
];

/** Of exactly so many characters. */
const domainOf = (length: number): string => {
  const labels = [];
  for (let left = length; left > 0; left -= 41) labels.push('a'.repeat(Math.min(40, left)));
  return labels.join('.');
};

const shown = (domain: string): string =>
  domain.length > 60 ? `${domain.slice(0, 8)}… of ${domain.length} characters` : domain;

describe('DNS', () => {
  for (const domain of [
    'council.example.org.',
    'Council.example.org',
    'COUNCIL.EXAMPLE.ORG',
    '',
    '.',
    'org',
    'council..org',
    '.council.org',
    '-council.example.org',
    'council-.example.org',
    'coun_cil.example.org',
    '*.example.org',
    'council.example.org/',
    'https://council.example.org',
    'council example.org',
    'council.example.org\n',
    'rådet.example.org',
    '192.0.2.1',
    `${'a'.repeat(64)}.example.org`,
    domainOf(241),
  ])
    it(`refuses the domain ${JSON.stringify(shown(domain))}`, async () => {
      const message =
        `the domain '${domain}' is not allowed: ` +
        'write it in lower case, without a dot at its end, as in council.example.org';
      assert.throws(() => dnsRecords({ ...ARGS, domain }), { name: 'RangeError', message });
      await assert.rejects(planned({ ...ARGS, domain }), { name: 'RangeError', message });
    });

  for (const domain of ['a.b', 'xn--rdet-qoa.example', '323.example.org', `${'a'.repeat(63)}.org`, domainOf(240)])
    it(`takes the domain ${shown(domain)}, and no name is longer than 253 characters`, () => {
      assert.ok(dnsRecords({ ...ARGS, domain }).every(({ name }) => name.length <= 253));
    });

  it('is a list of records in the format of Route 53', () => {
    const records = dnsRecords(ARGS);
    assert.deepEqual(
      records.map(({ name, type, ttl, records: values }) => [name, type, ttl, values]),
      ZONE,
    );
    assert.deepEqual(
      records.map(({ key }) => key),
      KEYS,
    );
  });

  it('makes each a resource of the zone, and nothing else', async () => {
    const { resources } = await planned(ARGS);
    const [component, ...more] = resources.filter(({ type }) => type !== 'aws:route53/record:Record');
    assert.deepEqual([component?.type, more], ['guardian-council:dns:Dns', []]);
    const found = resources.filter((one) => one !== component);
    assert.deepEqual(
      Object.fromEntries(found.map(({ name, inputs }) => [name, inputs])),
      Object.fromEntries(
        ZONE.map(([name, type, ttl, records], index) => [
          `dns-${KEYS[index]}`,
          { name, type, ttl, records, zoneId: 'Z0123456789' },
        ]),
      ),
    );
    assert.ok(found.every(({ parent }) => parent === component?.urn));
  });

  it('is protected where its caller wants it to be', async () => {
    assert.ok((await planned(ARGS, true)).resources.every(({ protect }) => protect));
    assert.ok((await planned(ARGS)).resources.every(({ protect }) => !protect));
  });

  it('announces the RAS ports that the stack chose, and leaves call signalling alone', () => {
    const targets = Object.fromEntries(
      dnsRecords({ ...ARGS, primaryRasPort: 11719, secondaryRasPort: 21719 }).map(({ key, records }) => [key, records]),
    );
    const ras = ['10 0 11719 gk1.council.example.org.', '20 0 21719 gk2.council.example.org.'];
    assert.deepEqual(targets['h323ls-udp'], ras);
    assert.deepEqual(targets['h323rs-udp'], ras);
    assert.deepEqual(targets['h323cs-tcp'], [
      '10 0 1720 gk1.council.example.org.',
      '20 0 1720 gk2.council.example.org.',
    ]);
  });

  it('tells the names of the hosts', async () => {
    const names = {
      'gatekeeper-primary': 'gk1.council.example.org',
      'gatekeeper-secondary': 'gk2.council.example.org',
      mcu: 'mcu.council.example.org',
      'sip-gateway': 'sip.council.example.org',
      monitoring: 'monitoring.council.example.org',
    };
    assert.deepEqual(hostNames(ARGS.domain), names);
    assert.deepEqual((await planned(ARGS)).outputs['names'], names);
  });
});
