import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as aws from '@pulumi/aws';
import { main } from '../../policy/main.ts';
import { temporaryFolder } from '../adapters/temporary-folder.ts';

const TAGS = { Project: 'guardian-council', Stack: 'test', Environment: 'staging' };

/** A volume, encrypted or not, as the stack's file says. */
async function program(): Promise<unknown> {
  const { Config } = await import('@pulumi/pulumi');
  const encrypted = new Config('p').require('encrypted') === 'yes';
  const provider = new aws.Provider('aws', { defaultTags: { tags: TAGS } });
  const data = { availabilityZone: 'a', size: 1, encrypted, tags: { Name: 'data' } };
  return { id: new aws.ebs.Volume('data', data, { provider }).id };
}

describe('npm run policy', () => {
  const folder = temporaryFolder();
  const write = (stack: string, encrypted: string): void =>
    writeFileSync(join(folder(), `Pulumi.${stack}.yaml`), `config:\n  p:encrypted: "${encrypted}"\n`);

  async function run(args: readonly string[], own: () => Promise<unknown> = program) {
    const output = { stdout: '', stderr: '' };
    const code = await main(args, {
      root: folder(),
      program: own,
      out: (text) => {
        output.stdout += text;
      },
      err: (text) => {
        output.stderr += text;
      },
      hasColours: false,
    });
    return { code, ...output };
  }

  it('ends with 1 where a policy is broken, and names the policy, the resource and what to do', async () => {
    write('test', 'no');
    const { code, stdout, stderr } = await run([]);
    assert.deepEqual([code, stderr], [1, '']);
    assert.match(stdout, /│ encryption +│ Volume data +│ broken +│/);
    assert(stdout.includes('\nencryption: Volume data: it is not encrypted: set encrypted to true\n'), stdout);
    assert(stdout.endsWith('\ntest: 1 violation\n'), stdout);
  });

  it('ends with 0 where all hold, and says which had nothing to look at', async () => {
    write('test', 'yes');
    const { code, stdout, stderr } = await run(['test']);
    assert.deepEqual([code, stderr], [0, '']);
    assert.match(stdout, /│ encryption +│ 1 resource +│ holds +│/);
    assert.match(stdout, /│ open-ports +│ none +│ not asked +│/);
    assert(stdout.endsWith('\ntest: every policy holds\n'), stdout);
  });

  it('judges every stack that has a file, or those that are named, and gives all as JSON', async () => {
    write('test', 'no');
    write('other', 'yes');
    const { code, stdout } = await run(['--json']);
    const reports: unknown = JSON.parse(stdout);
    assert(Array.isArray(reports));
    assert.equal(code, 1);
    assert.deepEqual(
      reports.map(({ stack, violations }) => [stack, violations]),
      [
        // The resources are tagged as those of the stack test.
        ['other', 1],
        ['test', 1],
      ],
    );
    const [encryption] = reports[1].policies;
    assert.deepEqual(encryption.findings, [
      {
        urn: 'urn:pulumi:test::guardian-council::aws:ebs/volume:Volume::data',
        message: 'Volume data: it is not encrypted: set encrypted to true',
      },
    ]);
    assert.equal(JSON.parse((await run(['test', '--json'])).stdout).length, 1);
  });

  it('ends with 2 where the command line or a file is wrong', async () => {
    for (const [args, says] of [
      [[], 'policy: there is no Pulumi.<stack>.yaml\n'],
      [['nowhere'], 'policy: there is no stack nowhere: Pulumi.nowhere.yaml is missing; stacks that are there: none\n'],
      [['--nonsense'], "error: unknown option '--nonsense'\n(npm run policy -- --help tells more)\n"],
    ] as const) {
      const { code, stdout, stderr } = await run(args);
      assert.deepEqual([code, stdout, stderr], [2, '', says]);
    }
    write('test', 'no');
    writeFileSync(join(folder(), 'Pulumi.other.yaml'), 'config: 1\n');
    const { code, stderr } = await run([]);
    assert.deepEqual([code, stderr], [2, 'policy: Pulumi.other.yaml:1:9: config must be a map of keys and values\n']);
  });

  it('ends with 3 where the program fails', async () => {
    write('test', 'no');
    const { code, stdout, stderr } = await run(['test'], async () => assert.fail('no such thing'));
    assert.deepEqual([code, stdout], [3, '']);
    assert(stderr.startsWith('policy: the program failed: no such thing\n'), stderr);
  });

  it('tells what it does and its exit codes', async () => {
    const { code, stdout } = await run(['--help']);
    assert.equal(code, 0);
    assert.match(stdout, /^Usage: npm run policy -- \[options\] \[stacks\.\.\.\]\n/);
    assert.match(stdout, /Exit codes: 0 every mandatory policy holds; 1 one is broken; 2 /);
  });
});
