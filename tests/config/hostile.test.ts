import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { parseRegistry, RegistryError, resolveSettings, SettingsError } from '../../runtime/config/index.ts';

const REGISTRY = readFileSync(join(import.meta.dirname, '../../config/guardian-registry.yaml'), 'utf8');
const SETTINGS = `host: 127.0.0.1
ras_port: 1719 # UDP
alternates:
  - host: 192.0.2.2
    ras_port: 1719
    gatekeeper_id: "council-gk-secondary"
    priority: 1
`;
const SEED = 20261121;

/** The text with a few of its parts cut out, repeated, or replaced by what YAML gives a meaning to. */
const mutated = (text: string): fc.Arbitrary<string> => {
  const spice = [
    '[',
    ']',
    '{',
    '}',
    '- ',
    ': ',
    '? ',
    '&a ',
    '*a',
    '!!x ',
    '"',
    "'",
    '|',
    '>',
    '#',
    '\n',
    '\t',
    '---\n',
    '%',
  ];
  const more = [
    '\0',
    '\u2028',
    '\ud800',
    '\ufeff',
    '<<: ',
    '~',
    '\r',
    '  ',
    '...\n',
    '@',
    '`',
    ',',
    '0x',
    '-1',
    '1e999',
  ];
  const edit = fc.record({
    at: fc.nat(text.length),
    cut: fc.nat(40),
    put: fc.oneof(fc.constantFrom(...spice, ...more), fc.string({ unit: 'binary', maxLength: 8 })),
    times: fc.constantFrom(1, 1, 1, 2, 50),
  });
  return fc.array(edit, { minLength: 1, maxLength: 4 }).map((edits) => {
    let result = text;
    for (const { at, cut, put, times } of edits)
      result = result.slice(0, at) + put.repeat(times) + result.slice(at + cut);
    return result;
  });
};

const randomText = fc.string({ unit: 'binary', maxLength: 200 });

describe('hostile configuration', () => {
  it('of a registry gives a registry or a RegistryError whose problems have places, and nothing else', () => {
    let refused = 0;
    fc.assert(
      fc.property(fc.oneof({ weight: 4, arbitrary: mutated(REGISTRY) }, randomText), (text) => {
        try {
          assert.match(parseRegistry(text, 'r.yaml').revision, /^[0-9a-f]{16}$/);
        } catch (error) {
          assert.ok(error instanceof RegistryError, String(error));
          const lines = text.split('\n').length;
          assert.ok(error.problems.length > 0);
          assert.ok(error.problems.every(({ line, column }) => line >= 1 && line <= lines && column >= 1));
          refused += 1;
        }
      }),
      { seed: SEED, numRuns: 300 },
    );
    assert.ok(refused > 100, `${refused} of 300 were refused, seed ${SEED}`);
  });

  it('of the service gives settings or a SettingsError, and never the lab policy', () => {
    fc.assert(
      fc.property(
        fc.oneof(mutated(SETTINGS), mutated(`policy: open-lab\n${SETTINGS}`), randomText),
        randomText,
        (text, value) => {
          try {
            const environment = { COUNCIL_ALTERNATES: value, COUNCIL_POLICY: value.slice(0, 8) };
            assert.equal(resolveSettings({ environment, file: { name: 'c.yaml', text } }).policy, 'signed');
          } catch (error) {
            assert.ok(error instanceof SettingsError, String(error));
            assert.ok(error.problems.length > 0);
          }
        },
      ),
      { seed: SEED, numRuns: 500 },
    );
  });
});
