import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as aws from '@pulumi/aws';
import * as pulumi from '@pulumi/pulumi';
import { failureText } from '../../../components/plan/failure.ts';
import { main } from '../../../components/plan/main.ts';
import { temporaryFolder } from '../../adapters/temporary-folder.ts';

const STACK_FILE = 'config:\n  p:cidr: 10.0.0.0/16\n  p:contact: {secure: AAAB}\n  p:phrase: {list: [{secure: v1}]}\n';

/** A network, and something secret in every place that it could show. */
async function network(): Promise<unknown> {
  const config = new pulumi.Config('p');
  const contact = config.requireSecret('contact');
  const cidrBlock = config.require('cidr');
  const vpc = new aws.ec2.Vpc('council', { cidrBlock, tags: { contact } }, { protect: true });
  new aws.vpc.SecurityGroupIngressRule('rule', {
    securityGroupId: vpc.defaultSecurityGroupId,
    cidrIpv4: '0.0.0.0/0',
    ipProtocol: 'tcp',
    fromPort: 443,
    toPort: 443,
    description: contact,
  });
  new aws.ssm.Parameter('contact', { type: 'String', value: config.requireSecret('phrase') });
  return { contact, environment: 'staging', region: 'eu-central-1', vpc: vpc.id };
}

describe('council plan', () => {
  const folder = temporaryFolder();
  const write = (file: string, text: string): void => writeFileSync(join(folder(), file), text);
  const read = (file: string): string => readFileSync(join(folder(), file), 'utf8');

  beforeEach(() => {
    write('Pulumi.test.yaml', STACK_FILE);
    write('Pulumi.other.yaml', STACK_FILE.replace('10.0', '10.1'));
  });

  async function run(args: readonly string[], { program = network, hasColours = false } = {}) {
    const output = { stdout: '', stderr: '' };
    const code = await main(args, {
      root: folder(),
      program,
      out: (text) => {
        output.stdout += text;
      },
      err: (text) => {
        output.stderr += text;
      },
      hasColours,
    });
    return { code, ...output };
  }

  it('refuses a command line that is wrong, with exit code 2 and what would be right', async () => {
    for (const [args, says] of [
      [[], 'council plan: which stack? One of: other, test\n'],
      [['nowhere'], 'Pulumi.nowhere.yaml is missing; stacks that are there: other, test\n'],
      [['../test'], "is no stack's name"],
      [['test', 'other'], 'error: too many arguments. Expected 1 argument but got 2.'],
      [['test', '--nonsense'], "error: unknown option '--nonsense'"],
      [['test', '--cost', '--diff'], "error: option '--diff' cannot be used with option '--cost'"],
      [['test', '--json', '--diff'], "error: option '--json' cannot be used with option '--diff'"],
      [['test', '--update-all'], '--update-all is for all stacks: name none'],
      [['test', '--diff'], 'council plan: docs/plans/test.yaml is missing; npm run plan:update writes it\n'],
    ] as const) {
      const { code, stdout, stderr } = await run(args);
      assert.deepEqual([code, stdout], [2, ''], args.join(' '));
      assert(stderr.includes(says), stderr);
    }
  });

  it('refuses broken configuration with exit code 2, whether the file or the program finds it', async () => {
    write('Pulumi.test.yaml', 'config:\n  p:a: "x\n');
    const unreadable = await run(['test']);
    assert.deepEqual([unreadable.code, unreadable.stdout], [2, '']);
    assert.match(unreadable.stderr, /^council plan: Pulumi.test.yaml:3:1: Missing closing "quote\n$/);

    const program = async (): Promise<never> => {
      throw Object.assign(new Error('p:cidr is missing'), { code: 'STACK_CONFIG_INVALID' });
    };
    assert.deepEqual(await run(['other'], { program }), {
      code: 2,
      stdout: '',
      stderr: 'council plan: p:cidr is missing\n',
    });
  });

  it('ends with 3 where the program fails, and says why once', async () => {
    const program = async (): Promise<unknown> => {
      const vpc = new aws.ec2.Vpc('council', {});
      return { id: vpc.id.apply(() => assert.fail('no such thing')) };
    };
    const { code, stdout, stderr } = await run(['test', '--json'], { program });
    assert.deepEqual([code, stdout, stderr.split('no such thing').length], [3, '', 2]);
    assert(stderr.startsWith('council plan: the program failed: no such thing\n'), stderr);
  });

  it('says where in the project the program failed, without what packages do in between', () => {
    const error = new Error('broken');
    error.stack = [
      'Error: broken',
      '    at make (/p/components/a.ts:3:7)',
      '    at /p/node_modules/@pulumi/output.ts:516:31',
      '    at async file:///p/index.ts?load=1:9:1',
      '    at node:internal/modules/esm/loader:606:24',
      '    at elsewhere (/q/b.ts:1:1)',
    ].join('\n');
    assert.equal(failureText(error, '/p'), 'broken\n    at components/a.ts:3:7\n    at index.ts:9:1');
    assert.equal(failureText('a text', '/p'), 'a text');
  });

  it('shows the tree, the open ports, the counts and what it costs', async () => {
    const { code, stdout, stderr } = await run(['test']);
    assert.deepEqual([code, stderr], [0, '']);
    const [tree = '', table = '', counts = '', cost = ''] = stdout.split('\n\n');
    assert(tree.startsWith('test\n├─ aws:ec2/vpc:Vpc council [protect]\n│       cidrBlock: 10.0.0.0/16\n'), tree);
    assert(table.includes('│ the world (0.0.0.0/0) │'), table);
    assert(counts.startsWith('3 resources\n'), counts);
    assert.match(
      cost,
      /^About \d+ USD a month \(eu-central-1, list prices as of \d{4}-\d\d-\d\d\); --cost tells more\.\n$/,
    );
    assert.deepEqual((await run(['test', '--ports'])).stdout, `${table}\n`);
  });

  it('colours nothing unless it may', async () => {
    for (const args of [['test'], ['test', '--ports'], ['test', '--topology'], ['test', '--json']]) {
      assert(!(await run(args)).stdout.includes('\u001b'), args.join(' '));
    }
    assert((await run(['test'], { hasColours: true })).stdout.includes('\u001b[1mcouncil\u001b[22m'));
  });

  it('gives programs an array in a stable order', async () => {
    const { stdout } = await run(['test', '--json']);
    const resources: unknown = JSON.parse(stdout);
    assert(Array.isArray(resources));
    assert.deepEqual(resources[0], {
      urn: 'urn:pulumi:test::guardian-council::aws:ec2/vpc:Vpc::council',
      type: 'aws:ec2/vpc:Vpc',
      name: 'council',
      parent: '',
      dependsOn: [],
      protect: true,
      inputs: { cidrBlock: '10.0.0.0/16', tags: { contact: '[secret]' } },
    });
    assert.deepEqual(
      resources.map(({ name }) => name),
      ['council', 'contact', 'rule'],
    );
  });

  it('tells no secret in any way', async () => {
    assert.equal((await run(['test', '--update'])).code, 0);
    const outputs = [read('docs/plans/test.yaml')];
    for (const option of ['--json', '--ports', '--topology', '--cost', '--diff'])
      outputs.push((await run(['test', option])).stdout);
    outputs.push((await run(['test'])).stdout);
    for (const output of outputs) assert(!/encrypted@|AAAB|v1/.test(output), output);
    assert(outputs[0]?.includes('value: "[secret]"'), outputs[0]);
    // What the program exports is hidden too.
    assert.match(outputs[0] ?? '', /outputs:\n {2}contact: "\[secret\]"\n/);
  });

  it('says where it cannot tell the cost, and shows the rest', async () => {
    const program = async (): Promise<unknown> => ({ region: 'eu-central-1', environment: 'moon' });
    const says = 'components/plan/prices.yaml has no assumptions for the environment moon';
    const { code, stdout } = await run(['test'], { program });
    assert.deepEqual([code, stdout.split('\n\n').at(-1)], [0, `What it costs cannot be told: ${says}.\n`]);
    for (const option of ['--cost', '--update'])
      assert.deepEqual(await run(['test', option], { program }), {
        code: 2,
        stdout: '',
        stderr: `council plan: ${says}\n`,
      });
  });

  it('tells programs what it costs', async () => {
    const { code, stdout } = await run(['test', '--cost', '--json']);
    const { stack, region, total, lines, notPriced } = JSON.parse(stdout);
    assert.deepEqual([code, stack, region, notPriced], [0, 'test', 'eu-central-1', []]);
    assert(total > 0 && lines.length === 2, 'the traffic alone');
    assert.deepEqual(await run(['test', '--json', '--cost']), { code, stdout, stderr: '' });
  });

  it('writes a snapshot, and tells afterwards what is different by its exit code', async () => {
    assert.deepEqual(await run(['test', '--update']), {
      code: 0,
      stdout: 'wrote docs/plans/test.yaml\nwrote docs/plans/test-cost.md\n',
      stderr: '',
    });
    assert.deepEqual(await run(['test', '--update']), { code: 0, stdout: 'Everything is up to date.\n', stderr: '' });
    assert.deepEqual(await run(['test', '--diff']), { code: 0, stdout: 'No differences.\n', stderr: '' });

    write('Pulumi.test.yaml', STACK_FILE.replace('10.0', '10.2'));
    const { code, stdout } = await run(['test', '--diff']);
    assert.equal(code, 1);
    assert.equal(
      stdout,
      '~ aws:ec2/vpc:Vpc council\n    - cidrBlock: 10.0.0.0/16\n    + cidrBlock: 10.2.0.0/16\n\n' +
        '0 added, 1 changed, 0 removed\n',
    );
    assert(!/\/tmp|council-test-|\d{4}-\d\d-\d\d/.test(read('docs/plans/test.yaml')), 'no path, no time');
  });

  it('refuses a snapshot that cannot be read, with its name', async () => {
    mkdirSync(join(folder(), 'docs/plans'), { recursive: true });
    write('docs/plans/test.yaml', '- a\n');
    assert.deepEqual(await run(['test', '--diff']), {
      code: 2,
      stdout: '',
      stderr: 'council plan: docs/plans/test.yaml: must be a map of resources\n',
    });
  });

  it('updates all stacks in one process, each with its own configuration', async () => {
    let loads: number[] = [];
    const program = async (load?: number): Promise<unknown> => {
      loads = [...loads, load ?? 0];
      return network();
    };
    const { code, stdout } = await run(['--update-all'], { program });
    const written = ['other.yaml', 'other-cost.md', 'test.yaml', 'test-cost.md'];
    assert.deepEqual([code, stdout], [0, written.map((file) => `wrote docs/plans/${file}\n`).join('')]);
    assert.deepEqual(loads, [1, 2]);
    assert.match(read('docs/plans/other.yaml'), /cidrBlock: 10\.1\.0\.0\/16/);
    assert.match(read('docs/plans/test.yaml'), /cidrBlock: 10\.0\.0\.0\/16/);
  });

  it('writes nothing at all where the program of one stack fails', async () => {
    const program = async (load?: number): Promise<unknown> => (load === 2 ? assert.fail('broken') : network());
    assert.equal((await run(['--update-all'], { program })).code, 3);
    assert.throws(() => read('docs/plans/other.yaml'), { code: 'ENOENT' });
  });

  it('tells how it is used, with examples and exit codes', async () => {
    const { code, stdout, stderr } = await run(['--help']);
    assert.deepEqual([code, stderr], [0, '']);
    const text = stdout.replaceAll(/\s+/g, ' ');
    assert(text.startsWith('Usage: council plan '), text);
    for (const option of ['--json', '--diff', '--ports', '--topology', '--cost', '--update', '--update-all'])
      assert.match(stdout, new RegExp(`^  ${option} `, 'm'));
    assert.match(text, /Examples: council plan prod .* Exit codes: 0 .*; 1 .*; 2 .*; 3 /);
  });
});
