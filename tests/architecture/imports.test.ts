import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, posix, sep } from 'node:path';
import { violations } from '../support/import-rules.ts';

const ROOT = join(import.meta.dirname, '../..');
const CODE = /\.[cm]?[jt]s$/;

/** Every code file of this repository, by its path from the root. */
function repository(): Map<string, string> {
  const houses = ['runtime', 'components', 'policy', 'lab', 'tests', 'bench'].filter((house) =>
    existsSync(join(ROOT, house)),
  );
  const paths = houses.flatMap((house) =>
    readdirSync(join(ROOT, house), { recursive: true, encoding: 'utf8' }).map((path) => join(house, path)),
  );
  if (existsSync(join(ROOT, 'index.ts'))) paths.push('index.ts');
  const code = paths.filter((path) => CODE.test(path)).sort();
  return new Map(code.map((path) => [path.replaceAll(sep, posix.sep), readFileSync(join(ROOT, path), 'utf8')]));
}

/** What is reported for a tree of these files and of an empty index.ts in each room that they could import. */
function report(files: Record<string, string>): string[] {
  const rooms = ['asn1', 'config', 'h225', 'h235', 'h245', 'q931', 'gatekeeper', 'guardian', 'witness', 'service'];
  const doors = rooms.map((room): [string, string] => [`runtime/${room}/index.ts`, '']);
  const tree = new Map([...doors, ['runtime/units.ts', ''], ['components/network/index.ts', '']]);
  for (const [path, text] of Object.entries(files)) tree.set(path, text);
  return violations(tree);
}

/** What is reported for the lines of one file in the gatekeeper's room. */
const reportLines = (...lines: string[]): string[] => report({ 'runtime/gatekeeper/a.ts': lines.join('\n') });

