/** The scripts of the workflows, run with a stand-in for Pulumi. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { temporaryFolder } from '../adapters/temporary-folder.ts';
import { errorEvent, eventLog, stepEvent } from '../components/plan/engine-log.ts';
import { skipLoudly } from '../support/skip.ts';

const SCRIPTS = fileURLToPath(new URL('../../.github/scripts/', import.meta.url));

describe('the scripts of the workflows', function () {
  this.timeout(60_000);
  const folder = temporaryFolder();
  const read = (name: string): string => readFileSync(join(folder(), name), 'utf8');

  function run(script: string, args: readonly string[], env: Readonly<Record<string, string>> = {}) {
    const { status, stdout, stderr } = spawnSync(join(SCRIPTS, script), args, {
      encoding: 'utf8',
      env: { PATH: `${folder()}/bin:${process.env['PATH']}`, HOME: folder(), ...env },
    });
    return { status, stdout, stderr };
  }

  /** A `pulumi` that notes how it is called, says `text`, writes its event log and ends with `status`. */
  function pulumi(status: number, text: string, events = ''): void {
    mkdirSync(join(folder(), 'bin'));
    writeFileSync(join(folder(), 'events'), events);
    const lines = [
      '#!/bin/bash',
      `echo "$PULUMI_DEBUG_COMMANDS $*" >>'${folder()}/calls'`,
      `[ ! -s '${folder()}/events' ] || cp '${folder()}/events' "\${@: -1}"`,
      `echo '${text}'`,
      `exit ${status}`,
    ];
    writeFileSync(join(folder(), 'bin/pulumi'), `${lines.join('\n')}\n`, { mode: 0o755 });
  }

  const isCalled = (): boolean => existsSync(join(folder(), 'calls'));

  it('are accepted by shellcheck', function () {
    const files = readdirSync(SCRIPTS).filter((name) => name.endsWith('.sh'));
    assert.deepEqual(files, ['pulumi-report.sh', 'rollback-name.sh']);
    const { status, stdout, error } = spawnSync('shellcheck', files, { cwd: SCRIPTS, encoding: 'utf8' });
    if (error !== undefined) skipLoudly(this, 'shellcheck is not installed (apt-get install shellcheck)');
    assert.deepEqual([status, stdout], [0, '']);
  });

  it('refuse a command line that is wrong before Pulumi is called', () => {
    pulumi(0, '');
    for (const [args, says] of [
      [[], '2 arguments are needed, not 0'],
      [['preview'], '2 arguments are needed, not 1'],
      [['preview', 'prod', 'x'], '2 arguments are needed, not 3'],
      [['import', 'prod'], 'preview, drift, up or destroy, not import'],
      [['preview', '--yes'], 'STACK: --yes is no name of a stack'],
      [['preview', 'org/project/prod'], 'STACK: org/project/prod is no name of a stack'],
      [['up', 'prod; rm -rf /'], 'STACK: prod\\;\\ rm\\ -rf\\ / is no name of a stack'],
    ] as const) {
      const { status, stdout, stderr } = run('pulumi-report.sh', args);
      assert.deepEqual([status, stdout], [2, ''], args.join(' '));
      assert.equal(stderr, `${says}\nusage: pulumi-report.sh preview|drift|up|destroy STACK\n`);
    }
    assert(!isCalled());
  });

  it('destroy nothing but rollback environments, whose name was written twice', () => {
    pulumi(0, '');
    for (const stack of [
      'prod',
      'staging',
      'rollback',
      'rollback-',
      'xrollback-1',
      'rollback-A',
      'rollback-a-',
      `rollback-${'a'.repeat(41)}`,
    ]) {
      const { status, stderr } = run('rollback-name.sh', [stack, stack]);
      assert.equal(status, 2, stack);
      assert.equal(
        stderr,
        `stack: ${stack} is no rollback environment: these are named rollback-, then at most 40 of a-z, 0-9 and -\n`,
      );
      assert.equal(run('pulumi-report.sh', ['destroy', stack]).status, 2, stack);
    }
    assert.deepEqual(run('rollback-name.sh', ['rollback-a', 'rollback-b']), {
      status: 2,
      stdout: '',
      stderr: 'confirm: rollback-b is not the name of the stack, rollback-a\n',
    });
    assert.equal(run('rollback-name.sh', ['rollback-a']).status, 2);
    assert.equal(run('rollback-name.sh', ['prod\nrollback-a', 'prod\nrollback-a']).status, 2);
    assert(!isCalled());
    for (const stack of ['rollback-1', 'rollback-2026-11-21', `rollback-${'a'.repeat(40)}`])
      assert.equal(run('rollback-name.sh', [stack, stack]).status, 0, stack);
  });

  it('call Pulumi without questions, with the policies wherever something may change', () => {
    pulumi(0, 'done');
    for (const mode of ['preview', 'drift', 'up'])
      assert.equal(run('pulumi-report.sh', [mode, 'prod']).status, 0, mode);
    assert.equal(run('pulumi-report.sh', ['destroy', 'rollback-1']).status, 0);
    const common = '--non-interactive --color never --diff';
    assert.deepEqual(
      read('calls')
        .trim()
        .split('\n')
        .map((call) => call.replace(/ --event-log \S+$/, '')),
      [
        `true preview --stack prod ${common} --policy-pack policy`,
        `true preview --stack prod ${common} --refresh --expect-no-changes`,
        `true up --stack prod ${common} --yes --policy-pack policy`,
        `true destroy --stack rollback-1 ${common} --yes`,
      ],
    );
  });

  it('show the log, write the report to the summary and to the output, and end as Pulumi does', () => {
    pulumi(0, 'what Pulumi says', eventLog(stepEvent('create', 'Eip', 'mcu')));
    const files = { GITHUB_STEP_SUMMARY: join(folder(), 'summary'), GITHUB_OUTPUT: join(folder(), 'output') };
    const origin = {
      GITHUB_SERVER_URL: 'https://github.example',
      GITHUB_REPOSITORY: 'council/council',
      GITHUB_RUN_ID: '7',
      GITHUB_SHA: '0123456789abcdef',
    };
    assert.deepEqual(run('pulumi-report.sh', ['preview', 'prod'], { ...files, ...origin }), {
      status: 0,
      stdout: 'what Pulumi says\n',
      stderr: '',
    });
    const report = read('summary');
    assert(
      report.startsWith('<!-- guardian-council preview: prod -->\n### prod: 1 to create\n\nCommit 0123456789ab, '),
    );
    assert(report.includes('[the whole log](https://github.example/council/council/actions/runs/7)'), report);
    const [, end = '', output] = /^report<<(end-[0-9a-f-]{36})\n(.*)\1\n$/s.exec(read('output')) ?? [];
    assert.equal(output, report);
    assert(!report.includes(end));
  });

  it('report a run that failed, also before it had anything to tell, and still fail', () => {
    const summary = { GITHUB_STEP_SUMMARY: join(folder(), 'summary') };
    pulumi(255, 'error: no stack named prod found');
    assert.equal(run('pulumi-report.sh', ['preview', 'prod'], summary).status, 255);
    assert(read('summary').includes('### prod: the preview failed (no changes)\n'));
    assert(read('summary').includes('Pulumi ended with 255:\n\n```text\nerror: no stack named prod found\n```\n'));

    writeFileSync(join(folder(), 'events'), eventLog(errorEvent('AddressLimitExceeded')));
    assert.equal(run('pulumi-report.sh', ['up', 'prod'], summary).status, 255);
    assert(read('summary').includes('### prod: up failed; done before that: nothing\n'));
    assert(read('summary').includes('\n- AddressLimitExceeded\n'));
  });
});
