import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { temporaryFolder } from '../adapters/temporary-folder.ts';
import { runMain } from '../support/run-main.ts';
import { testKey } from '../support/scripted-gatekeeper.ts';

const [one, next, third] = ['one', 'next', 'third'].map((name) => Buffer.from(testKey(name).publicKey).toString('hex'));

describe('council guardian: the keys of its gatekeeper', () => {
  const folder = temporaryFolder();
  const file = (): string => join(folder(), 'gatekeeper.pub');

  const run = (keyFile: string) => {
    const own = join(folder(), 'own.key');
    writeFileSync(own, `${'5e'.repeat(32)}\n`, { mode: 0o600 });
    return runMain([
      ...['guardian', '--once', '--terminal-id', 'if://guardian/technical', '--key', own],
      ...['--gatekeeper', '127.0.0.1:9', '--gatekeeper-key', keyFile],
    ]);
  };

  for (const [what, text, code, says] of [
    [
      'a key that stands there twice',
      `${one}\n${one}\n`,
      2,
      "gatekeeper 'council-gk-primary' has one public key twice",
    ],
    ['the same key in other letters', `${one}\n${one?.toUpperCase()}\n`, 2, 'has one public key twice'],
    ['more keys than two', `${one}\n${next}\n${third}\n`, 2, 'has 3 public keys, 2 at most'],
    ['a key and something else', `${one}\nnext\n`, 3, 'must hold 64 hex digits a line, and nothing else'],
    ['nothing', '', 3, 'must hold 64 hex digits a line, and nothing else'],
    ['far too much', `${one}\n`.repeat(100), 3, 'must hold 64 hex digits a line, and nothing else'],
  ] as const)
    it(`are refused where the file holds ${what}`, async () => {
      writeFileSync(file(), text);
      const { code: ended, stdout, stderr } = await run(file());
      assert.deepEqual([ended, stdout], [code, ''], stderr);
      assert.ok(stderr.includes(says), stderr);
      assert.ok(!stderr.includes('    at '), 'a stack is nothing for people');
    });

  it('are refused where there is no file', async () => {
    const { code, stderr } = await run(file());
    assert.equal(code, 2);
    assert.ok(stderr.includes(`--gatekeeper-key ${file()}: there is no such file`), stderr);
  });
});
