/** How the gateways of a group come to be scraped: the script, really run, with a stand-in for what EC2 answers. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { exampleMonitoringOfGroup, exampleValues } from './example-values.ts';
import { at, contentOf, filesOf, readYaml, withFolder } from './rendered.ts';

const VALUES = exampleMonitoringOfGroup();

/** Runs it until it would sleep; `answer` is what EC2 says, in shell. */
function run(folder: string, answer: string) {
  const bin = join(folder, 'bin');
  mkdirSync(bin, { recursive: true });
  const put = (name: string, lines: string): void =>
    writeFileSync(join(bin, name), `#!/bin/bash\nprintf '%s\\n' "$@" >'${folder}/${name}.args'\n${lines}\n`, {
      mode: 0o755,
    });
  put('aws', answer);
  put('sleep', 'kill $PPID');
  const script = contentOf(VALUES, '/usr/local/sbin/council-gateways').replaceAll('/etc/', `${folder}/etc/`);
  const { status, signal, stderr } = spawnSync('bash', ['--norc', '-c', script], {
    encoding: 'utf8',
    timeout: 20_000,
    env: { PATH: `${bin}:${process.env['PATH']}`, STACK: 'prod' },
  });
  const targets = join(folder, 'etc/guardian-council/targets');
  const list = join(targets, 'sip-gateway.json');
  return {
    status,
    signal,
    stderr,
    files: existsSync(targets) ? readdirSync(targets).filter((name) => name.endsWith('.json')) : [],
    listed: existsSync(list) ? JSON.parse(readFileSync(list, 'utf8')) : undefined,
    args: existsSync(join(folder, 'aws.args')) ? readFileSync(join(folder, 'aws.args'), 'utf8').split('\n') : [],
    slept: existsSync(join(folder, 'sleep.args')) ? readFileSync(join(folder, 'sleep.args'), 'utf8').trim() : '',
  };
}

const target = (instance: string, address: string) => ({
  targets: [`${address}:9100`],
  labels: { group: 'sip-gateway', instance },
});

describe('the gateways of a group, as Prometheus knows them', () => {
  it('stay as they were last known where EC2 cannot be asked, or says what nobody understands', () =>
    withFolder((folder) => {
      run(folder, `echo '[["i-1","10.20.2.31"]]'`);
      for (const answer of ['exit 255', 'echo Unable to locate credentials', 'echo', `echo '{"a":1}'`]) {
        const { status, signal, listed } = run(folder, answer);
        assert.ok(status !== 0 && signal === null, `${answer}: it ends, and is started again`);
        assert.deepEqual(listed, [target('i-1', '10.20.2.31')], answer);
      }
    }));

  it('are no file that is half of one before EC2 has answered once', () =>
    withFolder((folder) => {
      assert.deepEqual(run(folder, 'exit 255').files, []);
    }));

  it('are the running instances of this stack alone, each at its own address', () =>
    withFolder((folder) => {
      const { signal, listed, args, slept, stderr } = run(
        folder,
        `echo '[["i-2","10.20.3.44"],["i-1","10.20.2.31"],["i-3",null]]'`,
      );
      assert.equal(signal, 'SIGTERM', stderr);
      assert.deepEqual(listed, [target('i-1', '10.20.2.31'), target('i-2', '10.20.3.44')]);
      assert.equal(slept, '60');
      assert.deepEqual(
        args.filter((arg) => arg.startsWith('Name=')),
        [
          'Name=tag:Project,Values=guardian-council',
          'Name=tag:Stack,Values=prod',
          'Name=tag:Name,Values=sip-gateway',
          'Name=instance-state-name,Values=running',
        ],
      );
    }));

  it('may be none', () =>
    withFolder((folder) => {
      const { signal, listed } = run(folder, 'echo []');
      assert.equal(signal, 'SIGTERM');
      assert.deepEqual(listed, []);
    }));

  it('are scraped with the hosts that stay, from the folder that Prometheus is given', () => {
    const config = readYaml(contentOf(VALUES, '/etc/guardian-council/prometheus.yaml'));
    assert.deepEqual(at(config, 'scrape_configs', 1), {
      job_name: 'node',
      file_sd_configs: [{ files: ['/etc/prometheus/targets/*.json'] }],
      static_configs: [
        { targets: ['gatekeeper-primary:9100', 'gatekeeper-secondary:9100', 'mcu:9100', 'monitoring:9100'] },
      ],
    });
    const compose = readYaml(contentOf(VALUES, '/etc/guardian-council/monitoring.yaml'));
    assert.deepEqual(at(compose, 'services', 'prometheus', 'volumes', 3), './targets:/etc/prometheus/targets:ro');
    // The credentials of the host stay where only root has them.
    assert.match(contentOf(VALUES, '/etc/nftables.conf'), /ip daddr 169\.254\.169\.254 meta skuid != 0 drop/);
  });

  it('are asked for by nobody where there is one gateway', () => {
    const files = [...filesOf(exampleValues('monitoring'))];
    assert.ok(!files.some(([path, { content }]) => path.includes('council-gateways') || content.includes('file_sd')));
  });
});
