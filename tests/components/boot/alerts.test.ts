import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { skipLoudly } from '../../support/skip.ts';
import { exampleValues } from './example-values.ts';
import { contentOf, isInstalled, withFolder } from './rendered.ts';

const RULES = contentOf(exampleValues('monitoring'), '/etc/guardian-council/rules.yaml');

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
  const series = (instance: string, values: string) => ({
    series: `h323_gatekeeper_leader{job="gatekeeper",instance="${instance}"}`,
    values,
  });
  const expected = firing ? [{ exp_labels: { severity: 'critical' } }] : [];
  return JSON.stringify({
    rule_files: ['rules.yaml'],
    evaluation_interval: '15s',
    tests: [
      {
        interval: '5s',
        input_series: [series('primary', primary), series('secondary', secondary)],
        alert_rule_test: [{ eval_time: at, alertname: 'NoLeader', exp_alerts: expected }],
      },
    ],
  });
}

describe('the alerts', () => {
  before(function () {
    if (!isInstalled('promtool')) skipLoudly(this, 'promtool is not installed (apt-get install prometheus)');
  });

  const promtool = (folder: string, ...args: readonly string[]) => {
    const { status, stdout, stderr } = spawnSync('promtool', args, { cwd: folder, encoding: 'utf8' });
    return { status, said: `${stdout}${stderr}` };
  };

  it('are rules as Prometheus reads them', () =>
    withFolder((folder) => {
      writeFileSync(join(folder, 'rules.yaml'), RULES);
      const { status, said } = promtool(folder, 'check', 'rules', 'rules.yaml');
      assert.equal(status, 0, said);
      assert.match(said, /SUCCESS: 3 rules found/);
    }));

  for (const [name, story] of Object.entries(STORIES))
    it(`call nobody or somebody as they should where ${name}`, () =>
      withFolder((folder) => {
        writeFileSync(join(folder, 'rules.yaml'), RULES);
        writeFileSync(join(folder, 'test.yaml'), testFile(story));
        const { status, said } = promtool(folder, 'test', 'rules', 'test.yaml');
        assert.equal(status, 0, said);
        writeFileSync(join(folder, 'test.yaml'), testFile({ ...story, firing: !story.firing }));
        assert.equal(promtool(folder, 'test', 'rules', 'test.yaml').status, 1, 'the contrary is not so');
      }));
});
