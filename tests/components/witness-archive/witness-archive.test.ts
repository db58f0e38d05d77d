import assert from 'node:assert/strict';
import { policyDocument } from '../../../components/iam.ts';
import { type Plan, type PlannedResource, planOf } from '../../../components/plan/index.ts';
import { WitnessArchive, type WitnessArchiveArgs, writerPolicy } from '../../../components/witness-archive/index.ts';

const STAGING: WitnessArchiveArgs = {
  stack: 'staging',
  environment: 'staging',
  accountId: '123456789012',
  region: 'eu-central-1',
  lockDays: 1,
  retentionDays: 14,
};
const PROD: WitnessArchiveArgs = {
  ...STAGING,
  stack: 'prod',
  environment: 'prod',
  lockDays: 90,
  retentionDays: 90,
};

const planned = (args: WitnessArchiveArgs): Promise<Plan> =>
  planOf(args.stack, { config: {}, secretKeys: [] }, async () => {
    const { bucketName, bucketArn, keyArn } = new WitnessArchive('witness', args);
    return { bucketName, bucketArn, keyArn };
  });

const COMPONENT = 'guardian-council:witness-archive:WitnessArchive';

const children = ({ resources }: Plan): PlannedResource[] => resources.filter(({ type }) => type !== COMPONENT);

/** The resource of this type, `BucketPolicy` or `Key`; there is one. */
function only(plan: Plan, kind: string): PlannedResource {
  const [found, ...more] = plan.resources.filter(({ type }) => type.endsWith(`:${kind}`));
  assert.ok(found !== undefined && more.length === 0, `one ${kind}`);
  return found;
}

/** What a policy says, by Sid. */
function statements(json: unknown): Record<string, Record<string, unknown>> {
  assert.equal(typeof json, 'string');
  const { Version, Statement, ...more } = JSON.parse(String(json));
  assert.deepEqual([Version, more], ['2012-10-17', {}]);
  return Object.fromEntries(Statement.map(({ Sid, ...rest }: Record<string, unknown>) => [Sid, rest]));
}

const SSE = 's3:x-amz-server-side-encryption';
const KEY_ID = 's3:x-amz-server-side-encryption-aws-kms-key-id';
const EVERYBODY = { Effect: 'Deny', Principal: '*' };
const UPLOADS = { ...EVERYBODY, Action: ['s3:PutObject'], Resource: ['<Bucket witness.arn>/*'] };

/** What both environments refuse. */
const REFUSALS = {
  TlsOnly: {
    ...EVERYBODY,
    Action: ['s3:*'],
    Resource: ['<Bucket witness.arn>', '<Bucket witness.arn>/*'],
    Condition: { Bool: { 'aws:SecureTransport': 'false' } },
  },
  OtherEncryption: { ...UPLOADS, Condition: { StringNotEquals: { [SSE]: 'aws:kms' }, Null: { [SSE]: 'false' } } },
  OtherKey: {
    ...UPLOADS,
    Condition: { StringNotEquals: { [KEY_ID]: '<Key witness-key.arn>' }, Null: { [KEY_ID]: 'false' } },
  },
  UnnamedKey: { ...UPLOADS, Condition: { StringEquals: { [SSE]: 'aws:kms' }, Null: { [KEY_ID]: 'true' } } },
};

const ACCOUNT = { AWS: 'arn:aws:iam::123456789012:root' };

const ADMINISTRATION = [
  ...['CancelKeyDeletion', 'CreateAlias', 'DeleteAlias', 'DescribeKey', 'DisableKey', 'DisableKeyRotation'],
  ...['EnableKey', 'EnableKeyRotation', 'GetKeyPolicy', 'GetKeyRotationStatus', 'ListGrants', 'ListKeyPolicies'],
  ...['ListKeyRotations', 'ListResourceTags', 'PutKeyPolicy', 'RevokeGrant', 'RotateKeyOnDemand', 'TagResource'],
  ...['UntagResource', 'UpdateAlias', 'UpdateKeyDescription'],
].map((action) => `kms:${action}`);

const USE = {
  Effect: 'Allow',
  Principal: ACCOUNT,
  Action: ['kms:Decrypt', 'kms:GenerateDataKey'],
  Resource: ['*'],
  Condition: {
    StringEquals: {
      'kms:ViaService': 's3.eu-central-1.amazonaws.com',
      'kms:EncryptionContext:aws:s3:arn': '<Bucket witness.arn>',
    },
  },
};

