import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { skipLoudly } from '../../support/skip.ts';
import { EXAMPLES, exampleValues } from './example-values.ts';
import { contentOf, filesOf, isInstalled, judge, withFolder } from './rendered.ts';

const SCRIPT = '/usr/local/sbin/council-backup-result';
const UNIT = '/etc/systemd/system/council-witness.service';

describe('what a host tells of its backups', () => {
  /** Runs the script as systemd does after a run that ended like `result`; gives what node exporter finds then. */
  function told(folder: string, result: string): string {
    const script = contentOf(exampleValues('gatekeeper-primary'), SCRIPT).replaceAll(
      '/var/lib/prometheus/node-exporter',
      join(folder, 'metrics'),
    );
    const { status, stderr } = spawnSync('bash', ['--norc', '-c', `umask 077\n${script}`, 'x', 'witness'], {
      encoding: 'utf8',
      env: { PATH: process.env['PATH'], SERVICE_RESULT: result },
    });
    assert.equal(status, 0, stderr);
    assert.deepEqual(readdirSync(join(folder, 'metrics')), ['council-witness.prom'], 'no draft is left');
    return readFileSync(join(folder, 'metrics/council-witness.prom'), 'utf8');
  }
  const SUCCESS = /^council_backup_last_success_timestamp_seconds\{backup="witness"\} (\d+)$/m;
  const failed = (text: string): string | undefined =>
    /^council_backup_failed\{backup="witness"\} (\d)$/m.exec(text)?.[1];

  for (const result of ['exit-code', 'signal', 'timeout', ''])
    it(`says of a run that ended by "${result}" that it failed, and of no success where there was none`, () =>
      withFolder((folder) => {
        const text = told(folder, result);
        assert.equal(text, 'council_backup_failed{backup="witness"} 1\n');
      }));

  it('keeps the time of the last success through later failures, until the next success', () =>
    withFolder((folder) => {
      const before = Math.floor(Date.now() / 1000);
      const first = told(folder, 'success');
      assert.equal(failed(first), '0');
      const at = Number(SUCCESS.exec(first)?.[1]);
      assert.ok(at >= before && at <= Date.now() / 1000, first);
      const old = join(folder, 'metrics/council-witness.prom');
      writeFileSync(old, first.replace(String(at), '1700000000'));
      for (let i = 0; i < 2; i += 1) {
        const then = told(folder, 'exit-code');
        assert.deepEqual([failed(then), SUCCESS.exec(then)?.[1]], ['1', '1700000000']);
      }
      const last = told(folder, 'success');
      assert.equal(failed(last), '0');
      assert.ok(Number(SUCCESS.exec(last)?.[1]) >= before);
    }));

  it('is written so that node exporter, another user, can read it, and so that Prometheus reads it', function () {
    if (!isInstalled('promtool')) skipLoudly(this, 'promtool is not installed (apt-get install prometheus)');
    return withFolder((folder) => {
      const text = told(folder, 'success');
      assert.equal(statSync(join(folder, 'metrics/council-witness.prom')).mode & 0o777, 0o644);
      assert.equal(statSync(join(folder, 'metrics')).mode & 0o777, 0o755);
      const { stderr, error } = spawnSync('promtool', ['check', 'metrics'], { input: text, encoding: 'utf8' });
      assert.equal(error, undefined);
      // It wants a help text, which files for node exporter need not have.
      assert.doesNotMatch(stderr.replaceAll(/^.*no help text$/gm, ''), /\S/);
    });
  });

  for (const { name, values } of EXAMPLES) {
    const files = filesOf(values);
    if (!files.has(UNIT)) continue;
    it(`is told on ${name} after every run, however it ended, where node exporter looks`, () => {
      assert.match(contentOf(values, UNIT), /^ExecStopPost=\/usr\/local\/sbin\/council-backup-result witness$/m);
      judge('bash', ['-n'], contentOf(values, SCRIPT));
      assert.match(
        contentOf(values, '/etc/default/prometheus-node-exporter'),
        /--collector\.textfile\.directory=\/var\/lib\/prometheus\/node-exporter"$/m,
      );
    });
  }

  it('is told by all hosts that have witness logs', () => {
    const hosts = EXAMPLES.filter(({ values }) => filesOf(values).has(UNIT)).map(({ values }) => values.role);
    assert.deepEqual([...new Set(hosts)].sort(), ['gatekeeper-primary', 'gatekeeper-secondary', 'sip-gateway']);
  });
});
