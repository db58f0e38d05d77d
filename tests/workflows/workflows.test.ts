/** The workflows: judged by GitHub's own language service, by actionlint where it is there, and by this project's rules. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { validate } from '@actions/languageservice';
import { TextDocument } from 'vscode-languageserver-textdocument';
import { parse } from 'yaml';
import { stackNames } from '../../components/plan/stack-file.ts';
import { skipLoudly } from '../support/skip.ts';
import { workflowViolations } from '../support/workflow-rules.ts';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const textOf = (path: string): string => readFileSync(`${ROOT}${path}`, 'utf8');

const WORKFLOWS = readdirSync(`${ROOT}.github/workflows`).map((name) => `.github/workflows/${name}`);
const ACTIONS = readdirSync(`${ROOT}.github/actions`).map((name) => `.github/actions/${name}/action.yml`);

/** Stacks that are planned and brought up by hand alone: of a machine, and of a rollback. */
const BY_HAND = /^(lab|rollback-.*)$/;

const judged = async (path: string, text: string): Promise<readonly string[]> =>
  (await validate(TextDocument.create(`file:///${path}`, 'yaml', 1, text))).map(
    ({ range, message }) => `${path}:${range.start.line + 1}: ${message}`,
  );

/** An expression of workflows, `nothing.x` in its braces. */
const expression = (inner: string): string => `\${{ ${inner} }}`;

const workflow = (...lines: readonly string[]): string =>
  [
    'on: push',
    'permissions: {}',
    'jobs:',
    '  a:',
    '    runs-on: ubuntu-24.04',
    '    timeout-minutes: 5',
    ...lines,
  ].join('\n');