/** Of every resource but those with a policy. */
const expected = (own: { destroy: boolean; mode: string; days: number; rules: unknown[]; stack: string }) => ({
  [COMPONENT]: {},
  'aws:s3/bucket:Bucket': { objectLockEnabled: true, forceDestroy: own.destroy, tags: { Name: 'witness' } },
  'aws:kms/alias:Alias': {
    name: `alias/guardian-council/${own.stack}/witness`,
    targetKeyId: '<Key witness-key.keyId>',
  },
  'aws:s3/bucketVersioning:BucketVersioning': {
    bucket: '<Bucket witness.bucket>',
    versioningConfiguration: { status: 'Enabled' },
  },
  'aws:s3/bucketObjectLockConfiguration:BucketObjectLockConfiguration': {
    bucket: '<Bucket witness.bucket>',
    rule: { defaultRetention: { mode: own.mode, days: own.days } },
  },
  'aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration': {
    bucket: '<Bucket witness.bucket>',
    rules: own.rules,
  },
  'aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration': {
    bucket: '<Bucket witness.bucket>',
    rules: [
      {
        applyServerSideEncryptionByDefault: { sseAlgorithm: 'aws:kms', kmsMasterKeyId: '<Key witness-key.arn>' },
        bucketKeyEnabled: true,
        blockedEncryptionTypes: ['SSE-C'],
      },
    ],
  },
  'aws:s3/bucketOwnershipControls:BucketOwnershipControls': {
    bucket: '<Bucket witness.bucket>',
    rule: { objectOwnership: 'BucketOwnerEnforced' },
  },
  'aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock': {
    bucket: '<Bucket witness.bucket>',
    blockPublicAcls: true,
    blockPublicPolicy: true,
    ignorePublicAcls: true,
    restrictPublicBuckets: true,
  },
});

const lifecycle = (days: number, transitions: unknown[]) => [
  {
    id: 'retention',
    status: 'Enabled',
    filter: {},
    transitions,
    expiration: { days },
    noncurrentVersionExpiration: { noncurrentDays: 7 },
    abortIncompleteMultipartUpload: { daysAfterInitiation: 1 },
  },
  { id: 'delete-markers', status: 'Enabled', filter: {}, expiration: { expiredObjectDeleteMarker: true } },
];

const WITH_POLICY = ['aws:kms/key:Key', 'aws:s3/bucketPolicy:BucketPolicy'];

const withoutPolicies = ({ resources }: Plan) =>
  Object.fromEntries(resources.filter(({ type }) => !WITH_POLICY.includes(type)).map((one) => [one.type, one.inputs]));

