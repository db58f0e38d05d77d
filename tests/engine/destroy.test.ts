import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { OBJECT_VERSION, putObject } from '../../lab/provider/index.ts';
import { skipLoudly } from '../support/skip.ts';
import { needToolchain, TEST_PATIENCE, upStack } from './support/base.ts';
import { procedure } from './support/procedure.ts';
import type { EngineStack } from './support/stack.ts';
import type { Toolchain } from './toolchain/find.ts';

const INSTANCE = 'aws:ec2/instance:Instance';
const BUCKET = 'aws:s3/bucket:Bucket';
const KEY = 'aws:kms/key:Key';
const DAY = 86_400_000;

describe('pulumi destroy, by the real engine', function () {
  this.timeout(TEST_PATIENCE);
  let toolchain: Toolchain;

  before(function () {
    toolchain = needToolchain(this);
  });

  const changes = (stack: EngineStack) => stack.cloud.calls.filter(({ action }) => action !== 'read');

  it('leaves nothing of staging, whatever lies in its buckets', async () => {
    const stack = await upStack(toolchain, 'staging');
    try {
      const buckets = stack.cloud.all(BUCKET).map(({ id }) => id);
      assert.equal(buckets.length, 2);
      for (const bucket of buckets) putObject(stack.cloud, bucket, 'kept/file.jsonl');
      const run = await stack.run('destroy');
      assert.equal(run.status, 0, run.stdout + run.stderr);
      // A key is deleted by KMS some days later; only its time is set.
      assert.deepEqual(
        stack.cloud.everything().filter(({ outputs }) => outputs['keyState'] !== 'PendingDeletion'),
        [],
      );
      assert.deepEqual(stack.cloud.all(OBJECT_VERSION), []);
      assert.deepEqual((await stack.state()).resources, []);
      await stack.pulumi(['stack', 'rm', 'staging', '--yes']);
    } finally {
      await stack.close();
    }
  });

  it('refuses to touch prod, and says what is protected and how that is taken off', async () => {
    const stack = await upStack(toolchain, 'prod');
    try {
      // The engine deletes what it may, up to the leaves of what is protected; only a preview stops it before.
      for (const options of ['', '--yes --skip-preview', '--yes --skip-preview --exclude-protected']) {
        const run = stack.tryShell(`pulumi destroy --stack prod ${options}`);
        const { status, stdout, stderr } = await run;
        if (!options.includes('exclude')) {
          assert.notEqual(status, 0);
          assert.match(stdout + stderr, /cannot be deleted[\s\S]*protect/);
        }
        assert.deepEqual(changes(stack), [], options);
      }
      assert.equal(stack.cloud.all(INSTANCE).length, 5);
    } finally {
      await stack.close();
    }
  });

  it('refuses to replace a host of prod whose protection is on', async () => {
    const stack = await upStack(toolchain, 'prod');
    try {
      await stack.configure('amiId', 'ami-0fedcba9876543210');
      const run = await stack.run('up');
      assert.notEqual(run.status, 0);
      assert.match(run.stdout + run.stderr, /unable to replace resource [\s\S]*marked for protection/);
      const touched = changes(stack).filter(({ type }) => type === INSTANCE);
      assert.deepEqual(touched, []);
    } finally {
      await stack.close();
    }
  });

  it('removes prod by the written procedure; the archive stays until its locks have run out', async function () {
    if (spawnSync('jq', ['--version']).status !== 0) skipLoudly(this, 'jq is not installed (apt-get install jq)');
    const stack = await upStack(toolchain, 'prod');
    try {
      const [unprotect = '', remove = '', finish = '', ...more] = procedure('remove-a-stack');
      assert.deepEqual(more, []);
      const archive = (await stack.state()).resources.filter(({ urn }) => urn.includes('WitnessArchive$'));
      const bucket = archive.find(({ type }) => type === BUCKET)?.id ?? '';
      const log = putObject(stack.cloud, bucket, 'gatekeeper-primary/h323_ras_20260101.jsonl');
      assert.equal(log.inputs['mode'], 'COMPLIANCE');
      const stays = archive.filter(({ custom }) => custom).map(({ id }) => id);

      await stack.shell(unprotect);
      assert.deepEqual(changes(stack), []);
      await stack.shell(remove);
      const left = stack.cloud.everything().filter(({ outputs }) => outputs['keyState'] !== 'PendingDeletion');
      for (const { id, type } of left) assert.ok(stays.includes(id), `${type} ${id} is still there`);
      assert.ok(left.some(({ type }) => type === BUCKET));
      assert.ok(left.some(({ type }) => type === KEY));

      await assert.rejects(stack.shell(finish), /BucketNotEmpty/);
      assert.equal(stack.cloud.all(OBJECT_VERSION).length, 1);

      // Ninety days later: the lock has run out, and the bucket's lifecycle rule has deleted the log.
      const lockedUntil = Number(log.inputs['lockedUntil']);
      assert.ok(lockedUntil - Date.now() > 89 * DAY);
      stack.cloud.remove(OBJECT_VERSION, log.id);
      await stack.shell(finish);
      assert.deepEqual(
        stack.cloud.everything().filter(({ outputs }) => outputs['keyState'] !== 'PendingDeletion'),
        [],
      );
    } finally {
      await stack.close();
    }
  });
});