describe('the workflows', function () {
  this.timeout(60_000);

  it('are refused by GitHub’s language service where they are wrong, and these are not', async () => {
    const wrong = workflow('    needs: nobody', '    steps:', `      - run: echo ${expression('nothing.x')}`);
    assert.deepEqual((await judged('.github/workflows/x.yml', wrong)).slice(0, 2), [
      ".github/workflows/x.yml:7: Value 'nobody' is not valid",
      ".github/workflows/x.yml:9: Unrecognized named-value: 'nothing'",
    ]);
    for (const path of [...WORKFLOWS, ...ACTIONS]) assert.deepEqual(await judged(path, textOf(path)), []);
  });

  it('are accepted by actionlint', function () {
    const { status, stdout, error } = spawnSync('actionlint', ['-no-color', ...WORKFLOWS], {
      cwd: ROOT,
      encoding: 'utf8',
    });
    if (error !== undefined)
      skipLoudly(this, 'actionlint is not installed (go install github.com/rhysd/actionlint/cmd/actionlint@v1.7.12)');
    assert.deepEqual([status, stdout], [0, '']);
  });

  it('keep the rules: pinned actions, few rights, no secrets, nothing that strangers could start', () => {
    assert.deepEqual(
      [...WORKFLOWS, ...ACTIONS].flatMap((path) => workflowViolations(path, textOf(path))),
      [],
    );
  });

  it('are found out where they break a rule', () => {
    const pinned = `actions/checkout@${'a'.repeat(40)} # v1.2.3`;
    for (const [text, says] of [
      [
        workflow('    steps:', '      - uses: actions/setup-node@v6'),
        'actions/setup-node@v6 is not pinned by a commit',
      ],
      [
        workflow('    steps:', `      - uses: x/y@${'a'.repeat(40)}`),
        `x/y@${'a'.repeat(40)} has no comment with its version`,
      ],
      [workflow('    steps:', `      - uses: ${pinned}`), 'a, step 1: leaves the token behind (persist-credentials)'],
      [workflow().replace('push', 'pull_request_target'), 'is triggered by pull_request_target'],
      [workflow().replace('push', '{workflow_run: {}}'), 'is triggered by workflow_run'],
      [workflow().replace('permissions: {}\n', ''), 'has no permissions of its own'],
      [workflow().replace('{}', '{contents: write}'), 'all jobs: may have no contents: write'],
      [workflow('    permissions: {packages: write}'), 'a: may have no packages: write'],
      [workflow('    permissions: {id-token: write, issues: write}'), 'a: may write id-token and issues'],
      [workflow().replace(/ {4}timeout.*/, ''), 'a: has no timeout'],
      [workflow('    secrets: inherit'), 'a: is handed secrets'],
      [
        workflow('    steps:', `      - run: echo ${expression('github.head_ref')}`),
        'a, step 1: an expression in a script can be code; pass it by env',
      ],
      [
        workflow('    steps:', '      - run: |', '          1', '          2', '          3', '          4'),
        'a, step 1: more than 3 lines; make it a script',
      ],
      [
        workflow(
          '    steps:',
          `      - uses: ${pinned.replace('checkout', 'x')}`,
          `        with: {token: "${expression('secrets.PAT')}"}`,
        ),
        'a, step 1: uses a secret; there are none',
      ],
      [
        workflow(
          '    steps:',
          `      - uses: ${pinned.replace('checkout', 'x')}`,
          '        with: {aws-access-key-id: A}',
        ),
        'a, step 1: has a long-lived key',
      ],
    ] as const)
      assert.deepEqual(workflowViolations('x.yml', text), [`x.yml: ${says}`]);
    assert.deepEqual(workflowViolations('x.yml', workflow()), []);
    assert.deepEqual(workflowViolations('x/action.yml', `runs: {steps: [{run: "${expression('inputs.a')}"}]}`), [
      'x/action.yml: step 1: an expression in a script can be code; pass it by env',
    ]);
  });

  it('look at every stack that is there', () => {
    const stacks = stackNames(ROOT)
      .filter((name) => !BY_HAND.test(name))
      .toSorted();
    for (const name of ['preview', 'drift']) {
      const { jobs } = parse(textOf(`.github/workflows/${name}.yml`));
      assert.deepEqual(jobs.stack.strategy.matrix.stack.toSorted(), stacks, name);
    }
    const { jobs } = parse(textOf('.github/workflows/up.yml'));
    assert.deepEqual([jobs.staging.with.stack, jobs.prod.with.stack], ['staging', 'prod']);
    assert.deepEqual([jobs.staging.needs, jobs.prod.needs], ['checks', 'staging']);
  });

  it('give no credentials to pull requests of forks', () => {
    const { jobs } = parse(textOf('.github/workflows/preview.yml'));
    assert.match(jobs.stack.if, /^github\.event\.pull_request\.head\.repo\.full_name == github\.repository && /);
    const open = WORKFLOWS.filter((path) => 'pull_request' in Object(parse(textOf(path)).on));
    assert.deepEqual(open, ['.github/workflows/ci.yml', '.github/workflows/preview.yml']);
    const ci = parse(textOf('.github/workflows/ci.yml'));
    assert.deepEqual(ci.permissions, { contents: 'read' });
    assert.deepEqual(
      Object.values(ci.jobs).flatMap((job) => Object.keys(Object(Object(job).permissions))),
      [],
    );
  });

  it('change no stack twice at once, and end nothing that changes one', () => {
    for (const [path, name] of [
      ['up-stack', 'up'],
      ['rollback-destroy', 'destroy'],
    ] as const) {
      const { jobs } = parse(textOf(`.github/workflows/${path}.yml`));
      assert.deepEqual(jobs[name].concurrency, {
        group: `stack-${expression('inputs.stack')}`,
        'cancel-in-progress': false,
      });
      assert.equal(jobs[name].environment, name === 'up' ? expression('inputs.stack') : 'rollback');
    }
  });

  it('run the Pulumi that the program is written for', () => {
    const { dependencies } = JSON.parse(textOf('package.json'));
    const { runs } = parse(textOf('.github/actions/pulumi/action.yml'));
    const versions = runs.steps.flatMap(
      (step: { with?: Record<string, unknown> }) => step.with?.['pulumi-version'] ?? [],
    );
    assert.deepEqual(versions, [dependencies['@pulumi/pulumi']]);
  });
});
