import assert from 'node:assert/strict';
import { groupRules, LOOPBACK_PORTS, type PortRule, portPlan } from '../../../components/network/index.ts';

const CHOSEN = { primaryRasPort: 1719, secondaryRasPort: 1720 };
const plan = portPlan(CHOSEN);

const text = ({ host, protocol, from, to }: PortRule): string =>
  `${host} ${from === to ? from : `${from}-${to}`}/${protocol}`;

const openTo = (source: string): string[] =>
  plan.filter(({ sources }) => sources.some((one) => one === source)).map(text);

describe('port plan', () => {
  it('opens these ports to the world, and no others', () => {
    assert.deepEqual(openTo('world').sort(), [
      'gatekeeper-primary 1300/tcp',
      'gatekeeper-primary 1719/udp',
      'gatekeeper-primary 1720/tcp',
      'gatekeeper-primary 30000-30999/tcp',
      'gatekeeper-secondary 1300/tcp',
      'gatekeeper-secondary 1719/udp',
      'gatekeeper-secondary 1720/tcp',
      'gatekeeper-secondary 1720/udp',
      'gatekeeper-secondary 30000-30999/tcp',
      'mcu 10000-20000/udp',
      'mcu 1720/tcp',
      'mcu 30000-30999/tcp',
      'mcu 443/tcp',
      'monitoring 443/tcp',
      'monitoring 80/tcp',
      'sip-gateway 10000-20000/udp',
      'sip-gateway 443/tcp',
      'sip-gateway 5060/tcp',
      'sip-gateway 5060/udp',
      'sip-gateway 5061/tcp',
    ]);
  });

  it('gives administrators no way in but an echo request', () => {
    const rules = plan.filter(({ sources }) => sources.includes('admin'));
    assert.equal(rules.length, 5);
    assert(rules.every(({ protocol, from, to }) => protocol === 'icmp' && from === 8 && to === 0));
  });

  it('opens etcd among the voters alone, and its metrics to monitoring alone', () => {
    const etcd = plan.filter(({ from }) => from >= 2379 && from <= 2381);
    const voters = ['gatekeeper-primary', 'gatekeeper-secondary', 'monitoring'];
    assert.equal(etcd.length, 8);
    for (const { host, from, sources } of etcd)
      assert.deepEqual(sources, from === 2381 ? ['monitoring'] : voters.filter((voter) => voter !== host));
  });

  it('opens metrics to monitoring alone, and those of a gatekeeper, with its health, to the other one too', () => {
    const metrics = plan.filter(({ from }) => [9100, 9101, 9464].includes(from));
    assert.deepEqual(metrics.map((rule) => `${text(rule)} from ${rule.sources.join(' and ')}`).sort(), [
      'gatekeeper-primary 9100/tcp from monitoring',
      'gatekeeper-primary 9464/tcp from monitoring and gatekeeper-secondary',
      'gatekeeper-secondary 9100/tcp from monitoring',
      'gatekeeper-secondary 9464/tcp from monitoring and gatekeeper-primary',
      'mcu 9100/tcp from monitoring',
      'mcu 9101/tcp from monitoring',
      'mcu 9464/tcp from monitoring',
      'sip-gateway 9100/tcp from monitoring',
      'sip-gateway 9464/tcp from monitoring',
    ]);
  });

  it('opens nothing that answers on loopback alone', () => {
    for (const { host, protocol, port } of LOOPBACK_PORTS)
      assert(
        !plan.some((rule) => rule.host === host && rule.protocol === protocol && rule.from <= port && port <= rule.to),
      );
  });

  it('follows the RAS ports of the configuration, and opens one port once', () => {
    const ras = (chosen: typeof CHOSEN) =>
      portPlan(chosen)
        .filter(({ service, sources }) => service === 'RAS' && sources.includes('world'))
        .map(text);
    assert.deepEqual(ras({ primaryRasPort: 2719, secondaryRasPort: 2720 }), [
      'gatekeeper-primary 2719/udp',
      'gatekeeper-secondary 2720/udp',
      'gatekeeper-secondary 2719/udp',
    ]);
    assert.deepEqual(ras({ primaryRasPort: 1719, secondaryRasPort: 1719 }), [
      'gatekeeper-primary 1719/udp',
      'gatekeeper-secondary 1719/udp',
    ]);
  });

  it('has no host among the sources of its own ports, and no row twice', () => {
    assert(plan.every(({ host, sources }) => sources.length > 0 && !sources.includes(host)));
    assert.equal(new Set(plan.map(text)).size, plan.length);
  });
});

describe('rules of security groups', () => {
  const rules = groupRules(plan, ['192.0.2.0/24', '198.51.100.0/24']);

  it('are one a source, each administrators’ network by itself', () => {
    const sources = plan.reduce((sum, rule) => sum + rule.sources.length, 0);
    assert.equal(rules.length, sources + 5);
    assert.deepEqual(
      rules.filter(({ host, protocol }) => host === 'mcu' && protocol === 'icmp'),
      ['192.0.2.0/24', '198.51.100.0/24'].map((cidr) => ({
        name: `mcu-icmp-8-from-${cidr.replace('/', '-')}`,
        host: 'mcu',
        from: { cidr },
        protocol: 'icmp',
        fromPort: 8,
        toPort: 0,
        description: 'ping: administrators look where a path ends',
      })),
    );
  });

  it('have names of their own', () => assert.equal(new Set(rules.map(({ name }) => name)).size, rules.length));

  it('have descriptions that EC2 takes', () => {
    for (const { description } of rules) assert.match(description, /^[a-zA-Z0-9. _\-:/()#,@[\]+=&;{}!$*]{1,255}$/);
  });
});
