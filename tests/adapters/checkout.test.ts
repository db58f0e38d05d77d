import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Checkout } from '../../runtime/adapters/checkout.ts';
import { ProgramError } from '../../runtime/adapters/program.ts';
import { skipLoudly } from '../support/skip.ts';

describe('a checkout', () => {
  let folder: string;
  let root: string;
  let out: string;

  function git(...args: readonly string[]): string {
    const who = ['-c', 'user.name=T', '-c', 'user.email=t@example.org', '-c', 'commit.gpgsign=false'];
    const { status, stdout, stderr } = spawnSync('git', [...who, '-C', root, ...args], {
      encoding: 'utf8',
      env: { ...process.env, GIT_COMMITTER_DATE: '2026-11-21T19:00:00+01:00' },
    });
    assert.equal(status, 0, stderr);
    return stdout.trim();
  }

  beforeEach(function () {
    if (spawnSync('git', ['--version']).status !== 0) skipLoudly(this, 'git is not installed (apt-get install git)');
    folder = mkdtempSync(join(tmpdir(), 'council-checkout-'));
    root = join(folder, 'root');
    out = join(folder, 'out');
    mkdirSync(join(root, 'deep'), { recursive: true });
    mkdirSync(out);
    git('init', '--quiet');
    writeFileSync(join(root, 'deep/a.txt'), 'one\ntwo\n');
    writeFileSync(join(root, '.gitignore'), 'ignored\n');
    git('add', '--all');
    git('commit', '--quiet', '--message', 'first');
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  it('tells its commit and when that was made, in UTC, wherever it was made', async () => {
    const { commit, committedAt, changed } = await new Checkout(root).state();
    assert.equal(commit, git('rev-parse', 'HEAD'));
    assert.equal(committedAt, '2026-11-21T18:00:00.000Z');
    assert.deepEqual(changed, []);
  });

  it('tells what differs from the commit: changed, staged, gone and new files, and no ignored one', async () => {
    writeFileSync(join(root, 'ignored'), '');
    writeFileSync(join(root, 'new file'), '');
    rmSync(join(root, 'deep/a.txt'));
    writeFileSync(join(root, '.gitignore'), 'ignored\nmore\n');
    git('add', '.gitignore');
    const { changed } = await new Checkout(root).state();
    assert.deepEqual(changed.toSorted(), ['.gitignore', 'deep/a.txt', 'new file']);
  });

  it('gives the files of the commit, whatever lies about and however this machine ends its lines', async () => {
    git('config', 'core.autocrlf', 'true');
    writeFileSync(join(root, 'deep/a.txt'), 'changed');
    writeFileSync(join(root, 'new'), '');
    await new Checkout(root).exportCommit(out);
    assert.equal(readFileSync(join(out, 'deep/a.txt'), 'utf8'), 'one\ntwo\n');
    assert.equal(existsSync(join(out, 'new')), false);
    assert.equal(git('diff', '--name-only', '--cached'), '', 'its own index is as it was');
  });

  it('gives the files as they are, where that is asked for', async () => {
    writeFileSync(join(root, 'deep/a.txt'), 'changed');
    writeFileSync(join(root, 'new'), 'n');
    writeFileSync(join(root, 'ignored'), '');
    await new Checkout(root).exportFiles(out);
    assert.equal(readFileSync(join(out, 'deep/a.txt'), 'utf8'), 'changed');
    assert.equal(readFileSync(join(out, 'new'), 'utf8'), 'n');
    assert.equal(existsSync(join(out, 'ignored')), false);
  });

  it('is refused where the folder is none, or only a part of one', async () => {
    await assert.rejects(new Checkout(out).state(), ProgramError);
    await assert.rejects(new Checkout(join(root, 'deep')).state(), /is no git checkout of its own/);
  });
});
