import assert from 'node:assert/strict';
import { type BootValues, userData } from '../../../components/boot/index.ts';
import { LOOPBACK_PORTS } from '../../../components/network/index.ts';
import { skipLoudly } from '../../support/skip.ts';
import { EXAMPLES, exampleValues } from './example-values.ts';
import { contentOf, isInstalled, judge } from './rendered.ts';

/** One thing that is let in: `udp 1719-1719 from anywhere`. */
type Opening = string;

const chainOf = (rules: string, name: string): string[] => {
  const body = new RegExp(`chain ${name} \\{\\n([^}]*(?:\\{[^}]*\\}[^}]*)*?)\\n  \\}`).exec(rules)?.[1] ?? '';
  return body.split('\n').map((line) => line.trim());
};

const RULE =
  /^(?<dnat>ct status dnat )?(?:ip saddr \{ (?<sources>[^}]+) \} )?(?:(?<port>(?:tcp|udp) dport [\d-]+)|icmp type (?<type>\d+) icmp code (?<code>\d+)|meta l4proto (?<proto>tcp|udp) ct original proto-dst (?<original>[\d-]+)) accept comment "[^"]+"$/;

function openingsIn(lines: readonly string[]): Opening[] {
  return lines.flatMap((line) => {
    const found = RULE.exec(line)?.groups;
    if (found === undefined) return [];
    const [protocol = '', ports = ''] =
      found['port'] !== undefined
        ? found['port'].split(' dport ')
        : found['proto'] !== undefined
          ? [found['proto'], found['original'] ?? '']
          : ['icmp', `${found['type']}-${found['code']}`];
    const range = ports.includes('-') ? ports : `${ports}-${ports}`;
    return (found['sources']?.split(', ') ?? ['anywhere']).map((source) => `${protocol} ${range} from ${source}`);
  });
}

function openingsPlanned({ ports, role, addresses, adminCidrs }: BootValues): Opening[] {
  return ports
    .filter(({ host }) => host === role)
    .flatMap(({ protocol, from, to, sources }) =>
      sources
        .flatMap((source) =>
          source === 'world' ? ['anywhere'] : source === 'admin' ? adminCidrs : [addresses[source].private],
        )
        .map((source) => `${protocol} ${from}-${to} from ${source}`),
    );
}

describe('the firewall of a host', () => {
  it('opens nothing to administrators where there are none', () => {
    const rules = contentOf({ ...exampleValues('mcu'), adminCidrs: [] }, '/etc/nftables.conf');
    assert.doesNotMatch(rules, /icmp|saddr \{ *\}/);
  });

  it('follows a port that was chosen otherwise', () => {
    const values = exampleValues('gatekeeper-primary');
    const ports = values.ports.map((rule) => (rule.from === 1719 ? { ...rule, from: 2719, to: 2719 } : rule));
    const rules = contentOf({ ...values, ports }, '/etc/nftables.conf');
    assert.match(rules, /udp dport 2719 accept/);
    assert.doesNotMatch(rules, /1719/);
  });

  it('leaves the tables of Docker alone', () => {
    for (const { values } of EXAMPLES) assert.doesNotMatch(userData(values), /flush ruleset/);
  });

  it('leads to the private address what asks for a borrowed public one, on the host itself and nowhere else', function () {
    const rules = contentOf({ ...exampleValues('monitoring'), borrowsAddresses: true }, '/etc/nftables.conf');
    assert.deepEqual(chainOf(rules, 'own'), [
      'type nat hook output priority -100;',
      'ip daddr 192.0.2.10 dnat ip to 10.20.1.10',
      'ip daddr 192.0.2.11 dnat ip to 10.20.2.10',
      'ip daddr 192.0.2.20 dnat ip to 10.20.1.20',
      'ip daddr 192.0.2.30 dnat ip to 10.20.2.30',
      'ip daddr 192.0.2.40 dnat ip to 10.20.3.40',
    ]);
    for (const { values } of EXAMPLES) assert.doesNotMatch(contentOf(values, '/etc/nftables.conf'), /nat hook/);
    if (!isInstalled('nft')) skipLoudly(this, 'nft is not installed (apt-get install nftables)');
    if (process.getuid?.() !== 0) skipLoudly(this, 'nft judges rules for root only');
    judge('nft', ['-c', '-f', '-'], rules);
  });

  for (const { name, values } of EXAMPLES) {
    describe(name, () => {
      const rules = contentOf(values, '/etc/nftables.conf');
      const input = chainOf(rules, 'input');

      it('drops by default, and lets in replies and loopback', () => {
        assert.deepEqual(input.slice(0, 4), [
          'type filter hook input priority filter; policy drop;',
          'ct state established,related accept',
          'ct state invalid drop',
          'iif lo accept',
        ]);
        assert.equal(chainOf(rules, 'forward')[0], 'type filter hook forward priority filter; policy drop;');
      });

      it('opens what the port plan opens on this host, to whom it says, and nothing else', () => {
        const planned = openingsPlanned(values);
        assert.ok(planned.length > 0);
        assert.deepEqual(openingsIn(input).toSorted(), planned.toSorted());
        // Every line that lets something in was understood above.
        assert.equal(input.slice(4).filter((line) => !RULE.test(line)).length, 0, input.join('\n'));
      });

      it('lets no sender reach a container by a port that the plan does not open to it', () => {
        const forward = chainOf(rules, 'forward')
          .slice(1)
          .filter((line) => line !== '');
        const inward = forward.filter((line) => RULE.test(line));
        if (values.role === 'mcu') {
          const planned = openingsPlanned(values).filter((opening) => !opening.startsWith('icmp'));
          assert.deepEqual(openingsIn(inward).toSorted(), planned.toSorted());
          assert.deepEqual(forward.slice(0, 3), [
            'ip daddr 169.254.169.254 drop',
            'ct state established,related accept',
            'iifname { "docker0", "br-*" } accept',
          ]);
          assert.equal(forward.length, inward.length + 3);
        } else assert.deepEqual(forward, []);
      });

      it('opens none of the ports that are for loopback alone', () => {
        const loopback = LOOPBACK_PORTS.filter(({ host }) => host === values.role);
        const opened = openingsIn(input).map((opening) => /^(\w+) (\d+)-(\d+)/.exec(opening));
        for (const { protocol, port, service } of loopback)
          for (const found of opened)
            assert.ok(
              found?.[1] !== protocol || port < Number(found[2]) || port > Number(found[3]),
              `${service}: ${found?.[0]}`,
            );
      });

      it('is accepted by nft', function () {
        if (!isInstalled('nft')) skipLoudly(this, 'nft is not installed (apt-get install nftables)');
        if (process.getuid?.() !== 0) skipLoudly(this, 'nft judges rules for root only');
        judge('nft', ['-c', '-f', '-'], rules);
      });
    });
  }
});
