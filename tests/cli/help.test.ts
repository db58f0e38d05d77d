import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { settingsTable } from '../../runtime/config/index.ts';
import { council } from '../support/council-process.ts';
import { runMain } from '../support/run-main.ts';

const version = /"version": "([^"]+)"/.exec(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'))?.[1];

describe('council on the command line', function () {
  this.timeout(60_000);

  it('refuses what it does not know with exit code 2 and a hint, and starts nothing', async () => {
    const cases = [
      { args: ['nonsense'], says: "unknown command 'nonsense'" },
      { args: ['up', '--nonsense'], says: "unknown option '--nonsense'" },
      { args: ['guardian'], says: "required option '--terminal-id <id>' not specified" },
      { args: ['keygen'], says: "missing required argument 'id'" },
      { args: ['gatekeeper', '--ras-port', 'x'], says: '--ras-port: must be a port from 0 to 65535' },
    ];
    for (const { args, says } of cases) {
      const { code, stdout, stderr } = await runMain(args);
      assert.deepEqual([code, stdout], [2, ''], args.join(' '));
      assert(stderr.includes(says), stderr);
      assert(!stderr.includes('    at '), 'a stack is nothing for people');
    }
    const { code, signal, stdout } = await council(['nonsense']);
    assert.deepEqual([code, signal, stdout], [2, null, ''], 'the process ends as the command does');
  });

  it('tells what every command does, its options, their defaults and the exit codes', async () => {
    const commands = ['', 'up', 'gatekeeper', 'guardian', 'keygen', 'registry', 'registry check'];
    const texts = new Map<string, string>();
    for (const command of commands) {
      const { code, stdout, stderr } = await runMain([...command.split(' ').filter(Boolean), '--help']);
      assert.deepEqual([code, stderr], [0, ''], command);
      texts.set(command, stdout.replaceAll(/\s+/g, ' '));
    }
    for (const [command, text] of texts) assert(text.startsWith(`Usage: council ${command}`.trim()), text);
    const text = (command: string): string => texts.get(command) ?? '';
    for (const command of ['up', 'gatekeeper', 'guardian', 'keygen', 'registry'])
      assert(text('').includes(` ${command} `), `${command} is not listed`);
    assert.match(text(''), /Exit codes: 0 .*; 1 .*; 2 .*; 3 /);
    for (const command of ['up', 'gatekeeper', 'guardian', 'keygen', 'registry check'])
      assert(text(command).includes('--json'), `${command} has no --json`);
    for (const option of ['--once', '--guardians', '--data-dir']) assert(text('up').includes(option), option);
    for (const { option, default: fallback } of settingsTable) {
      assert(text('gatekeeper').includes(`${option} <`), option);
      if (fallback !== undefined && fallback !== '') assert(text('gatekeeper').includes(`(default: ${fallback})`));
    }
    assert.match(text('gatekeeper'), /option counts more than a variable, a variable more than the file/);
  });

  it('tells its release', async () => {
    const { code, stdout } = await council(['--version']);
    assert.deepEqual([code, stdout], [0, `${version}\n`]);
  });
});
