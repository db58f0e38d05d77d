import assert from 'node:assert/strict';
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { emptyStack, needToolchain, TEST_PATIENCE } from './support/base.ts';
import type { EngineStack } from './support/stack.ts';
import type { Toolchain } from './toolchain/find.ts';

describe('pulumi preview of what cannot be, by the real engine', function () {
  this.timeout(TEST_PATIENCE);
  let toolchain: Toolchain;
  let stack: EngineStack | undefined;

  before(function () {
    toolchain = needToolchain(this);
  });

  afterEach(async () => {
    await stack?.close();
    stack = undefined;
  });

  it('names every key of the configuration that is wrong', async () => {
    stack = await emptyStack(toolchain, 'staging');
    await stack.configure('subnetCidrs', '["10.30.0.0/20", "10.31.0.0/20", "10.30.32.0/20"]');
    await stack.configure('mcuInstanceType', 'c7i.colossal');
    const run = await stack.run('preview');
    assert.notEqual(run.status, 0);
    assert.match(run.stderr, /guardian-council:subnetCidrs.*10\.31\.0\.0\/20/);
    assert.match(run.stderr, /guardian-council:mcuInstanceType.*c7i\.colossal/);
    assert.deepEqual(stack.cloud.calls, []);
  });

  it('says that there are no AWS credentials', async () => {
    stack = await emptyStack(toolchain, 'staging', { credentials: 'absent' });
    const run = await stack.run('preview');
    assert.notEqual(run.status, 0);
    const errors = run.diagnostics.filter(({ severity }) => severity === 'error');
    assert.ok(
      errors.some(({ message }) => /credential/i.test(message)),
      JSON.stringify(errors),
    );
  });

  it("refuses a property that AWS's provider does not have, by its name and that of its resource", async () => {
    stack = await emptyStack(toolchain, 'staging');
    const program = join(stack.project.folder, 'index.ts');
    rmSync(program);
    writeFileSync(
      program,
      // @pulumi/aws leaves out what it does not know itself; a release of it that knows more would send it.
      `import { CustomResource } from '@pulumi/pulumi';
       new CustomResource('aws:ec2/vpc:Vpc', 'misspelt', { cidrBlock: '10.0.0.0/16', enableDnsSuport: true });`,
    );
    const run = await stack.run('preview');
    assert.notEqual(run.status, 0);
    const errors = run.diagnostics.filter(({ severity, name }) => severity === 'error' && name === 'misspelt');
    assert.ok(
      errors.some(({ message }) => message.includes('enableDnsSuport')),
      JSON.stringify(run.diagnostics),
    );
  });
});
