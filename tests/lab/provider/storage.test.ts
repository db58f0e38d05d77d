import assert from 'node:assert/strict';
import { OBJECT_VERSION, PENDING_KEY, putObject, type Values } from '../../../lab/provider/index.ts';
import { type LabProvider, labProvider } from '../support/lab-provider.ts';
import { refusals } from '../support/refusals.ts';

const BUCKET = 'aws:s3/bucket:Bucket';
const LOCK = 'aws:s3/bucketObjectLockConfiguration:BucketObjectLockConfiguration';
const POLICY = 'aws:s3/bucketPolicy:BucketPolicy';
const KEY = 'aws:kms/key:Key';
const ALIAS = 'aws:kms/alias:Alias';
const LOGS = 'aws:cloudwatch/logGroup:LogGroup';

const policy = (...statements: Values[]): string => JSON.stringify({ Version: '2012-10-17', Statement: statements });
const root: Values = {
  Effect: 'Allow',
  Principal: { AWS: 'arn:aws:iam::123456789012:root' },
  Action: 'kms:*',
  Resource: '*',
};

describe("S3's, KMS's and CloudWatch's own rules", () => {
  let lab: LabProvider;
  beforeEach(async () => {
    lab = await labProvider();
  });
  afterEach(async () => await lab?.close());

  const { refuses, stays } = refusals(() => lab);

  it('names a bucket by its rules, once', async () => {
    await refuses(BUCKET, { bucket: 'Council' }, 'InvalidBucketName: The specified bucket is not valid.');
    const { id, outputs } = await lab.client.make(BUCKET, 'witness', { bucket: 'council-witness' });
    assert.equal(id, 'council-witness');
    assert.equal(outputs['arn'], 'arn:aws:s3:::council-witness');
    assert.equal(outputs['bucketRegionalDomainName'], 'council-witness.s3.eu-central-1.amazonaws.com');
    await refuses(BUCKET, { bucket: 'council-witness' }, 'BucketAlreadyOwnedByYou: ');
    await refuses(
      POLICY,
      { bucket: 'elsewhere', policy: policy(root) },
      'NoSuchBucket: The specified bucket does not exist',
    );
  });

  const locked = async (mode: string, forceDestroy: boolean): Promise<void> => {
    await lab.client.make(BUCKET, 'witness', { bucket: 'council-witness', objectLockEnabled: true, forceDestroy });
    await lab.client.make(LOCK, 'witness', {
      bucket: 'council-witness',
      rule: { defaultRetention: { mode, days: 90 } },
    });
    putObject(lab.cloud, 'council-witness', 'h323_witness/h323_ras_20260101.jsonl');
  };

  it('keeps a bucket that is not empty, unless the provider may empty it', async () => {
    await locked('GOVERNANCE', false);
    await stays(
      BUCKET,
      'council-witness',
      'BucketNotEmpty: The bucket you tried to delete is not empty. You must delete all versions in the bucket.',
    );
    const olds = { bucket: 'council-witness', objectLockEnabled: true };
    await lab.client.update(BUCKET, 'witness', 'council-witness', olds, { ...olds, forceDestroy: true });
    await lab.client.delete(BUCKET, 'witness', 'council-witness');
    assert.deepEqual([lab.cloud.all(BUCKET), lab.cloud.all(OBJECT_VERSION)], [[], []]);
  });

  it('lets nobody past a COMPLIANCE lock', async () => {
    await locked('COMPLIANCE', true);
    await stays(BUCKET, 'council-witness', 'AccessDenied: Access Denied because object protected by object lock.');
    assert.equal(lab.cloud.all(OBJECT_VERSION).length, 1);
  });

  it('locks objects only where versions are kept, and refuses a retention without a mode or a time', async () => {
    await lab.client.make(BUCKET, 'plain', { bucket: 'council-plain' });
    const rule = { defaultRetention: { mode: 'GOVERNANCE', days: 1 } };
    await refuses(LOCK, { bucket: 'council-plain', rule }, 'InvalidBucketState: ');
    const versioning = 'aws:s3/bucketVersioning:BucketVersioning';
    await lab.client.make(versioning, 'plain', {
      bucket: 'council-plain',
      versioningConfiguration: { status: 'Enabled' },
    });
    await refuses(
      LOCK,
      { bucket: 'council-plain', rule: { defaultRetention: { mode: 'GOVERNANCE' } } },
      'MalformedXML: ',
    );
    await refuses(
      LOCK,
      { bucket: 'council-plain', rule: { defaultRetention: { mode: 'FOREVER', days: 1 } } },
      'MalformedXML: ',
    );
    await lab.client.make(LOCK, 'plain', { bucket: 'council-plain', rule });
  });

  it('refuses a policy about another bucket, and a public one where they are blocked', async () => {
    const bucket = 'council-witness';
    await lab.client.make(BUCKET, 'witness', { bucket });
    const open = { Effect: 'Allow', Principal: '*', Action: 's3:GetObject' };
    await refuses(
      POLICY,
      { bucket, policy: policy({ ...open, Resource: 'arn:aws:s3:::council-witness-2/*' }) },
      'MalformedPolicy: Policy has invalid resource',
    );
    await lab.client.make('aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock', 'witness', {
      bucket,
      blockPublicPolicy: true,
    });
    await refuses(
      POLICY,
      { bucket, policy: policy({ ...open, Resource: `arn:aws:s3:::${bucket}/*` }) },
      'AccessDenied: ',
    );
  });

  it('refuses a lifecycle that does nothing, or does two things under one name', async () => {
    await lab.client.make(BUCKET, 'witness', { bucket: 'council-witness' });
    const type = 'aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration';
    await refuses(
      type,
      { bucket: 'council-witness', rules: [{ id: 'a', status: 'Enabled' }] },
      'InvalidRequest: At least one action needs to be specified in a rule',
    );
    const rule = { id: 'a', status: 'Enabled', expiration: { days: 90 } };
    await refuses(type, { bucket: 'council-witness', rules: [rule, rule] }, 'InvalidArgument: Rule ID must be unique.');
  });

  it('keeps a deleted key until its window is over, and out of what exists', async () => {
    const { id } = await lab.client.make(KEY, 'witness', { deletionWindowInDays: 7, policy: policy(root) });
    await lab.client.delete(KEY, 'witness', id);
    assert.deepEqual(lab.cloud.everything(), []);
    const [pending] = lab.cloud.all(PENDING_KEY);
    assert.equal(pending?.outputs['pendingWindowInDays'], 7);
  });

  it('refuses a key policy that locks everybody out, and an alias of no key or twice', async () => {
    await refuses(
      KEY,
      { policy: policy({ ...root, Action: 'kms:Decrypt' }) },
      'MalformedPolicyDocumentException: The new key policy will not allow you to update the key policy in the future.',
    );
    const { id } = await lab.client.make(KEY, 'witness', { policy: policy(root) });
    await refuses(ALIAS, { name: 'alias/a', targetKeyId: 'no-key' }, "NotFoundException: Key 'no-key' does not exist");
    await refuses(ALIAS, { name: 'alias/aws/s3', targetKeyId: id }, 'ValidationException: ');
    await lab.client.make(ALIAS, 'witness', { name: 'alias/a', targetKeyId: id });
    await refuses(
      ALIAS,
      { name: 'alias/a', targetKeyId: id },
      'AlreadyExistsException: An alias with the name arn:aws:kms:eu-central-1:123456789012:alias/a already exists',
    );
  });

  it('encrypts logs only with a key that CloudWatch Logs may use', async () => {
    const { outputs: closed } = await lab.client.make(KEY, 'closed', { policy: policy(root) });
    await refuses(
      LOGS,
      { name: '/council/flow', kmsKeyId: String(closed['arn']) },
      "AccessDeniedException: The specified KMS key does not exist or is not allowed to be used with Arn 'arn:aws:logs:eu-central-1:123456789012:log-group:/council/flow'",
    );
    const service = {
      Effect: 'Allow',
      Principal: { Service: 'logs.eu-central-1.amazonaws.com' },
      Action: 'kms:Encrypt*',
      Resource: '*',
    };
    const { outputs: open } = await lab.client.make(KEY, 'open', { policy: policy(root, service) });
    await lab.client.make(LOGS, 'flow', { name: '/council/flow', kmsKeyId: String(open['arn']), retentionInDays: 90 });
  });
});