describe('the house rules', () => {
  it('hold for every file of this repository', () => {
    const files = repository();
    assert.ok(files.has('runtime/units.ts'), 'the tree was read');
    assert.deepEqual(violations(files), []);
  });

  describe('imports point one way', () => {
    it('allows lower rooms, units and the listed neighbours', () => {
      const found = report({
        'runtime/cli/main.ts': "import '../service/index.ts'; import '../adapters/udp.ts';",
        'runtime/adapters/udp.ts': "import '../config/index.ts'; import '../units.ts';",
        'runtime/gatekeeper/a.ts': "import '../config/index.ts'; import '../h225/index.ts'; import '../asn1/index.ts';",
        'runtime/h225/a.ts': "import '../h235/index.ts'; import '../h245/index.ts';",
        'runtime/h245/a.ts': "import '../h235/index.ts';",
      });
      assert.deepEqual(found, []);
    });

    for (const [room, target] of [
      ['asn1', 'h225'],
      ['h235', 'h225'],
      ['h245', 'h225'],
      ['h235', 'h245'],
      ['q931', 'h225'],
      ['config', 'gatekeeper'],
      ['gatekeeper', 'witness'],
      ['gatekeeper', 'guardian'],
      ['guardian', 'gatekeeper'],
      ['witness', 'service'],
      ['adapters', 'gatekeeper'],
      ['gatekeeper', 'adapters'],
      ['service', 'cli'],
    ])
      it(`reports ${room} importing ${target}`, () => {
        const door =
          target === 'cli' || target === 'adapters' ? `runtime/${target}/udp.ts` : `runtime/${target}/index.ts`;
        const found = report({ [door]: '', [`runtime/${room}/a.ts`]: `\nimport { a } from '../../${door}';` });
        assert.deepEqual(found, [`runtime/${room}/a.ts:2: ${room} may not import ${target}`]);
      });

    it('reports units that import a room', () => {
      const found = report({ 'runtime/units.ts': "import './asn1/index.ts';" });
      assert.deepEqual(found, ['runtime/units.ts:1: runtime/units.ts may not import asn1']);
    });

    for (const statement of [
      "import { a } from '../service/index.ts';",
      "import type { A } from '../service/index.ts';",
      "export * from '../service/index.ts';",
      "export { a } from '../service/index.ts';",
      "type A = import('../service/index.ts').A;",
      "import a = require('../service/index.ts');",
    ])
      it(`sees ${statement}`, () =>
        assert.deepEqual(reportLines(statement), ['runtime/gatekeeper/a.ts:1: gatekeeper may not import service']));

    it('sees import() and require() of a name', () => {
      const found = report({
        'runtime/service/a.ts': "await import('../cli/main.ts');\nrequire('../cli/main.ts');",
        'runtime/cli/main.ts': '',
      });
      assert.deepEqual(found, [
        'runtime/service/a.ts:1: service may not import cli',
        'runtime/service/a.ts:2: service may not import cli',
      ]);
    });

    it('reports what it cannot judge: a computed name, an absolute path, a file that is not there', () => {
      const found = report({
        'runtime/service/a.ts': "await import(name);\nimport '/etc/a.ts';\nimport './b.js';\nimport './b';",
        'runtime/service/b.ts': '',
      });
      assert.deepEqual(found, [
        'runtime/service/a.ts:1: imports a name that is computed',
        'runtime/service/a.ts:2: imports the absolute /etc/a.ts',
        'runtime/service/a.ts:3: ./b.js names no file',
        'runtime/service/a.ts:4: ./b names no file',
      ]);
    });

    it('reports a room without a rank and a file outside the rooms', () => {
      assert.deepEqual(report({ 'runtime/attic/a.ts': '', 'runtime/helpers.ts': '' }), [
        'runtime/attic/a.ts: runtime/attic has no rank',
        'runtime/helpers.ts: stands in no room of runtime',
      ]);
    });
  });

  describe('the wall', () => {
    it('reports each crossing between components, runtime and what is not shipped', () => {
      const found = report({
        'components/network/a.ts': "import '../../runtime/config/index.ts';",
        'runtime/config/a.ts': "import '../../components/network/index.ts';",
        'runtime/service/a.ts': "import '@pulumi/aws';\nimport '../../tests/support/b.ts';",
        'tests/support/b.ts': "import '../../runtime/config/a.ts'; import '../../components/network/a.ts';",
        'index.ts': "import './components/network/index.ts';\nimport './runtime/config/index.ts';",
        'lab/hosts/a.ts': "import '../provider/index.ts';\nimport '../../components/network/index.ts';",
        'lab/provider/index.ts': "import '../../runtime/config/index.ts';",
        'components/host/a.ts': "import '../../lab/provider/index.ts';",
      });
      assert.deepEqual(found, [
        'components/network/a.ts:1: components may not import runtime/config/index.ts',
        'runtime/config/a.ts:1: runtime may not import components/network/index.ts',
        'runtime/service/a.ts:1: runtime may not import @pulumi/aws',
        'runtime/service/a.ts:2: runtime may not import tests/support/b.ts',
        'index.ts:2: index.ts may not import runtime/config/index.ts',
        'lab/hosts/a.ts:2: lab may not import components/network/index.ts',
        'lab/provider/index.ts:1: lab may not import runtime/config/index.ts',
        'components/host/a.ts:1: components may not import lab/provider/index.ts',
      ]);
    });
  });

  describe('policies', () => {
    it('take facts of components by their doors, and nothing of runtime, of tests or of the root program', () => {
      const found = report({
        'policy/judge.ts': "import '../components/network/index.ts'; import './policies/index.ts';",
        'policy/policies/index.ts': "import './ports.ts';",
        'policy/policies/ports.ts': "import '../../components/hosts.ts'; import '../../runtime/config/index.ts';",
        'policy/main.ts':
          "import './policies/ports.ts';\nimport '../components/network/port-plan.ts';\nimport '../index.ts';",
        'policy/check.mjs': "import '../components/plan/launch.mjs';",
        'policy/pack.ts': "await import(name);\nimport '../components/plan/launch.mjs';",
        'components/hosts.ts': '',
        'components/network/port-plan.ts': '',
        'components/plan/launch.mjs': '',
        'components/network/a.ts': "import '../../policy/judge.ts';",
        'index.ts': "import './policy/judge.ts';",
      });
      assert.deepEqual(found, [
        'policy/policies/ports.ts:1: policy may not import runtime/config/index.ts',
        'policy/main.ts:1: policy/policies/ports.ts is inside policy/policies, whose door is policy/policies/index.ts',
        'policy/main.ts:2: components/network/port-plan.ts is inside components/network, ' +
          'whose door is components/network/index.ts',
        'policy/main.ts:3: policy may not import index.ts',
        'policy/pack.ts:1: imports a name that is computed',
        'policy/pack.ts:2: components/plan/launch.mjs is inside components/plan, ' +
          'whose door is components/plan/index.ts',
        'components/network/a.ts:1: components may not import policy/judge.ts',
        'index.ts:1: index.ts may not import policy/judge.ts',
      ]);
    });

    it('ask nothing but what they are given: only the command that plans may touch the world', () => {
      const text = "import 'node:fs';\nconst now = Date.now();";
      const found = report({
        ...Object.fromEntries(
          ['policies/a.ts', 'judge.ts', 'main.ts', 'pack.ts'].map((file) => [`policy/${file}`, text]),
        ),
        'policy/policies/b.ts':
          "import { gunzipSync } from 'node:zlib'; import { a } from '../../components/hosts.ts';",
        'components/hosts.ts': '',
      });
      assert.deepEqual(found, [
        'policy/policies/a.ts:1: imports node:fs, in a room without I/O',
        'policy/policies/a.ts:2: uses Date.now, in a room without I/O',
      ]);
    });
  });

  describe('doors', () => {
    it('reports a room entered past its index.ts, in every house', () => {
      const found = report({
        'runtime/h225/ras/signed.ts': '',
        'runtime/gatekeeper/a.ts': "import '../h225/ras/signed.ts';",
        'components/network/port-plan.ts': '',
        'components/host/a.ts': "import '../network/port-plan.ts';",
        'components/stack-config.ts': '',
        'components/host/b.ts': "import '../stack-config.ts'; import '../network/index.ts';",
        'lab/provider/values.ts': '',
        'lab/hosts/a.ts': "import '../provider/values.ts';",
      });
      assert.deepEqual(found, [
        'runtime/gatekeeper/a.ts:1: runtime/h225/ras/signed.ts is inside runtime/h225, whose door is runtime/h225/index.ts',
        'components/host/a.ts:1: components/network/port-plan.ts is inside components/network, ' +
          'whose door is components/network/index.ts',
        'lab/hosts/a.ts:1: lab/provider/values.ts is inside lab/provider, whose door is lab/provider/index.ts',
      ]);
    });

    it('leaves the inside of a room alone', () => {
      assert.deepEqual(
        report({ 'runtime/h225/ras/a.ts': '', 'runtime/h225/index.ts': "export * from './ras/a.ts';" }),
        [],
      );
    });
  });

  describe('rooms without I/O', () => {
    for (const module of [
      'node:net',
      'node:dgram',
      'node:fs',
      'fs/promises',
      'node:http',
      'timers',
      'node:child_process',
    ])
      it(`report ${module}`, () =>
        assert.deepEqual(reportLines(`import { a } from '${module}';`), [
          `runtime/gatekeeper/a.ts:1: imports ${module}, in a room without I/O`,
        ]));

    it('report packages nobody has looked at, and code loaded at run time', () =>
      assert.deepEqual(reportLines("import pino from 'pino';", "await import('zod');"), [
        'runtime/gatekeeper/a.ts:1: imports pino, in a room without I/O',
        'runtime/gatekeeper/a.ts:2: loads code at run time, in a room without I/O',
      ]));

    for (const [statement, used] of [
      ['const a = Date.now();', 'Date.now'],
      ["const a = Date['now']();", 'Date.now'],
      ['const { now } = Date;', 'Date'],
      ['const a = new Date();', 'Date'],
      ['const a = Date();', 'Date'],
      ['const a = performance.now();', 'performance.now'],
      ['const a = Math.random();', 'Math.random'],
      ['const { random } = Math;', 'Math'],
      ['setTimeout(a, 1);', 'setTimeout'],
      ['setInterval(a, 1);', 'setInterval'],
      ['setImmediate(a);', 'setImmediate'],
      ['const port = { setTimeout };', 'setTimeout'],
      ["console.log('a');", 'console.log'],
      ['crypto.randomUUID();', 'crypto.randomUUID'],
      ['process.hrtime.bigint();', 'process.hrtime'],
      ['globalThis.setTimeout(a, 1);', 'globalThis.setTimeout'],
    ])
      it(`report ${statement}`, () =>
        assert.deepEqual(reportLines('let a = 1;', `${statement}`), [
          `runtime/gatekeeper/a.ts:2: uses ${used}, in a room without I/O`,
        ]));

    it('report randomness from node:crypto under any name', () => {
      const found = reportLines(
        "import { createHash, randomBytes as dice } from 'node:crypto';",
        "import * as all from 'node:crypto';",
        "import whole from 'crypto';",
        'all.randomUUID();',
        'const { randomInt } = whole;',
        "export * from 'node:crypto';",
      );
      assert.deepEqual(found, [
        'runtime/gatekeeper/a.ts:1: takes randomBytes from node:crypto, in a room without I/O',
        'runtime/gatekeeper/a.ts:6: takes * from node:crypto, in a room without I/O',
        'runtime/gatekeeper/a.ts:4: uses all.randomUUID, in a room without I/O',
        'runtime/gatekeeper/a.ts:5: uses whole, in a room without I/O',
      ]);
    });

    it('may hash, verify, compute and use the same words as names of their own', () => {
      const found = reportLines(
        "import { createHash, type KeyObject, verify } from 'node:crypto';",
        "import nacl from 'tweetnacl';",
        'interface Port { setTimeout(at: number): void; readonly performance: number }',
        'export const call = (port: Port): void => port.setTimeout(Math.max(1, Date.UTC(2024, 0)));',
        'export function decide(process: Port): unknown { return process.performance; }',
        'export const text = new Date(0).toISOString() + typeof (text instanceof Date);',
        "export const words = 'Date.now() setTimeout console.log'; // Math.random()",
        'export const sign = (key: Uint8Array): Uint8Array => nacl.sign.detached(key, key);',
        'export type Timer = ReturnType<typeof setTimeout>;',
        'export const fields = { console: 1, fetch: 2 };',
      );
      assert.deepEqual(found, []);
    });

    it('do not include adapters, service and cli, nor what is not shipped', () => {
      const text = "import 'node:dgram'; setTimeout(console.log, Date.now());";
      const rooms = ['runtime/adapters', 'runtime/service', 'runtime/cli', 'tests/service', 'components/host'];
      assert.deepEqual(report(Object.fromEntries(rooms.map((room) => [`${room}/a.ts`, text]))), []);
    });
  });

  describe('files', () => {
    it('reports a shipped file of more than 400 lines', () => {
      const lines = (count: number): string => 'export {};\n'.repeat(count);
      const found = report({
        'runtime/h225/long.ts': lines(401),
        'runtime/h225/full.ts': lines(400),
        'components/host/long.ts': lines(500),
        'tests/h225/long.test.ts': lines(500),
      });
      assert.deepEqual(found, [
        'runtime/h225/long.ts: 401 lines, the limit is 400',
        'components/host/long.ts: 500 lines, the limit is 400',
      ]);
    });

    it('reports the any type wherever it stands, and not the word', () => {
      const loose = ['export const any = (', '  a: Map<string,', `  ${'any'}>,`, "): string => 'any';"];
      assert.deepEqual(reportLines(...loose), ['runtime/gatekeeper/a.ts:3: any silences the checker']);
    });

    for (const comment of ['@ts-ignore', '@ts-nocheck', '@ts-expect-error', 'biome-ignore', 'eslint-disable'])
      it(`reports a ${comment} comment, and not the word in a string`, () => {
        const text = `export const a = '${comment}';\n// ${comment}: because\n/* ${comment} */`;
        const found = report({ 'bench/a.ts': text });
        assert.deepEqual(found, [
          `bench/a.ts:2: ${comment} silences the checker`,
          `bench/a.ts:3: ${comment} silences the checker`,
        ]);
      });

    it('lets tests expect a type error', () =>
      assert.deepEqual(report({ 'tests/asn1/types.test.ts': '// @ts-expect-error: a string is no number' }), []));
  });

  describe('cycles', () => {
    it('reports each with its way round', () => {
      const found = report({
        'runtime/h225/c.ts': "import './a.ts';",
        'runtime/h225/b.ts': "import type { C } from './c.ts';",
        'runtime/h225/a.ts': "export * from './b.ts'; import '../asn1/index.ts';",
        'runtime/h225/d.ts': "import './d.ts'; import './a.ts';",
      });
      assert.deepEqual(found, [
        'import cycle: runtime/h225/a.ts -> runtime/h225/b.ts -> runtime/h225/c.ts -> runtime/h225/a.ts',
        'import cycle: runtime/h225/d.ts -> runtime/h225/d.ts',
      ]);
    });

    it('passes a diamond', () => {
      const found = report({
        'runtime/h225/a.ts': "import './b.ts'; import './c.ts';",
        'runtime/h225/b.ts': "import './d.ts';",
        'runtime/h225/c.ts': "import './d.ts';",
        'runtime/h225/d.ts': '',
      });
      assert.deepEqual(found, []);
    });
  });
});
