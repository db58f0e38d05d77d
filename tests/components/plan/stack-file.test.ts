import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseStackFile, readStackFile, stackNames } from '../../../components/plan/stack-file.ts';
import { temporaryFolder } from '../../adapters/temporary-folder.ts';

const parse = (...lines: readonly string[]) => parseStackFile('Pulumi.x.yaml', `${lines.join('\n')}\n`);

const deep = `config:\n  a:b: ${'['.repeat(5000)}${']'.repeat(5000)}\n`;

describe('a stack file', () => {
  const folder = temporaryFolder();

  describe('is refused with the line that is wrong', () => {
    for (const [what, text, message] of [
      ['unreadable YAML', 'config:\n  a:b: "open\n', /^f:3:1: Missing closing "quote$/],
      ['a tab for indentation', 'config:\n\ta:b: 1\n', /^f:2:1: /],
      ['a key twice', 'config:\n  a:b: 1\n  a:b: 2\n', /^f:3:3: Map keys must be unique$/],
      ['two documents', 'config: {}\n---\nconfig: {}\n', /^f:2:1: .*multiple documents/],
      ['a list', '- config\n', /^f:1:1: a stack file must be a map of keys and values$/],
      ['a text', 'config\n', /^f:1:1: a stack file must be a map of keys and values$/],
      ['a configuration that is a list', 'config:\n  - a:b\n', /^f:2:3: config must be a map of keys and values$/],
      ['a misspelt top key', 'confg:\n  a:b: 1\n', /^f:1:1: unknown key confg; known: config, encryptedkey, /],
      ['an environment', 'environment:\n  - shared\n', /^f:1:1: values of environments are not in this file$/],
      ['a key without a namespace', 'config:\n  region: x\n', /^f:2:3: region must be NAMESPACE:KEY$/],
      ['a key of the language', 'config:\n  __proto__: x\n', /^f:2:3: __proto__ must be NAMESPACE:KEY$/],
      ['a key that is no text', 'config:\n  ? [a]\n  : 1\n', /^f:2:5: a key must be a text$/m],
      ['a key without a value', 'config:\n  a:b:\n  a:c: 1\n', /^f:2:3: a:b has no value$/],
      ['an alias', 'config:\n  a:b: &x [1]\n  a:c: [*x]\n', /^f:3:9: aliases are not taken here$/],
      ['an alias of what it is in', 'config:\n  a:b: &x [*x]\n', /^f:2:12: aliases are not taken here$/],
      ['an unknown tag', 'config:\n  a:b: !!js/function x\n', /^f:2:8: Unresolved tag/],
    ] as const)
      it(what, () => assert.throws(() => parseStackFile('f', text), { name: 'StackFileError', message }));

    it('all at once', () => {
      assert.throws(() => parse('config:', '  region: x', '  a:b:', '  c: 1'), {
        message: [
          'Pulumi.x.yaml:2:3: region must be NAMESPACE:KEY',
          'Pulumi.x.yaml:3:3: a:b has no value',
          'Pulumi.x.yaml:4:3: c must be NAMESPACE:KEY',
        ].join('\n'),
      });
    });

    it('brackets without end, and no crash', () =>
      assert.throws(() => parseStackFile('f', deep), {
        name: 'StackFileError',
        message: /^f:2:\d+: Maximum call stack size exceeded/,
      }));
  });

  it('gives values as Pulumi gives them to programs', () => {
    const { config, secretKeys } = parse(
      'secretsprovider: default',
      'config:',
      '  aws:region: eu-central-1',
      '  p:number: 1.10',
      '  p:hex: 0x1F',
      '  p:yes: true',
      '  p:quoted: "a # b"',
      '  p:empty: ""',
      '  p:list: [a, 1, true, [2]]',
      '  p:object: {z: 1, a: null}',
      '  p:text: |',
      '    one',
      '    two',
    );
    assert.deepEqual(config, {
      'aws:region': 'eu-central-1',
      'p:number': '1.10',
      'p:hex': '0x1F',
      'p:yes': 'true',
      'p:quoted': 'a # b',
      'p:empty': '',
      'p:list': '["a",1,true,[2]]',
      'p:object': '{"z":1,"a":null}',
      'p:text': 'one\ntwo\n',
    });
    assert.deepEqual(secretKeys, []);
  });

  it('is taken without a configuration', () => {
    for (const text of ['', '# nothing\n', 'config:\n', 'config: {}\n'])
      assert.deepEqual(parseStackFile('f', text), { config: {}, secretKeys: [] });
  });

  it('has a fixed text for what is encrypted, and names its key as secret', () => {
    const { config, secretKeys } = parse(
      'config:',
      '  p:contact: {secure: AAABAKl7}',
      '  p:plain: x',
      '  p:object: {list: [{secure: v1:abc}], open: y}',
    );
    assert.deepEqual(config, {
      'p:contact': 'encrypted@secret.invalid',
      'p:plain': 'x',
      'p:object': '{"list":["encrypted@secret.invalid"],"open":"y"}',
    });
    assert.deepEqual(secretKeys, ['p:contact', 'p:object']);
  });

  it('that is not there is told of with those that are', () => {
    for (const name of ['Pulumi.yaml', 'Pulumi.b.yaml', 'Pulumi.a-1.yaml', 'Pulumi.a.yaml.bak', 'Pulumi.c.yml'])
      writeFileSync(join(folder(), name), '');
    assert.deepEqual(stackNames(folder()), ['a-1', 'b']);
    assert.throws(() => readStackFile(folder(), 'prod'), {
      message: 'there is no stack prod: Pulumi.prod.yaml is missing; stacks that are there: a-1, b',
    });
  });

  it('is not looked for under a name that is a path, or none at all', () => {
    for (const name of ['', '../x', 'a/b', 'a\\b', 'a\0', 'a b', 'a\n', 'ä', 'x'.repeat(101)])
      assert.throws(() => readStackFile(folder(), name), { name: 'StackFileError', message: /is no stack's name/ });
  });

  it('that cannot be read is told of', () => {
    mkdirSync(join(folder(), 'Pulumi.folder.yaml'));
    writeFileSync(join(folder(), 'Pulumi.octets.yaml'), Buffer.from([0x63, 0xff, 0xfe]));
    assert.throws(() => readStackFile(folder(), 'folder'), { message: 'Pulumi.folder.yaml cannot be read (EISDIR)' });
    assert.throws(() => readStackFile(folder(), 'octets'), { message: 'Pulumi.octets.yaml is not UTF-8 text' });
  });
});
