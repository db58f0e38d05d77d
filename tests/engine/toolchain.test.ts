import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fits } from './toolchain/find.ts';
import { cacheFolder, PINS, PULUMI_VERSION } from './toolchain/pins.ts';

const PACKAGE = join(import.meta.dirname, '../../package.json');

describe("the toolchain's pins", () => {
  it('are the release of Pulumi that the program is written for', () => {
    const manifest = JSON.parse(readFileSync(PACKAGE, 'utf8'));
    assert.equal(manifest.dependencies['@pulumi/pulumi'], PULUMI_VERSION);
    const required = readFileSync(join(PINS[0]?.folder ?? '', 'go.mod'), 'utf8');
    assert.match(required, new RegExp(`^require github.com/pulumi/pulumi/pkg/v3 v${PULUMI_VERSION}$`, 'm'));
  });

  it('say what every module must be', () => {
    for (const { folder } of PINS) {
      const modules = readFileSync(join(folder, 'go.mod'), 'utf8').replace(
        /^replace (\S+) => (.*)$/gm,
        'require $2 // $1',
      );
      const replaced = [...modules.matchAll(/ \/\/ (\S+\.\S+)$/gm)].map(([, module]) => module);
      const versions = [...modules.matchAll(/^(?:require |\t)(\S+) (v\S+)/gm)];
      const sums = new Set(
        readFileSync(join(folder, 'go.sum'), 'utf8')
          .split('\n')
          .map((line) => line.split(' h1:')[0]),
      );
      const unsure = versions.filter(
        ([, module, version]) => !replaced.includes(module) && !sums.has(`${module} ${version}/go.mod`),
      );
      assert.deepEqual(
        unsure.map(([line]) => line),
        [],
      );
      assert.ok(versions.length > 30, `${folder} was read`);
    }
  });

  it('make another folder where another cache is set', () => {
    const before = process.env['XDG_CACHE_HOME'];
    process.env['XDG_CACHE_HOME'] = '/elsewhere';
    try {
      assert.match(cacheFolder(), /^\/elsewhere\/guardian-council\/toolchain\/[0-9a-f]{16}$/);
      assert.equal(existsSync('/elsewhere'), false);
    } finally {
      if (before === undefined) delete process.env['XDG_CACHE_HOME'];
      else process.env['XDG_CACHE_HOME'] = before;
    }
  });

  for (const [version, expected] of [
    ['v3.248.0', true],
    ['3.248.7', true],
    ['v3.301.0-alpha.1', true],
    ['v3.247.9', false],
    ['v4.0.0', false],
    ['v2.300.0', false],
    ['v3', false],
    ['', false],
  ] as const)
    it(`${expected ? 'take' : 'refuse'} an installed Pulumi ${version || 'that says no version'}`, () =>
      assert.equal(fits(version), expected));
});
