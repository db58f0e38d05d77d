import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync, statSync, unlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import nacl from 'tweetnacl';
import { temporaryFolder } from '../adapters/temporary-folder.ts';
import { council } from '../support/council-process.ts';
import { runMain } from '../support/run-main.ts';

const TERMINAL = 'if://guardian/technical';

describe('council keygen', function () {
  this.timeout(60_000);
  const folder = temporaryFolder();

  it('refuses names that no terminal can have', async () => {
    const names = ['', 'two words', 'Ümlaut', 'x'.repeat(129)];
    for (const name of names) {
      const { code, stderr } = await runMain(['keygen', name, '--out', folder()]);
      assert.equal(code, 2);
      assert.match(stderr, /^council: '.*' cannot name a terminal: 1 to 128 printable ASCII characters, no spaces\n$/);
    }
    assert.deepEqual(readdirSync(folder()), []);
  });

  it('makes a key pair: the private half for its owner alone, the public one in words and as JSON', async () => {
    const out = join(folder(), 'keys');
    const { code, stdout } = await council(['keygen', TERMINAL, '--out', out, '--json']);
    assert.equal(code, 0);
    const [privateFile, publicFile] = [join(out, 'guardian_technical.key'), join(out, 'guardian_technical.pub')];
    const seed = Buffer.from(readFileSync(privateFile, 'utf8').trim(), 'hex');
    const hex = Buffer.from(nacl.sign.keyPair.fromSeed(seed).publicKey).toString('hex');
    assert.deepEqual(JSON.parse(stdout), {
      id: TERMINAL,
      publicKeyHex: hex,
      privateKeyFile: privateFile,
      publicKeyFile: publicFile,
    });
    assert.equal(readFileSync(publicFile, 'utf8'), `${hex}\n`);
    assert.deepEqual(
      [out, privateFile, publicFile].map((path) => statSync(path).mode & 0o777),
      [0o700, 0o600, 0o644],
    );
    assert(!stdout.includes(seed.toString('hex')));

    const words = await runMain(['keygen', 'council-gk-secondary', '--out', out]);
    assert.equal(words.code, 0);
    const published = readFileSync(join(out, 'id.council-gk-secondary.pub'), 'utf8').trim();
    assert.match(words.stdout, new RegExp(`public_key_hex: "${published}"`));
    assert(!words.stdout.includes(readFileSync(join(out, 'id.council-gk-secondary.key'), 'utf8').trim()));
  });

  it('never overwrites a key, and makes none beside a public half that would not fit it', async () => {
    const privateFile = join(folder(), 'guardian_technical.key');
    writeFileSync(privateFile, 'mine\n');
    const again = await runMain(['keygen', TERMINAL, '--out', folder()]);
    assert.equal(again.code, 2);
    assert.match(again.stderr, /guardian_technical\.key exists; a key is never overwritten/);
    assert.equal(readFileSync(privateFile, 'utf8'), 'mine\n');

    unlinkSync(privateFile);
    writeFileSync(join(folder(), 'guardian_technical.pub'), 'mine too\n');
    const half = await runMain(['keygen', TERMINAL, '--out', folder()]);
    assert.equal(half.code, 2);
    assert.match(half.stderr, /guardian_technical\.pub exists; a key is never overwritten/);
    assert(!existsSync(privateFile), 'a private key whose public half is another');
  });

  it('ends with 3 where it cannot write', async () => {
    writeFileSync(join(folder(), 'file'), '');
    const { code, stderr } = await runMain(['keygen', TERMINAL, '--out', join(folder(), 'file/keys')]);
    assert.equal(code, 3);
    assert.match(stderr, /a part of the path is a file, not a folder \(ENOTDIR\)/);
  });
});
