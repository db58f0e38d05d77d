import assert from 'node:assert/strict';
import { mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { makeFolder } from '../../runtime/adapters/folder.ts';
import { KeyFileError, loadKeyPair } from '../../runtime/adapters/key-files.ts';
import { replaceFile } from '../../runtime/adapters/replace-file.ts';
import { keyPairFromSeed } from '../../runtime/config/index.ts';
import { mountTmpfs } from '../support/tmpfs.ts';
import { temporaryFolder } from './temporary-folder.ts';

describe('makeFolder', () => {
  const folder = temporaryFolder();
  const code = (code: string) => (error: unknown) => error instanceof Error && 'code' in error && error.code === code;

  it('says that a file is in the way', () => {
    writeFileSync(join(folder(), 'file'), '');
    assert.throws(() => makeFolder(join(folder(), 'file'), 0o700), code('EEXIST'));
    assert.throws(() => makeFolder(join(folder(), 'file/a/b'), 0o700), code('ENOTDIR'));
  });

  it('says that a file system is read-only, which Node by itself calls a missing folder', function () {
    const disk = mountTmpfs(this, 'ro');
    try {
      for (const path of ['a', 'a/b/c']) assert.throws(() => makeFolder(join(disk.path, path), 0o700), code('EROFS'));
    } finally {
      disk.remove();
    }
  });

  it('makes a folder and its parents with the mode asked for, and leaves those that are there', () => {
    makeFolder(join(folder(), 'a/b'), 0o750);
    for (const path of ['a', 'a/b']) assert.equal(statSync(join(folder(), path)).mode & 0o777, 0o750);
    makeFolder(join(folder(), 'a/b'), 0o700);
    assert.equal(statSync(join(folder(), 'a/b')).mode & 0o777, 0o750);
  });
});

describe('replaceFile', () => {
  const folder = temporaryFolder();

  it('leaves the file of before, and nothing else, where it fails', () => {
    const path = join(folder(), 'file');
    mkdirSync(path);
    assert.throws(() => replaceFile(path, 'new', 0o640));
    assert.deepEqual(readdirSync(folder()), ['file']);
    assert.throws(() => replaceFile(join(folder(), 'nowhere/file'), 'new', 0o640));
  });

  it('replaces a longer file and makes one that is missing', () => {
    const path = join(folder(), 'file');
    for (const text of ['long, very long', 'short']) {
      replaceFile(path, text, 0o640);
      assert.deepEqual([readFileSync(path, 'utf8'), statSync(path).mode & 0o777], [text, 0o640]);
    }
    assert.deepEqual(readdirSync(folder()), ['file']);
  });
});

describe('loadKeyPair', () => {
  const folder = temporaryFolder();

  it('makes no key where there is none, and takes none that others can read', () => {
    const path = join(folder(), 'gk.key');
    const isFault = (code: string) => (error: unknown) => error instanceof KeyFileError && error.code === code;
    assert.throws(() => loadKeyPair(path), isFault('IO'));
    assert.deepEqual(readdirSync(folder()), []);
    writeFileSync(path, `${'5e'.repeat(32)}\n`, { mode: 0o644 });
    assert.throws(() => loadKeyPair(path), isFault('NOT_PRIVATE'));
    rmSync(path);
    writeFileSync(path, `${'5e'.repeat(32)}\n`, { mode: 0o600 });
    assert.deepEqual(loadKeyPair(path), keyPairFromSeed(new Uint8Array(32).fill(0x5e)));
    assert.deepEqual(readdirSync(folder()), ['gk.key'], 'nothing is written beside it');
  });
});
