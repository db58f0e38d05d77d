import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { type GroupRule, type Plug, type RouterRules, routerTable } from '../../../lab/hosts/firewall.ts';
import { skipLoudly } from '../../support/skip.ts';

const gatekeeper: Plug = {
  port: 'hgk',
  privateAddress: '10.213.0.10',
  publicAddress: '203.0.113.10',
  groups: ['sg-gk'],
};
const monitoring: Plug = { port: 'hmon', privateAddress: '10.213.32.10', publicAddress: undefined, groups: ['sg-mon'] };

const table = (rules: readonly GroupRule[], plugs: readonly Plug[] = [gatekeeper, monitoring]): string => {
  const all: RouterRules = {
    uplink: 'council-lab',
    services: { address: '198.18.0.3', metadataPort: 4567 },
    plugs,
    rules,
  };
  return routerTable(all);
};

const ingress = (more: Partial<GroupRule>): GroupRule => ({
  group: 'sg-gk',
  direction: 'ingress',
  protocol: 'udp',
  from: 1719,
  to: 1719,
  peer: { cidr: '0.0.0.0/0' },
  ...more,
});

/** The lines of one chain, without its hook. */
function chain(text: string, name: string): string[] {
  const [, body = ''] = new RegExp(`chain ${name} \\{\\n([^}]*(?:\\{[^}]*\\}[^}\\n]*\\n[^}]*)*)  \\}`).exec(text) ?? [];
  return body.split('\n').flatMap((line) => line.trim() || []);
}

describe('the router of the lab', () => {
  it('closes what no rule opens, both ways', () => {
    const text = table([]);
    assert.deepEqual(chain(text, 'to_hgk'), ['counter drop']);
    assert.deepEqual(chain(text, 'from_hgk'), ['counter drop']);
  });

  for (const [what, rule, line] of [
    ['a port to the world', {}, 'udp dport 1719 accept'],
    ['a range', { from: 10_000, to: 20_000 }, 'udp dport 10000-20000 accept'],
    ['a network', { protocol: 'tcp', peer: { cidr: '198.18.0.0/24' } }, 'ip saddr 198.18.0.0/24 tcp dport 1719 accept'],
    ['a group', { peer: { group: 'sg-mon' } }, 'ip saddr { 10.213.32.10 } udp dport 1719 accept'],
    ['a ping', { protocol: 'icmp', from: 8, to: 0 }, 'icmp type 8 icmp code 0 accept'],
    ['all ICMP', { protocol: 'icmp', from: -1, to: -1 }, 'ip protocol icmp accept'],
    ['everything', { protocol: '-1' }, 'accept'],
  ] as const)
    it(`opens ${what}`, () => {
      const text = table([ingress(rule)]);
      assert.deepEqual(chain(text, 'to_hgk'), [line, 'counter drop']);
    });

  it('opens nothing for a group that nobody is in', () => {
    assert.deepEqual(chain(table([ingress({ peer: { group: 'sg-gone' } })]), 'to_hgk'), ['counter drop']);
  });

  it('opens nothing to members of another group', () => {
    assert.deepEqual(chain(table([ingress({})]), 'to_hmon'), ['counter drop']);
  });

  it('lets what a host may send go on to the receiver, which decides for itself', () => {
    const out = ingress({ direction: 'egress', protocol: '-1' });
    assert.deepEqual(chain(table([out]), 'from_hgk'), ['return', 'counter drop']);
  });

  it('leads public addresses in, and gives what leaves its public address; without one nothing leaves', () => {
    const text = table([]);
    assert.ok(chain(text, 'prerouting').includes('ip daddr 203.0.113.10 dnat to 10.213.0.10'));
    assert.ok(chain(text, 'postrouting').includes('ip saddr 10.213.0.10 oifname "council-lab" snat to 203.0.113.10'));
    const ways = chain(text, 'forward').filter((line) => line.endsWith('oifname "council-lab" accept'));
    assert.deepEqual(ways, ['ip saddr 10.213.0.10 oifname "council-lab" accept']);
  });

  it('reaches hosts from outside by their public addresses alone', () => {
    assert.ok(chain(table([]), 'forward').includes('iifname "council-lab" ct status & dnat == 0 drop'));
  });

  it('is what nft takes', function () {
    if (spawnSync('nft', ['-v']).status !== 0) skipLoudly(this, 'nft is not installed (apt-get install nftables)');
    if (process.getuid?.() !== 0) skipLoudly(this, 'nft judges rules for root only');
    const rules = [
      ingress({}),
      ingress({ peer: { group: 'sg-mon' } }),
      ingress({ protocol: 'icmp', from: 8, to: 0 }),
      ingress({ direction: 'egress', protocol: '-1' }),
    ];
    const { status, stderr } = spawnSync('nft', ['--check', '--file', '-'], { input: table(rules), encoding: 'utf8' });
    assert.equal(stderr, '');
    assert.equal(status, 0);
  });
});