describe('the witness archive', () => {
  let prod: Plan;
  let staging: Plan;
  before(async () => {
    prod = await planned(PROD);
    staging = await planned(STAGING);
  });

  for (const [lockDays, retentionDays, message] of [
    [0, 90, 'lockDays is 0: allowed are whole days from 1 to 36500'],
    [-1, 90, 'lockDays is -1: allowed are whole days from 1 to 36500'],
    [1.5, 90, 'lockDays is 1.5: allowed are whole days from 1 to 36500'],
    [Number.NaN, 90, 'lockDays is NaN: allowed are whole days from 1 to 36500'],
    [36_501, 40_000, 'lockDays is 36501: allowed are whole days from 1 to 36500'],
    [90, 89, 'retentionDays is 89: allowed are whole days from lockDays (90) on'],
    [90, 90.5, 'retentionDays is 90.5: allowed are whole days from lockDays (90) on'],
    [90, Number.POSITIVE_INFINITY, 'retentionDays is Infinity: allowed are whole days from lockDays (90) on'],
  ] as const)
    it(`refuses to lock for ${lockDays} days and keep for ${retentionDays}`, async () => {
      await assert.rejects(planned({ ...PROD, lockDays, retentionDays }), { name: 'RangeError', message });
    });

  it('in prod is locked against everybody and cannot be emptied', () => {
    const rules = lifecycle(90, [{ days: 30, storageClass: 'STANDARD_IA' }]);
    const own = { destroy: false, mode: 'COMPLIANCE', days: 90, rules, stack: 'prod' };
    assert.deepEqual(withoutPolicies(prod), expected(own));
    assert.equal(prod.resources.length, 11);
  });

  it('in staging can be destroyed', () => {
    const own = { destroy: true, mode: 'GOVERNANCE', days: 1, rules: lifecycle(14, []), stack: 'staging' };
    assert.deepEqual(withoutPolicies(staging), expected(own));
    assert.equal(staging.resources.length, 11);
  });

  it('is protected in prod, all of it, and nowhere else', () => {
    assert.deepEqual(new Set(children(prod).map(({ protect }) => protect)), new Set([true]));
    assert.deepEqual(new Set(children(staging).map(({ protect }) => protect)), new Set([false]));
  });

  it('puts every resource below the component', () => {
    const parents = new Set(children(prod).map(({ parent }) => parent));
    assert.deepEqual(parents, new Set([only(prod, 'WitnessArchive').urn]));
  });

  describe('its key', () => {
    it('is used by nobody but S3, for this bucket, and in prod is deleted by nobody', () => {
      const { policy, ...inputs } = only(prod, 'Key').inputs;
      const common = { enableKeyRotation: true, tags: { Name: 'witness' } };
      assert.deepEqual(inputs, { ...common, deletionWindowInDays: 30, description: 'Witness archive of prod' });
      assert.deepEqual(statements(policy), {
        Administer: { Effect: 'Allow', Principal: ACCOUNT, Action: ADMINISTRATION, Resource: ['*'] },
        UseThroughS3: USE,
      });
    });

    it('in staging may be deleted', () => {
      const { policy, ...inputs } = only(staging, 'Key').inputs;
      const common = { enableKeyRotation: true, tags: { Name: 'witness' } };
      assert.deepEqual(inputs, { ...common, deletionWindowInDays: 7, description: 'Witness archive of staging' });
      const Action = [...ADMINISTRATION, 'kms:ScheduleKeyDeletion'];
      assert.deepEqual(statements(policy), {
        Administer: { Effect: 'Allow', Principal: ACCOUNT, Action, Resource: ['*'] },
        UseThroughS3: USE,
      });
    });
  });

  describe('its bucket policy', () => {
    it('in prod only refuses: no TLS, another key, any deletion', () => {
      const { policy, ...inputs } = only(prod, 'BucketPolicy').inputs;
      assert.deepEqual(inputs, { bucket: '<Bucket witness.bucket>' });
      assert.deepEqual(statements(policy), {
        ...REFUSALS,
        KeepEverything: {
          ...EVERYBODY,
          Action: ['s3:BypassGovernanceRetention', 's3:DeleteObject', 's3:DeleteObjectVersion'],
          Resource: ['<Bucket witness.arn>/*'],
        },
      });
    });

    it('in staging lets the bucket be emptied', () => {
      const { policy, ...inputs } = only(staging, 'BucketPolicy').inputs;
      assert.deepEqual(inputs, { bucket: '<Bucket witness.bucket>' });
      assert.deepEqual(statements(policy), REFUSALS);
    });

    it('comes after the public access block: S3 refuses both at once', () => {
      assert.ok(only(prod, 'BucketPolicy').dependsOn.includes(only(prod, 'BucketPublicAccessBlock').urn));
    });
  });

  it('takes the cheapest storage class whose least stay is over when a file expires', async () => {
    for (const [retentionDays, transitions] of [
      [59, []],
      [60, [{ days: 30, storageClass: 'STANDARD_IA' }]],
      [119, [{ days: 30, storageClass: 'STANDARD_IA' }]],
      [120, [{ days: 30, storageClass: 'GLACIER_IR' }]],
    ] as const) {
      const plan = await planned({ ...STAGING, retentionDays });
      const { rules } = only(plan, 'BucketLifecycleConfiguration').inputs;
      assert.deepEqual(rules, lifecycle(retentionDays, [...transitions]), `${retentionDays} days`);
    }
  });

  it('is versioned, encrypted and closed before it locks, and tells its name after that', async () => {
    const lock = only(prod, 'BucketObjectLockConfiguration');
    const first = ['Bucket', 'BucketPolicy', 'BucketServerSideEncryptionConfiguration', 'BucketVersioning'];
    assert.deepEqual(lock.dependsOn, first.map((kind) => only(prod, kind).urn).sort());

    const { resources } = await planOf('prod', { config: {}, secretKeys: [] }, async () => {
      const { bucketName, bucketArn } = new WitnessArchive('witness', PROD);
      const { Bucket } = (await import('@pulumi/aws')).s3;
      new Bucket('by-name', { bucket: bucketName });
      new Bucket('by-arn', { tags: { bucketArn } });
    });
    for (const waiting of ['by-name', 'by-arn'])
      assert.ok(resources.find(({ name }) => name === waiting)?.dependsOn.includes(lock.urn), waiting);
  });

  it('tells its names', () => {
    const outputs = {
      bucketName: '<Bucket witness.bucket>',
      bucketArn: '<Bucket witness.arn>',
      keyArn: '<Key witness-key.arn>',
    };
    assert.deepEqual(prod.outputs, outputs);
  });

  it('takes a name of its own where it is given one', async () => {
    const plan = await planned({ ...PROD, bucketName: 'council-witness' });
    assert.equal(only(plan, 'Bucket').inputs['bucket'], 'council-witness');
    assert.equal(plan.outputs['bucketName'], 'council-witness');
  });
});

describe('what a host may do with the witness archive', () => {
  const arns = { bucketArn: 'arn:aws:s3:::archive', keyArn: 'arn:aws:kms:eu-central-1:123456789012:key/1' };

  for (const prefix of ['', '*', 'mcu/', '/mcu', 'mcu*', 'mc?', '../mcu', `\${aws:username}`, 'MCU', 'mcu\n'])
    it(`is not said for the prefix ${JSON.stringify(prefix)}`, () => {
      assert.throws(() => writerPolicy({ ...arns, prefix }), {
        name: 'RangeError',
        message: `the prefix '${prefix}' is not lower-case letters, digits and hyphens`,
      });
    });

  it('is to add files below its own prefix, and nothing more', async () => {
    const { outputs } = await planOf('test', { config: {}, secretKeys: [] }, async () => ({
      policy: policyDocument(writerPolicy({ ...arns, prefix: 'mcu' })),
    }));
    assert.deepEqual(statements(outputs['policy']), {
      AddWitnessFiles: { Effect: 'Allow', Action: ['s3:PutObject'], Resource: ['arn:aws:s3:::archive/mcu/*'] },
      EncryptWitnessFiles: {
        Effect: 'Allow',
        Action: ['kms:GenerateDataKey'],
        Resource: [arns.keyArn],
        Condition: { StringEquals: { 'kms:EncryptionContext:aws:s3:arn': arns.bucketArn } },
      },
    });
  });
});
