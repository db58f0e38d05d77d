import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { skipLoudly } from '../../support/skip.ts';
import { exampleMonitoringOfGroup, exampleValues } from './example-values.ts';
import { contentOf, isInstalled, judgeRules, promtool, ruleTest, withFolder } from './rendered.ts';

const RULES = contentOf(exampleValues('monitoring'), '/etc/guardian-council/rules.yaml');
const GROUP_RULES = contentOf(exampleMonitoringOfGroup(), '/etc/guardian-council/rules.yaml');

/** Scrapes of both gatekeepers, 5 s apart, and which alerts there are then. */
interface Story {
  readonly primary: string;
  readonly secondary: string;
  readonly at: string;
  readonly firing: boolean;
}

const STORIES: Readonly<Record<string, Story>> = {
  'one leads': { primary: '1x20', secondary: '0x20', at: '1m', firing: false },
  // Scrapes at 30 and 35 s see nobody; the rules are judged at 30 and 45 s.
  'a failover': { primary: '1x5 0x14', secondary: '0x7 1x12', at: '45s', firing: false },
  'nobody leads any more': { primary: '1x5 0x14', secondary: '0x20', at: '1m', firing: true },
  'one leads again': { primary: '1x3 0x9 1x7', secondary: '0x20', at: '1m15s', firing: false },
};

function testFile({ primary, secondary, at, firing }: Story): string {
  const leader = (instance: string) => `h323_gatekeeper_leader{job="gatekeeper",instance="${instance}"}`;
  const series = { [leader('primary')]: primary, [leader('secondary')]: secondary };
  const expected = firing ? [{ exp_labels: { severity: 'critical' } }] : [];
  return ruleTest('5s', series, [{ eval_time: at, alertname: 'NoLeader', exp_alerts: expected }]);
}

/** Scrapes of two gateways of a group, a minute apart, the age of their list, and who is alarmed after so many minutes. */
interface GroupStory {
  readonly series: Readonly<Record<string, string>>;
  readonly minutes: number;
  readonly firing: Readonly<Record<string, readonly string[]>>;
}

const SILENT = { GatewayDown: [], NoGateway: [], GatewaysUnknown: [], TargetDown: [] };
const up = (instance: string): string => `up{job="node",group="sip-gateway",instance="${instance}"}`;
const MTIME = 'prometheus_sd_file_mtime_seconds{job="prometheus",filename="/etc/prometheus/targets/sip-gateway.json"}';

const GROUP_STORIES: Readonly<Record<string, GroupStory>> = {
  'both answer': {
    series: { [up('i-1')]: '1x60', [up('i-2')]: '1x60', [MTIME]: '0+60x60' },
    minutes: 40,
    firing: SILENT,
  },
  'one comes, and answers only when its first boot has ended': {
    series: { [up('i-1')]: '1x60', [up('i-2')]: '_x10 0x10 1x30', [MTIME]: '0+60x60' },
    minutes: 20,
    firing: SILENT,
  },
  'one goes, and is listed no more': {
    series: { [up('i-1')]: '1x60', [up('i-2')]: '1x10 0x2 stale', [MTIME]: '0+60x60' },
    minutes: 40,
    firing: SILENT,
  },
  'one answers no more': {
    series: { [up('i-1')]: '1x60', [up('i-2')]: '1x10 0x50', [MTIME]: '0+60x60' },
    minutes: 30,
    firing: { ...SILENT, GatewayDown: ['i-2'] },
  },
  'none answers': {
    series: { [up('i-1')]: '1x10 0x50', [up('i-2')]: '1x10 stale', [MTIME]: '0+60x60' },
    minutes: 30,
    firing: { ...SILENT, GatewayDown: ['i-1'], NoGateway: [''] },
  },
  'none is known, since EC2 was never asked': {
    series: { 'up{job="node",instance="mcu:9100"}': '1x60' },
    minutes: 20,
    firing: { ...SILENT, NoGateway: [''] },
  },
  'EC2 cannot be asked any more': {
    series: { [up('i-1')]: '1x60', [MTIME]: '0+60x5 300x55' },
    minutes: 30,
    firing: { ...SILENT, GatewaysUnknown: [''] },
  },
  'a host that stays answers no more': {
    series: { [up('i-1')]: '1x60', [MTIME]: '0+60x60', 'up{job="node",instance="mcu:9100"}': '1x10 0x50' },
    minutes: 20,
    firing: { ...SILENT, TargetDown: ['mcu:9100'] },
  },
};

function groupTestFile({ series, minutes, firing }: GroupStory): string {
  const labels = (alert: string, instance: string) => {
    if (alert === 'TargetDown') return { severity: 'high', job: 'node', instance };
    if (instance !== '') return { severity: 'high', job: 'node', group: 'sip-gateway', instance };
    return { severity: alert === 'NoGateway' ? 'critical' : 'high' };
  };
  const alerts = Object.entries(firing).map(([alertname, instances]) => ({
    eval_time: `${minutes}m`,
    alertname,
    exp_alerts: instances.map((instance) => ({ exp_labels: labels(alertname, instance) })),
  }));
  return ruleTest('1m', series, alerts);
}

describe('the alerts', () => {
  before(function () {
    if (!isInstalled('promtool')) skipLoudly(this, 'promtool is not installed (apt-get install prometheus)');
  });

  it('are rules as Prometheus reads them', () =>
    withFolder((folder) => {
      writeFileSync(join(folder, 'rules.yaml'), RULES);
      const { status, said } = promtool(folder, 'check', 'rules', 'rules.yaml');
      assert.equal(status, 0, said);
      assert.match(said, /SUCCESS: 6 rules found/);
    }));

  it('are rules as Prometheus reads them where gateways are a group, and so is all that it is told to scrape', () =>
    withFolder((folder) => {
      writeFileSync(join(folder, 'rules.yaml'), GROUP_RULES);
      const rules = promtool(folder, 'check', 'rules', 'rules.yaml');
      assert.equal(rules.status, 0, rules.said);
      assert.match(rules.said, /SUCCESS: 9 rules found/);
      for (const values of [exampleValues('monitoring'), exampleMonitoringOfGroup()]) {
        const config = contentOf(values, '/etc/guardian-council/prometheus.yaml');
        writeFileSync(join(folder, 'prometheus.yaml'), config.replaceAll('/etc/prometheus', folder));
        const { status, said } = promtool(folder, 'check', 'config', 'prometheus.yaml');
        assert.equal(status, 0, said);
      }
    }));

  for (const [name, story] of Object.entries(GROUP_STORIES))
    it(`of a group of gateways call nobody or somebody as they should where ${name}`, () =>
      judgeRules(GROUP_RULES, groupTestFile(story)));

  for (const [name, story] of Object.entries(STORIES))
    it(`call nobody or somebody as they should where ${name}`, () =>
      judgeRules(RULES, testFile(story), testFile({ ...story, firing: !story.firing })));
});
