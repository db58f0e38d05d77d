import * as aws from '@pulumi/aws';
import * as pulumi from '@pulumi/pulumi';
import { tlsOnly } from '../iam.ts';
import { keepPrivate } from '../private-bucket.ts';
import type { Environment } from '../stack-config.ts';

/** What the parameter says before the first release: a host then runs nothing of ours. */
export const NO_RELEASE = 'none';

/** A bundle that was written over, or deleted, can be brought back for so many days. */
const NONCURRENT_DAYS = 30;

export interface ReleaseArgs {
  readonly stack: string;
  /** In `prod` all is protected; elsewhere the bucket is emptied when it is destroyed. */
  readonly environment: Environment;
  /** SHA-256 of the release to run, 64 lower-case hex digits; `undefined` before the first one. */
  readonly release: pulumi.Input<string> | undefined;
  /** Default: made up by Pulumi from the component's name. */
  readonly bucketName?: pulumi.Input<string>;
  /** A bucket that is another stack's, and has its bundles: then none is made here. */
  readonly bucket?: { readonly bucketName: pulumi.Input<string>; readonly bucketArn: pulumi.Input<string> };
}

/** What hosts run: the bucket that keeps every bundle under its SHA-256, and the parameter that names the one to run. */
export class Release extends pulumi.ComponentResource {
  readonly bucketName: pulumi.Output<string>;
  readonly bucketArn: pulumi.Output<string>;
  /**
   * SSM parameter: the SHA-256 of the release that this stack is to run, or `none`. No host reads it: below it each has
   * one of its own, which the rollout sets when its turn comes.
   */
  readonly parameterName: pulumi.Output<string>;
  readonly parameterArn: pulumi.Output<string>;

  constructor(name: string, args: ReleaseArgs, opts?: pulumi.ComponentResourceOptions) {
    super('guardian-council:release:Release', name, {}, opts);
    const prod = args.environment === 'prod';
    const inside = { parent: this, protect: prod };
    const tags = { Name: name };

    const { bucketName, bucketArn } = args.bucket ?? ownBucket(name, args, inside);
    const parameter = new aws.ssm.Parameter(
      name,
      {
        name: `/guardian-council/${args.stack}/release`,
        type: 'String',
        tier: 'Standard',
        description: 'SHA-256 of the release that hosts are to run',
        // Not `value`, which previews hide: a reviewer must see which release is to run.
        insecureValue: args.release ?? NO_RELEASE,
        allowedPattern: `^(${NO_RELEASE}|[0-9a-f]{64})$`,
        tags,
      },
      inside,
    );
    // For who publishes: made-up names cannot be guessed.
    new aws.ssm.Parameter(
      `${name}-bucket`,
      {
        name: pulumi.interpolate`${parameter.name}/bucket`,
        type: 'String',
        tier: 'Standard',
        description: 'S3 bucket of releases',
        insecureValue: bucketName,
        tags,
      },
      inside,
    );

    this.bucketName = pulumi.output(bucketName);
    this.bucketArn = pulumi.output(bucketArn);
    this.parameterName = parameter.name;
    this.parameterArn = parameter.arn;
    this.registerOutputs({
      bucketName: this.bucketName,
      bucketArn: this.bucketArn,
      parameterName: this.parameterName,
      parameterArn: this.parameterArn,
    });
  }
}

/** A closed bucket for bundles. */
function ownBucket(name: string, args: ReleaseArgs, inside: pulumi.ResourceOptions) {
  const { bucket, arn: bucketArn } = new aws.s3.Bucket(
    name,
    { bucket: args.bucketName, forceDestroy: args.environment !== 'prod', tags: { Name: name } },
    inside,
  );
  const { versioning } = keepPrivate(name, { bucket, policy: [tlsOnly(bucketArn)] }, inside);
  // Current versions stay for good: any of them may be rolled back to.
  new aws.s3.BucketLifecycleConfiguration(
    name,
    {
      bucket,
      rules: [
        {
          id: 'noncurrent',
          status: 'Enabled',
          filter: {},
          expiration: { expiredObjectDeleteMarker: true },
          noncurrentVersionExpiration: { noncurrentDays: NONCURRENT_DAYS },
          abortIncompleteMultipartUpload: { daysAfterInitiation: 1 },
        },
      ],
    },
    { ...inside, dependsOn: [versioning] },
  );
  // S3's own key: bundles hold no secret, and hosts check them by their SHA-256.
  new aws.s3.BucketServerSideEncryptionConfiguration(
    name,
    {
      bucket,
      rules: [{ applyServerSideEncryptionByDefault: { sseAlgorithm: 'AES256' }, blockedEncryptionTypes: ['SSE-C'] }],
    },
    inside,
  );
  return { bucketName: bucket, bucketArn };
}
