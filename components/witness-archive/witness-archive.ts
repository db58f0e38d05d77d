import * as aws from '@pulumi/aws';
import * as pulumi from '@pulumi/pulumi';
import { policyDocument } from '../iam.ts';
import { keepPrivate } from '../private-bucket.ts';
import type { Environment } from '../stack-config.ts';
import { archivePolicy, keyPolicy } from './policies.ts';
import { checkRetention, lifecycleRules, lockMode } from './retention.ts';

export interface WitnessArchiveArgs {
  readonly stack: string;
  /** In `prod` all is protected, locks hold against everybody, and neither files nor key can be deleted. */
  readonly environment: Environment;
  /** The AWS account that the stack is in, twelve digits. */
  readonly accountId: pulumi.Input<string>;
  /** AWS region of the stack, such as `eu-central-1`. */
  readonly region: string;
  /** Days from its upload on in which a file can be deleted or changed by nobody: 1 to 36500. */
  readonly lockDays: number;
  /** Days until a file expires, `lockDays` at least; a week later it is gone for good. */
  readonly retentionDays: number;
  /** Default: made up by Pulumi from the component's name. */
  readonly bucketName?: pulumi.Input<string>;
}

/** Where witness logs outlive their hosts: an encrypted bucket that can be added to, and in which S3 locks every file. */
export class WitnessArchive extends pulumi.ComponentResource {
  readonly bucketName: pulumi.Output<string>;
  readonly bucketArn: pulumi.Output<string>;
  /** The KMS key that every file is encrypted under. */
  readonly keyArn: pulumi.Output<string>;

  /** @throws RangeError for days that are not as the arguments say */
  constructor(name: string, args: WitnessArchiveArgs, opts?: pulumi.ComponentResourceOptions) {
    super('guardian-council:witness-archive:WitnessArchive', name, {}, opts);
    checkRetention(args);
    const { stack, environment, accountId, region, lockDays } = args;
    const prod = environment === 'prod';
    const inside = { parent: this, protect: prod };
    const tags = { Name: name };

    // Emptying it cannot lift COMPLIANCE locks, so in prod it would only fail half-way.
    const { bucket, arn: bucketArn } = new aws.s3.Bucket(
      name,
      { bucket: args.bucketName, objectLockEnabled: true, forceDestroy: !prod, tags },
      inside,
    );
    const key = new aws.kms.Key(
      `${name}-key`,
      {
        description: `Witness archive of ${stack}`,
        enableKeyRotation: true,
        deletionWindowInDays: prod ? 30 : 7,
        policy: policyDocument(keyPolicy({ environment, accountId, region, bucketArn })),
        tags,
      },
      inside,
    );
    new aws.kms.Alias(
      `${name}-key`,
      { name: `alias/guardian-council/${stack}/witness`, targetKeyId: key.keyId },
      inside,
    );

    const { versioning, policy } = keepPrivate(
      name,
      { bucket, policy: archivePolicy({ environment, bucketArn, keyArn: key.arn }) },
      inside,
    );
    new aws.s3.BucketLifecycleConfiguration(
      name,
      { bucket, rules: lifecycleRules(args) },
      { ...inside, dependsOn: [versioning] },
    );
    const encryption = new aws.s3.BucketServerSideEncryptionConfiguration(
      name,
      {
        bucket,
        rules: [
          {
            applyServerSideEncryptionByDefault: { sseAlgorithm: 'aws:kms', kmsMasterKeyId: key.arn },
            bucketKeyEnabled: true,
            // Keys that uploaders bring along.
            blockedEncryptionTypes: ['SSE-C'],
          },
        ],
      },
      inside,
    );
    const lock = new aws.s3.BucketObjectLockConfiguration(
      name,
      { bucket, rule: { defaultRetention: { mode: lockMode(environment), days: lockDays } } },
      { ...inside, dependsOn: [versioning, encryption, policy] },
    );

    // What was uploaded before the lock would never be locked: who wants to upload waits for it by these outputs.
    this.bucketName = lock.bucket;
    this.bucketArn = pulumi.all([bucketArn, lock.id]).apply(([arn]) => arn);
    this.keyArn = key.arn;
    this.registerOutputs({ bucketName: this.bucketName, bucketArn: this.bucketArn, keyArn: this.keyArn });
  }
}
