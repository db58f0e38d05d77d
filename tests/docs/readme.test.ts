/** The README promises nothing that is not there: its table, its commands with their options, its links and scripts. */
import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { main } from '../../runtime/cli/main.ts';
import { resolveSettings, settingsMarkdown } from '../../runtime/config/index.ts';

const ROOT = new URL('../../', import.meta.url);
const readme = readFileSync(new URL('README.md', ROOT), 'utf8');

/** What `council ARGS --help` prints. */
async function helpOf(...args: readonly string[]): Promise<string> {
  let text = '';
  const write = (more: string): void => {
    text += more;
  };
  assert.equal(await main([...args, '--help'], { out: write, err: write, isTerminal: false }), 0, args.join(' '));
  return text;
}

/** The commands that a help text lists, `help` itself aside. */
const listed = (help: string): readonly string[] =>
  [...help.matchAll(/^ {2}([a-z]+) .*$/gm)].flatMap(([, name = '']) => (name === 'help' ? [] : [name]));

/** Every `council …` of the README's shell examples, as its words, continued lines joined and comments cut. */
function examples(): readonly (readonly string[])[] {
  const blocks = [...readme.matchAll(/^```sh\n(.*?)^```$/gms)].map(([, block = '']) => block.replaceAll('\\\n', ' '));
  const lines = blocks.flatMap((block) => block.split('\n')).map((line) => line.replace(/\s#.*$/, ''));
  return lines.flatMap((line) => {
    const [, words] = /^npx council (.+)$/.exec(line) ?? [];
    return words === undefined ? [] : [words.trim().split(/\s+/)];
  });
}

describe('the README', () => {
  it('has the configuration table that the settings give', () => {
    const table = readme.split('<!-- settings:begin -->\n')[1]?.split('<!-- settings:end -->')[0];
    assert.equal(table, settingsMarkdown());
  });

  it('has a section for every command, and none for others', async () => {
    const commands = listed(await helpOf());
    const inner = listed(await helpOf('registry')).map((name) => `registry ${name}`);
    const expected = [...commands.filter((name) => name !== 'registry'), ...inner];
    const sections = [...readme.matchAll(/^### `council ([a-z ]+)`$/gm)].map(([, name]) => name);
    assert.deepEqual(sections.toSorted(), expected.toSorted());
  });

  it('names commands that are there, wherever it names one', async () => {
    const commands = listed(await helpOf());
    const named = [...readme.matchAll(/(?:[`"]|npx )council ([a-z]+)|council\.mjs ([a-z]+)/g)].map(
      ([, a, b]) => a ?? b ?? '',
    );
    assert.deepEqual(
      named.filter((name) => !commands.includes(name)),
      [],
    );
    assert.ok(named.length >= commands.length);
  });

  it('shows an example of every command, with options that it has', async () => {
    const shown = new Set<string>();
    for (const words of examples()) {
      const command = words.slice(0, /^(registry|ha|release|secrets)$/.test(words[0] ?? '') ? 2 : 1);
      shown.add(/^(ha|release|secrets)$/.test(words[0] ?? '') ? (words[0] ?? '') : command.join(' '));
      const help = await helpOf(...command);
      for (const option of words.filter((word) => word.startsWith('--')))
        assert.match(help, new RegExp(`^  ${option} `, 'm'), words.join(' '));
    }
    const all = [
      'gatekeeper',
      'guardian',
      'ha',
      'keygen',
      'plan',
      'registry check',
      'release',
      'remote',
      'rollback',
      'runbook',
      'secrets',
      'up',
    ];
    assert.deepEqual([...shown].sort(), all);
  });

  it('tells the exit codes that the help tells', async () => {
    const codes = [...readme.matchAll(/^\| (\d) \| /gm)].map(([, code]) => code);
    const help = await helpOf();
    assert.deepEqual(
      codes,
      [...(/Exit codes:(.*)$/s.exec(help)?.[1] ?? '').matchAll(/(?:^|[\s;])(\d) /g)].map(([, code]) => code),
    );
    assert.equal(codes.length, 4);
  });

  it('shows a configuration file that is taken', () => {
    const text = [...readme.matchAll(/^```yaml\n(.*?)^```$/gms)].map(([, block = '']) => block)[0] ?? '';
    assert.equal(resolveSettings({ file: { name: 'README.md', text } }).alternates.length, 1);
  });

  it('links to files and headings that are there', () => {
    const headings = [...readme.matchAll(/^#+ (.*)$/gm)].map(([, text = '']) =>
      text
        .toLowerCase()
        .replaceAll(/[^a-z0-9 -]/g, '')
        .replaceAll(' ', '-'),
    );
    for (const [, target = ''] of readme.matchAll(/\]\(([^)]+)\)/g))
      if (target.startsWith('#')) assert.ok(headings.includes(target.slice(1)), target);
      else assert.ok(existsSync(new URL(target, ROOT)), target);
  });
});
