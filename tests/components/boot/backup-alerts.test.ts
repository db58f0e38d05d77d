/** The alerts on backups, as Prometheus's own tester judges them. */
import { skipLoudly } from '../../support/skip.ts';
import { exampleValues } from './example-values.ts';
import { contentOf, isInstalled, judgeRules, ruleTest } from './rendered.ts';

const RULES = contentOf(exampleValues('monitoring'), '/etc/guardian-council/rules.yaml');

const PRIMARY = 'gatekeeper-primary:9100';
const last = (instance: string): string =>
  `council_backup_last_success_timestamp_seconds{job="node",instance="${instance}",backup="witness"}`;
const failed = (instance: string): string =>
  `council_backup_failed{job="node",instance="${instance}",backup="witness"}`;
const up = (instance: string): string => `up{job="node",instance="${instance}"}`;

/** Scrapes of hosts, a minute apart; promtool's clock begins at 0. */
interface BackupStory {
  readonly series: Readonly<Record<string, string>>;
  readonly at: string;
  /** Which of the alerts is asked for, and on which hosts it fires. */
  readonly alert: 'BackupOld' | 'BackupFailed' | 'BackupUnknown';
  readonly hosts: readonly string[];
}

const BACKUP_STORIES: Readonly<Record<string, BackupStory>> = {
  'the newest backup is as old as two runs, and not older': {
    series: { [up(PRIMARY)]: '1x300', [last(PRIMARY)]: '0x300' },
    ...{ at: '2h', alert: 'BackupOld', hosts: [] },
  },
  'the newest backup is older than two runs': {
    series: { [up(PRIMARY)]: '1x300', [last(PRIMARY)]: '0x300' },
    ...{ at: '2h6m', alert: 'BackupOld', hosts: [PRIMARY] },
  },
  'a backup came late, and came': {
    series: { [up(PRIMARY)]: '1x300', [last(PRIMARY)]: '0x122 7320x180' },
    ...{ at: '2h6m', alert: 'BackupOld', hosts: [] },
  },
  'a run failed, though the backup before it is young': {
    series: { [up(PRIMARY)]: '1x60', [last(PRIMARY)]: '0x60', [failed(PRIMARY)]: '0x30 1x30' },
    ...{ at: '32m', alert: 'BackupFailed', hosts: [PRIMARY] },
  },
  'the run after a failed one went well': {
    series: { [up(PRIMARY)]: '1x60', [failed(PRIMARY)]: '1x30 0x30' },
    ...{ at: '32m', alert: 'BackupFailed', hosts: [] },
  },
  'a host told of no success yet, in its first two hours': {
    series: { [up(PRIMARY)]: '1x300', [failed(PRIMARY)]: '1x300' },
    ...{ at: '1h59m', alert: 'BackupUnknown', hosts: [] },
  },
  'hosts tell of no success for two hours, and one does': {
    series: {
      [up(PRIMARY)]: '1x300',
      [up('sip-gateway:9100')]: '1x300',
      [up('gatekeeper-secondary:9100')]: '1x300',
      [last('gatekeeper-secondary:9100')]: '0x300',
    },
    ...{ at: '2h1m', alert: 'BackupUnknown', hosts: [PRIMARY, 'sip-gateway:9100'] },
  },
  'a host stopped telling': {
    series: { [up(PRIMARY)]: '1x300', [last(PRIMARY)]: '0x30' },
    ...{ at: '2h40m', alert: 'BackupUnknown', hosts: [PRIMARY] },
  },
  'a host is down, of which another alert tells': {
    series: { [up(PRIMARY)]: '0x300' },
    ...{ at: '3h', alert: 'BackupUnknown', hosts: [] },
  },
  'a gateway of a group told of none': {
    series: { [up('i-1')]: '1x300' },
    ...{ at: '3h', alert: 'BackupUnknown', hosts: ['i-1'] },
  },
  'hosts have no backup of their own': {
    series: { [up('mcu:9100')]: '1x300', [up('monitoring:9100')]: '1x300' },
    ...{ at: '3h', alert: 'BackupUnknown', hosts: [] },
  },
};

function backupTest({ series, at, alert, hosts }: BackupStory): string {
  const backup = alert === 'BackupUnknown' ? {} : { backup: 'witness' };
  const expected = hosts.map((instance) => ({
    exp_labels: { severity: 'high', job: 'node', instance, ...backup },
  }));
  return ruleTest('1m', series, [{ eval_time: at, alertname: alert, exp_alerts: expected }]);
}

describe('the alerts on backups', () => {
  before(function () {
    if (!isInstalled('promtool')) skipLoudly(this, 'promtool is not installed (apt-get install prometheus)');
  });

  for (const [name, story] of Object.entries(BACKUP_STORIES))
    it(`tell what they should where ${name}`, () =>
      judgeRules(RULES, backupTest(story), backupTest({ ...story, hosts: story.hosts.length > 0 ? [] : [PRIMARY] })));
});
