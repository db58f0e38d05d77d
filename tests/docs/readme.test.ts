import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { settingsMarkdown } from '../../runtime/config/index.ts';

const readme = readFileSync(new URL('../../README.md', import.meta.url), 'utf8');
const main = readFileSync(new URL('../../runtime/cli/main.ts', import.meta.url), 'utf8');

describe('the README', () => {
  it('has the configuration table that the settings give', () => {
    const table = readme.split('<!-- settings:begin -->\n')[1]?.split('<!-- settings:end -->')[0];
    assert.equal(table, settingsMarkdown());
  });

  it('names every command, and none that is not there', () => {
    const named = new Set([...readme.matchAll(/npx council ([a-z]+)/g)].map((match) => match[1]));
    const built = new Set([...main.matchAll(/(?:sub|\.command)\('([a-z]+)'/g)].map((match) => match[1]));
    built.delete('check'); // of `registry`
    assert.deepEqual([...named].sort(), [...built].sort());
  });
});
