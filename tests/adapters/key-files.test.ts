import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { KeyFileError, loadOrCreateKeyPair } from '../../runtime/adapters/key-files.ts';
import { keyPairFromSeed } from '../../runtime/config/index.ts';
import { temporaryFolder } from './temporary-folder.ts';

const SEED = new Uint8Array(32).fill(0x5e);
const SEED_HEX = '5e'.repeat(32);
const give = (size: number): Uint8Array => new Uint8Array(size).fill(0x5e);
const never = (): Uint8Array => assert.fail('no random octets are needed');

describe('loadOrCreateKeyPair', () => {
  const folder = temporaryFolder();
  const keyPath = (): string => join(folder(), 'gk.key');
  const publicPath = (): string => join(folder(), 'gk.pub');
  const mode = (path: string): number => statSync(path).mode & 0o777;

  /** What loading throws; it never tells any of the key. */
  function failure(): KeyFileError {
    try {
      loadOrCreateKeyPair(folder(), 'gk', never);
    } catch (error) {
      assert.ok(error instanceof KeyFileError, String(error));
      assert.ok(!`${error.message}${error.stack}`.includes(SEED_HEX.slice(0, 8)));
      return error;
    }
    assert.fail('nothing was thrown');
  }

  function writeKey(text: string, permissions = 0o600): void {
    writeFileSync(keyPath(), text);
    chmodSync(keyPath(), permissions);
  }

  for (const permissions of [0o640, 0o604, 0o620, 0o602, 0o610, 0o644, 0o777]) {
    it(`refuses a key of mode ${permissions.toString(8)} and tells what to run`, () => {
      writeKey(`${SEED_HEX}\n`, permissions);
      const error = failure();
      assert.equal(error.code, 'NOT_PRIVATE');
      assert.equal(
        error.message,
        `${keyPath()}: mode 0${permissions.toString(8)} lets others read or change it; run: chmod 600 '${keyPath()}'`,
      );
      execFileSync('sh', ['-c', error.message.slice(error.message.indexOf('chmod'))]);
      assert.deepEqual(loadOrCreateKeyPair(folder(), 'gk', give), keyPairFromSeed(SEED));
    });
  }

  it('refuses a symbolic link, even to a good key, and to nothing', () => {
    writeFileSync(join(folder(), 'other'), `${SEED_HEX}\n`, { mode: 0o600 });
    for (const target of ['other', 'nothing']) {
      symlinkSync(target, keyPath());
      const error = failure();
      assert.equal(error.code, 'SYMLINK');
      assert.equal(error.message, `${keyPath()}: is a symbolic link; use the file itself`);
      rmSync(keyPath());
    }
  });

  it('refuses what is no file', () => {
    mkdirSync(keyPath());
    assert.equal(failure().message, `${keyPath()}: is not a regular file`);
    rmSync(keyPath(), { recursive: true });
    execFileSync('mkfifo', ['-m', '600', keyPath()]);
    assert.equal(failure().code, 'NOT_A_FILE');
  });

  for (const [what, text] of [
    ['is empty', ''],
    ['has 31 octets', `${SEED_HEX.slice(2)}\n`],
    ['has 33 octets', `${SEED_HEX}5e\n`],
    ['holds raw octets', '\x5e'.repeat(32)],
    ['is in PEM', '-----BEGIN PRIVATE KEY-----\n'],
    ['is very long', SEED_HEX.repeat(100_000)],
  ] as const) {
    it(`refuses a key that ${what}`, () => {
      writeKey(text);
      const error = failure();
      assert.equal(error.code, 'MALFORMED');
      assert.equal(error.message, `${keyPath()}: must hold 64 hex digits and a newline`);
      assert.equal(readFileSync(keyPath(), 'latin1'), text, 'and leaves it as it is');
    });
  }

  it('refuses a public key of another private key', () => {
    writeKey(`${SEED_HEX}\n`);
    writeFileSync(publicPath(), `${'00'.repeat(32)}\n`);
    const error = failure();
    assert.equal(error.code, 'MISMATCH');
    assert.equal(error.message, `${publicPath()}: is not the public key of ${keyPath()}; remove the one that is wrong`);
  });

  it('refuses a folder that is a file', () => {
    const path = join(folder(), 'file');
    writeFileSync(path, '');
    assert.throws(() => loadOrCreateKeyPair(path, 'gk', give), {
      name: 'KeyFileError',
      code: 'IO',
      message: `${join(path, 'gk.key')}: cannot read: a part of the path is a file, not a folder (ENOTDIR)`,
    });
  });

  it('makes a pair once and reads it from then on', () => {
    const dir = join(folder(), 'a/keys');
    const made = loadOrCreateKeyPair(dir, 'gk', give);
    assert.deepEqual(made, keyPairFromSeed(SEED));
    assert.deepEqual(readdirSync(dir).sort(), ['gk.key', 'gk.pub']);
    assert.equal(readFileSync(join(dir, 'gk.key'), 'utf8'), `${SEED_HEX}\n`);
    assert.equal(readFileSync(join(dir, 'gk.pub'), 'utf8'), `${Buffer.from(made.publicKey).toString('hex')}\n`);
    assert.deepEqual(loadOrCreateKeyPair(dir, 'gk', never), made);
  });

  it('lets nobody else read the private key, whatever the umask', () => {
    const before = process.umask(0);
    try {
      loadOrCreateKeyPair(join(folder(), 'keys'), 'gk', give);
    } finally {
      process.umask(before);
    }
    assert.equal(mode(join(folder(), 'keys')), 0o700);
    assert.equal(mode(join(folder(), 'keys/gk.key')), 0o600);
    assert.equal(mode(join(folder(), 'keys/gk.pub')), 0o644);
  });

  it('writes a public key that is missing again', () => {
    const made = loadOrCreateKeyPair(folder(), 'gk', give);
    rmSync(publicPath());
    assert.deepEqual(loadOrCreateKeyPair(folder(), 'gk', give), made);
    assert.equal(readFileSync(publicPath(), 'utf8'), `${Buffer.from(made.publicKey).toString('hex')}\n`);
  });

  it('takes the key of another process that was first', () => {
    const theirs = new Uint8Array(32).fill(0x77);
    let asked = 0;
    const pair = loadOrCreateKeyPair(folder(), 'gk', (size) => {
      asked += 1;
      if (asked === 1) writeKey(`${'77'.repeat(32)}\n`); // between our look and our writing
      return give(size);
    });
    assert.deepEqual(pair, keyPairFromSeed(theirs));
    assert.deepEqual(readdirSync(folder()).sort(), ['gk.key', 'gk.pub'], 'and leaves no draft behind');
  });

  it('gives the same pair to many processes that start at once', () => {
    const program = `
      import { randomBytes } from 'node:crypto';
      import { loadOrCreateKeyPair } from '${new URL('../../runtime/adapters/key-files.ts', import.meta.url)}';
      const pair = loadOrCreateKeyPair(process.argv[1], 'gk', randomBytes);
      console.log(Buffer.from(pair.publicKey).toString('hex'));
    `;
    const script = join(folder(), 'run.mts');
    writeFileSync(script, program.replace('process.argv[1]', JSON.stringify(join(folder(), 'keys'))));
    const command = `for i in 1 2 3 4; do "$0" --import tsx "$1" & done; wait`;
    const root = join(import.meta.dirname, '../..');
    const output = execFileSync('sh', ['-c', command, process.execPath, script], { cwd: root, encoding: 'utf8' });
    const keys = output.trim().split('\n');
    assert.equal(keys.length, 4);
    assert.equal(new Set(keys).size, 1);
  });
});
