import assert from 'node:assert/strict';
import { resolveSettings, settingsMarkdown, settingsTable } from '../../runtime/config/index.ts';

describe('settingsTable', () => {
  it('names each setting alike in all sources, and says what it is', () => {
    const port = settingsTable.find(({ name }) => name === 'rasPort');
    assert.deepEqual(port, {
      name: 'rasPort',
      option: '--ras-port',
      variable: 'COUNCIL_RAS_PORT',
      fileKey: 'ras_port',
      default: '1719',
      description: 'UDP port for RAS',
      allowed: 'a port from 0 to 65535 (0: any free one)',
      placeholder: 'PORT',
    });
    for (const row of settingsTable) {
      assert.match(row.option, /^--[a-z]+(-[a-z]+)*$/);
      assert.match(row.variable, /^COUNCIL_[A-Z]+(_[A-Z]+)*$/);
      assert.ok(row.description !== '' && row.allowed !== '' && row.placeholder !== '', row.name);
    }
  });

  it('has no name twice', () => {
    for (const column of ['name', 'option', 'variable', 'fileKey'] as const) {
      assert.equal(new Set(settingsTable.map((row) => row[column])).size, settingsTable.length, column);
    }
  });

  it('has every setting that is resolved, and the defaults that are', () => {
    const { origins, warnings, ...settings } = resolveSettings({});
    const given = settingsTable.filter((row) => row.default !== undefined).map(({ name }) => name);
    assert.deepEqual(Object.keys(settings), given);
    assert.deepEqual([...origins.keys()], given);
    assert.deepEqual(warnings, []);
    for (const { name, default: text } of settingsTable) {
      if (typeof settings[name] !== 'object') assert.equal(settings[name]?.toString(), text);
    }
  });

  it('becomes a table for the README, one row a setting', () => {
    const rows = settingsMarkdown().trimEnd().split('\n');
    assert.equal(rows.length, settingsTable.length + 2);
    assert.ok(rows.every((row) => row.split('|').length === 8));
    assert.equal(
      rows[4],
      '| `--ras-port` | `COUNCIL_RAS_PORT` | `ras_port` | `1719` | UDP port for RAS | a port from 0 to 65535 (0: any free one) |',
    );
  });
});
