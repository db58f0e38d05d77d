/** The policy pack under the real engine: what it lets through in a preview and in an update, and what it stops. */
import assert from 'node:assert/strict';
import { chmodSync, mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { skipLoudly } from '../support/skip.ts';
import { EngineStack, type Run } from './support/stack.ts';
import { findToolchain, type Toolchain } from './toolchain/find.ts';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const START = fileURLToPath(import.meta.resolve('@pulumi/pulumi/cmd/run-policy-pack/index.js'));

/**
 * The pack's folder for a stack. The language host that can be built from the Go module proxy starts no packs; then a
 * launcher by the engine's older convention starts this one in the same way, under a runtime's name of its own.
 */
function packFor({ project }: EngineStack, { from }: Toolchain): string {
  const pack = join(ROOT, 'policy');
  if (from === 'PATH') return pack;
  const folder = join(project.folder, 'pack');
  mkdirSync(folder);
  writeFileSync(join(folder, 'PulumiPolicy.yaml'), 'runtime: council-node\n');
  for (const file of ['package.json', 'launch.cjs']) symlinkSync(join(pack, file), join(folder, file));
  const launcher = join(project.tools, 'pulumi-analyzer-policy-council-node');
  writeFileSync(launcher, `#!/bin/sh\nexec '${process.execPath}' '${START}' "$@"\n`);
  chmodSync(launcher, 0o755);
  return folder;
}

/** The program with things broken that its configuration does not let anybody break. */
function breakProgram({ project }: EngineStack): void {
  const program = join(project.folder, 'index.ts');
  rmSync(program);
  writeFileSync(program, `import './broken.ts';\nexport * from '${join(ROOT, 'index.ts')}';\n`);
  writeFileSync(
    join(project.folder, 'broken.ts'),
    `import { runtime } from '@pulumi/pulumi';
runtime.registerStackTransformation(({ type, name, props, opts }) => {
  const is = (what, whose) => type === what && name === whose;
  if (is('aws:ec2/instance:Instance', 'mcu'))
    return { props: { ...props, metadataOptions: { ...props.metadataOptions, httpTokens: 'optional' } }, opts };
  if (is('aws:ec2/eip:Eip', 'mcu')) return { props, opts: { ...opts, protect: false } };
  if (is('aws:ec2/subnet:Subnet', 'council-2')) return { props: { ...props, availabilityZone: 'eu-central-1a' }, opts };
  if (is('aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule', 'monitoring-tcp-443-from-world'))
    return { props: { ...props, fromPort: 9090, toPort: 9090 }, opts };
  if (is('aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock', 'release'))
    return { props: { ...props, blockPublicPolicy: false }, opts };
  return undefined;
});
`,
  );
}

/** What the pack complained of, a line each: the policy and the message. */
const complaints = ({ log }: Run): readonly string[] =>
  log.split('\n').flatMap((line) => {
    if (!line.includes('"policyEvent"')) return [];
    const { policyEvent } = JSON.parse(line);
    return `${policyEvent.policyName}: ${policyEvent.message.trim().split('\n').at(-1)}`;
  });

/** Policies that the engine says it asked about the whole stack, and that held. */
const heldForStack = ({ log }: Run): readonly string[] =>
  log.split('\n').flatMap((line) => {
    if (!line.includes('"policyAnalyzeStackSummaryEvent"')) return [];
    return JSON.parse(line).policyAnalyzeStackSummaryEvent.passed ?? [];
  });

const WHOLE_STACK = ['open-ports', 'private-buckets', 'replacement-order', 'voters-apart'];

describe('the policy pack under the real engine', function () {
  this.timeout(400_000);
  let toolchain: Toolchain | undefined;
  const stacks: EngineStack[] = [];

  before(function () {
    const found = findToolchain();
    if (typeof found === 'string') skipLoudly(this, found);
    else toolchain = found;
  });

  after(async () => {
    for (const stack of stacks) await stack.close();
  });

  async function stackOf(name: string): Promise<{ readonly stack: EngineStack; readonly pack: readonly string[] }> {
    assert(toolchain);
    const stack = await EngineStack.create(toolchain, name);
    stacks.push(stack);
    return { stack, pack: ['--policy-pack', packFor(stack, toolchain)] };
  }

  it('lets the preview of production through, every policy asked', async () => {
    const { stack, pack } = await stackOf('prod');
    const run = await stack.run('preview', pack);
    assert.equal(run.status, 0, run.stderr);
    assert.deepEqual(complaints(run), []);
    assert.deepEqual([...heldForStack(run)].sort(), WHOLE_STACK);
    assert.match(run.stdout, /^ +guardian-council\|local\|.*$/m);
  });

  it('lets an update of staging through, when everything is known', async () => {
    const { stack, pack } = await stackOf('staging');
    const run = await stack.run('up', pack);
    assert.equal(run.status, 0, run.stderr);
    assert.deepEqual(complaints(run), []);
    assert.deepEqual([...heldForStack(run)].sort(), WHOLE_STACK);
  });

  it('stops a preview of what is broken, and says by what and what to do', async () => {
    const { stack, pack } = await stackOf('prod');
    breakProgram(stack);
    const run = await stack.run('preview', pack);
    assert.notEqual(run.status, 0);
    assert.deepEqual([...complaints(run)].sort(), [
      'instance-metadata: Instance mcu: IMDSv1 answers without a token: set metadataOptions.httpTokens to required',
      'open-ports: SecurityGroupIngressRule monitoring-tcp-443-from-world opens port 9090/tcp to the world (0.0.0.0/0), ' +
        'and 9090 is never open to it: take the rule out, or name who may',
      'private-buckets: Bucket release: BucketPublicAccessBlock release leaves blockPublicPolicy off: set it to true',
      'protection: Eip mcu is not protected, and terminals know its address, and AWS gives it to others: set the option ' +
        'protect',
      'voters-apart: Instance gatekeeper-secondary is in eu-central-1a, and so is gatekeeper-primary: put it into a subnet ' +
        'of another availability zone',
    ]);
  });

  it('makes nothing that a policy of one resource refuses, where somebody skips the preview', async () => {
    const { stack, pack } = await stackOf('prod');
    breakProgram(stack);
    const run = await stack.run('up', pack);
    assert.notEqual(run.status, 0);
    const { resources } = await stack.state();
    const made = (type: string, name: string) => resources.some(({ urn }) => urn.endsWith(`${type}::${name}`));
    // Whether others are made before the update is stopped is a matter of time.
    assert(
      complaints(run).some((line) => /^(instance-metadata|protection): /.test(line)),
      run.stdout,
    );
    assert(!made('aws:ec2/instance:Instance', 'mcu'), 'the host is not');
    assert(!made('aws:ec2/eip:Eip', 'mcu'), 'the address is not');
  });
});
