import assert from 'node:assert/strict';
import { policyDocument } from '../../../components/iam.ts';
import { type Plan, planOf } from '../../../components/plan/index.ts';
import { Release, type ReleaseArgs, readerPolicy } from '../../../components/release/index.ts';

const HASH = '5f'.repeat(32);
const COMPONENT = 'guardian-council:release:Release';

const planned = (args: ReleaseArgs): Promise<Plan> =>
  planOf(args.stack, { config: {}, secretKeys: [] }, async () => {
    const { bucketName, bucketArn, parameterName, parameterArn } = new Release('release', args);
    return { bucketName, bucketArn, parameterName, parameterArn };
  });

const PARAMETER = 'aws:ssm/parameter:Parameter';
const POLICY = 'aws:s3/bucketPolicy:BucketPolicy';

const parameter = (stack: string, insecureValue: string) => ({
  name: `/guardian-council/${stack}/release`,
  type: 'String',
  tier: 'Standard',
  description: 'SHA-256 of the release that hosts are to run',
  insecureValue,
  allowedPattern: '^(none|[0-9a-f]{64})$',
  tags: { Name: 'release' },
});

/** Where those who publish look for the bucket. */
const bucketParameter = (stack: string) => ({
  name: `/guardian-council/${stack}/release/bucket`,
  type: 'String',
  tier: 'Standard',
  description: 'S3 bucket of releases',
  insecureValue: '<Bucket release.bucket>',
  tags: { Name: 'release' },
});

const TLS_ONLY = {
  Version: '2012-10-17',
  Statement: [
    {
      Sid: 'TlsOnly',
      Effect: 'Deny',
      Principal: '*',
      Action: ['s3:*'],
      Resource: ['<Bucket release.arn>', '<Bucket release.arn>/*'],
      Condition: { Bool: { 'aws:SecureTransport': 'false' } },
    },
  ],
};

const expected = (forceDestroy: boolean, stack: string, release: string) => ({
  [COMPONENT]: {},
  'aws:s3/bucket:Bucket': { forceDestroy, tags: { Name: 'release' } },
  'aws:s3/bucketVersioning:BucketVersioning': {
    bucket: '<Bucket release.bucket>',
    versioningConfiguration: { status: 'Enabled' },
  },
  'aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration': {
    bucket: '<Bucket release.bucket>',
    rules: [
      {
        id: 'noncurrent',
        status: 'Enabled',
        filter: {},
        expiration: { expiredObjectDeleteMarker: true },
        noncurrentVersionExpiration: { noncurrentDays: 30 },
        abortIncompleteMultipartUpload: { daysAfterInitiation: 1 },
      },
    ],
  },
  'aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration': {
    bucket: '<Bucket release.bucket>',
    rules: [{ applyServerSideEncryptionByDefault: { sseAlgorithm: 'AES256' }, blockedEncryptionTypes: ['SSE-C'] }],
  },
  'aws:s3/bucketOwnershipControls:BucketOwnershipControls': {
    bucket: '<Bucket release.bucket>',
    rule: { objectOwnership: 'BucketOwnerEnforced' },
  },
  'aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock': {
    bucket: '<Bucket release.bucket>',
    blockPublicAcls: true,
    blockPublicPolicy: true,
    ignorePublicAcls: true,
    restrictPublicBuckets: true,
  },
  [POLICY]: { bucket: '<Bucket release.bucket>', policy: TLS_ONLY },
  [PARAMETER]: parameter(stack, release),
  [`${PARAMETER} release-bucket`]: bucketParameter(stack),
});

/** By type, with the bucket's policy parsed. */
const inputsOf = ({ resources }: Plan) =>
  Object.fromEntries(
    resources.map(({ type, name, inputs }) => [
      type === PARAMETER && name !== 'release' ? `${type} ${name}` : type,
      type === POLICY ? { ...inputs, policy: JSON.parse(String(inputs['policy'])) } : inputs,
    ]),
  );

