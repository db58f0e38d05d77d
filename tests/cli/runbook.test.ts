import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runMain } from '../support/run-main.ts';
import { stackOutputs } from '../support/stack-outputs.ts';

describe('council runbook', () => {
  let folder = '';
  let file = '';
  before(async () => {
    folder = mkdtempSync(join(tmpdir(), 'council-runbook-'));
    file = join(folder, 'outputs.json');
    writeFileSync(file, await stackOutputs('prod'));
  });
  after(() => rmSync(folder, { recursive: true }));
  const run = (...args: string[]) => runMain(['runbook', '--outputs', file, '--out', join(folder, 'pages'), ...args]);

  it('says what is wrong with what it is given, and writes nothing', async () => {
    const broken = join(folder, 'broken.json');
    writeFileSync(broken, '{"stack":"prod"}');
    const { code, stderr } = await runMain(['runbook', '--outputs', broken, '--out', join(folder, 'none')]);
    assert.equal(code, 2);
    assert.match(stderr, /^council: these are not the outputs of a council's stack:\n {2}environment: /);
    assert.equal(existsSync(join(folder, 'none')), false);
  });

  it('says which file is not there', async () => {
    const { code, stderr } = await runMain(['runbook', '--outputs', join(folder, 'nowhere.json')]);
    assert.equal(code, 3);
    assert.match(stderr, /nowhere\.json/);
  });

  it('writes the pages, and knows when they are out of date', async () => {
    assert.equal((await run('--check')).code, 1);
    const { code, stdout } = await run();
    assert.equal(code, 0);
    assert.match(stdout, /pages: 7 pages, \d+ commands, 7 pages changed\n$/);
    assert.deepEqual(await run('--check'), { code: 0, stdout: 'up to date\n', stderr: '' });
    const readme = join(folder, 'pages', 'README.md');
    assert.match(readFileSync(readme, 'utf8'), /^# Runbook of prod\n/);
    writeFileSync(readme, 'by hand');
    const checked = await run('--check');
    assert.deepEqual([checked.code, checked.stdout.endsWith('pages: README.md\n')], [1, true]);
    assert.equal(readdirSync(join(folder, 'pages')).length, 7);
  });

  it('gives programs every command', async () => {
    const { stdout } = await run('--json');
    const { commands }: { commands: { id: string; shell: string; effect: string }[] } = JSON.parse(stdout);
    const found = commands.find(({ id }) => id === 'ready-gatekeeper-primary');
    assert.match(
      found?.shell ?? '',
      /^npx council remote i-[0-9a-f]+ --region eu-central-1 'curl -sS http:\/\/10\.20\.0\.10:9464\/readyz'$/,
    );
    assert.equal(found?.effect, 'looks');
  });
});
