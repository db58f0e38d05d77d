import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { appendFileSync, chmodSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { WitnessWriteError } from '../../runtime/adapters/witness-error.ts';
import { WitnessFile } from '../../runtime/adapters/witness-file.ts';
import { epochMilliseconds } from '../../runtime/units.ts';
import { witnessFormat, witnessLine } from '../../runtime/witness/index.ts';
import { skipLoudly } from '../support/skip.ts';
import { temporaryFolder } from './temporary-folder.ts';

const NOON = epochMilliseconds(Date.UTC(2026, 10, 21, 12));
const line = (seq: number): string => witnessLine({ ts: NOON, msg_type: 'ARQ', seq });
const open = (root: string): WitnessFile => new WitnessFile({ root, format: witnessFormat('ras'), now: NOON });
const fileIn = (root: string): string => join(root, 'h323_witness/h323_ras_20261121.jsonl');
const isRoot = process.geteuid?.() === 0;

describe('the witness log on a real disk', () => {
  const folder = temporaryFolder();

  it('makes its folders and files for owner and group alone', () => {
    const root = join(folder(), 'a/b');
    const witness = open(root);
    witness.append(line(1) + line(2), NOON);
    witness.close();
    assert.equal(readFileSync(fileIn(root), 'utf8'), line(1) + line(2));
    const mode = (path: string): number => statSync(path).mode & 0o777;
    const umask = process.umask();
    assert.equal(mode(fileIn(root)), 0o640 & ~umask);
    assert.equal(mode(join(root, 'h323_witness')), 0o750 & ~umask);
  });

  it('mends a torn line and goes on', () => {
    open(folder()).append(line(1), NOON);
    appendFileSync(fileIn(folder()), line(2).slice(0, 30));
    open(folder()).append(line(3), NOON);
    const lines = readFileSync(fileIn(folder()), 'utf8').trimEnd().split('\n');
    assert.equal(lines.length, 3);
    assert.deepEqual(JSON.parse(lines[1] ?? ''), {
      ts: '2026-11-21T12:00:00.000Z',
      msg_type: 'WITNESS_RECOVERED',
      torn_octets: 30,
      torn: line(2).slice(0, 30),
    });
  });

  it('refuses a path with a file in it, by name', () => {
    writeFileSync(join(folder(), 'logs'), '');
    const path = fileIn(join(folder(), 'logs'));
    assert.throws(() => open(join(folder(), 'logs')), {
      name: 'WitnessWriteError',
      code: 'ENOTDIR',
      path,
      message: `${path}: cannot open the log: a part of the path is a file, not a folder (ENOTDIR)`,
    });
  });

  it('refuses a file where its folder should be, and a folder where its file should be', () => {
    writeFileSync(join(folder(), 'h323_witness'), '');
    assert.throws(() => open(folder()), { code: 'EEXIST', message: /a file of that name is in the way \(EEXIST\)$/ });
    rmSync(join(folder(), 'h323_witness'));
    mkdirSync(fileIn(folder()), { recursive: true });
    assert.throws(() => open(folder()), { code: 'EISDIR', message: /it is a folder \(EISDIR\)$/ });
  });

  it('refuses a folder that it may not write to', () => {
    // Root may write anywhere, so it acts as nobody for one call.
    chmodSync(folder(), 0o555);
    if (isRoot) process.seteuid?.(65534);
    try {
      assert.throws(() => open(folder()), {
        code: 'EACCES',
        message: /cannot open the log: permission denied \(EACCES\)$/,
      });
    } finally {
      if (isRoot) process.seteuid?.(0);
      chmodSync(folder(), 0o755);
    }
  });

  describe('that is full', () => {
    let mounted = '';

    before(function () {
      if (!isRoot) skipLoudly(this, 'only root can mount a small disk to fill');
    });

    beforeEach(function () {
      try {
        execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=32k', 'tmpfs', folder()], { stdio: 'pipe' });
        mounted = folder();
      } catch (error) {
        skipLoudly(
          this,
          `no small disk can be mounted here (${error instanceof Error ? error.message.trim() : error})`,
        );
      }
    });

    afterEach(() => {
      if (mounted !== '') execFileSync('umount', ['--lazy', mounted]);
      mounted = '';
    });

    it('keeps every line, and writes each once when there is room again', () => {
      const ballast = join(folder(), 'ballast');
      const witness = open(folder());
      writeFileSync(ballast, Buffer.alloc(16_384));
      const written: string[] = [];
      const errors: WitnessWriteError[] = [];
      for (let seq = 0; seq < 400; seq += 1) {
        written.push(line(seq));
        try {
          witness.append(line(seq), NOON);
        } catch (error) {
          assert.ok(error instanceof WitnessWriteError);
          errors.push(error);
        }
      }
      assert.ok(errors.length > 0 && errors.every(({ code }) => code === 'ENOSPC'));
      const before = readFileSync(fileIn(folder()), 'utf8');
      assert.equal(written.join('').indexOf(before), 0, 'the file holds a beginning of what was written');
      assert.equal(witness.unwritten, written.join('').length - before.length);
      rmSync(ballast);
      witness.flush();
      assert.equal(readFileSync(fileIn(folder()), 'utf8'), written.join(''));
      witness.close();
    });

    it('refuses to start where not even the file can be made', () => {
      mkdirSync(join(folder(), 'h323_witness'));
      assert.throws(() => {
        for (let index = 0; ; index += 1) writeFileSync(join(folder(), `${index}`), 'x'.repeat(4096));
      }, /ENOSPC/);
      // tmpfs makes an empty file even when it is full; its first line does not fit.
      assert.throws(() => open(folder()).append(line(1), NOON), { name: 'WitnessWriteError', code: 'ENOSPC' });
    });
  });
});