describe('the release', () => {
  it('in prod is protected, all of it, and cannot be emptied', async () => {
    const plan = await planned({ stack: 'prod', environment: 'prod', release: HASH });
    assert.deepEqual(inputsOf(plan), expected(false, 'prod', HASH));
    assert.equal(plan.resources.length, 10);
    const children = plan.resources.filter(({ type }) => type !== COMPONENT);
    assert.ok(children.every(({ protect }) => protect));
  });

  it('in staging can be destroyed', async () => {
    const plan = await planned({ stack: 'staging', environment: 'staging', release: HASH });
    assert.deepEqual(inputsOf(plan), expected(true, 'staging', HASH));
    assert.equal(plan.resources.length, 10);
    assert.ok(plan.resources.every(({ protect }) => !protect));
  });

  it('is none before the first one', async () => {
    const { resources } = await planned({ stack: 'staging', environment: 'staging', release: undefined });
    const found = resources.find(({ type, name }) => type === PARAMETER && name === 'release');
    assert.deepEqual(found?.inputs, parameter('staging', 'none'));
  });

  it('has a pattern by which AWS refuses anything but none and a SHA-256', () => {
    const pattern = new RegExp(parameter('prod', HASH).allowedPattern);
    for (const wrong of ['', 'None', 'latest', HASH.slice(1), `${HASH}0`, HASH.toUpperCase(), ` ${HASH}`])
      assert.doesNotMatch(wrong, pattern);
    for (const right of ['none', HASH]) assert.match(right, pattern);
  });

  it('sets the bucket policy after the public access block, and lifecycle rules after versioning', async () => {
    const { resources } = await planned({ stack: 'prod', environment: 'prod', release: HASH });
    const find = (kind: string) => resources.find(({ type }) => type.endsWith(`:${kind}`));
    assert.ok(find('BucketPolicy')?.dependsOn.includes(find('BucketPublicAccessBlock')?.urn ?? 'missing'));
    assert.ok(find('BucketLifecycleConfiguration')?.dependsOn.includes(find('BucketVersioning')?.urn ?? 'missing'));
  });

  it('tells its names, and takes one of its own for the bucket', async () => {
    const args: ReleaseArgs = { stack: 'prod', environment: 'prod', release: HASH };
    assert.deepEqual((await planned(args)).outputs, {
      bucketName: '<Bucket release.bucket>',
      bucketArn: '<Bucket release.arn>',
      parameterName: '/guardian-council/prod/release',
      parameterArn: '<Parameter release.arn>',
    });
    const { outputs, resources } = await planned({ ...args, bucketName: 'council-releases' });
    assert.equal(outputs['bucketName'], 'council-releases');
    assert.equal(resources.find(({ type }) => type === 'aws:s3/bucket:Bucket')?.inputs['bucket'], 'council-releases');
  });

  it('lets a host learn which one it is to run and fetch that with its Node.js, and nothing more', async () => {
    const { outputs } = await planOf('test', { config: {}, secretKeys: [] }, async () => ({
      policy: policyDocument(
        readerPolicy(
          {
            bucketArn: 'arn:aws:s3:::releases',
            parameterArn: 'arn:aws:ssm:eu-central-1:123456789012:parameter/guardian-council/prod/release',
          },
          'mcu',
        ),
      ),
    }));
    assert.deepEqual(JSON.parse(String(outputs['policy'])), {
      Version: '2012-10-17',
      Statement: [
        {
          Sid: 'FetchReleases',
          Effect: 'Allow',
          Action: ['s3:GetObject'],
          Resource: ['arn:aws:s3:::releases/releases/*', 'arn:aws:s3:::releases/runtimes/*'],
        },
        {
          Sid: 'LearnRelease',
          Effect: 'Allow',
          Action: ['ssm:GetParameter'],
          Resource: ['arn:aws:ssm:eu-central-1:123456789012:parameter/guardian-council/prod/release/mcu'],
        },
      ],
    });
  });
});
