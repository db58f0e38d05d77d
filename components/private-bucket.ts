import * as aws from '@pulumi/aws';
import type { Input, Resource, ResourceOptions } from '@pulumi/pulumi';
import { type PolicyStatement, policyDocument } from './iam.ts';

export interface PrivacyArgs {
  /** Its name. */
  readonly bucket: Input<string>;
  /** The whole policy of the bucket. */
  readonly policy: readonly PolicyStatement[];
}

export interface Privacy {
  readonly versioning: Resource;
  readonly policy: Resource;
}

/** Keeps every version of what is in a bucket, and everybody out whom its owner's policies do not let in. */
export function keepPrivate(name: string, { bucket, policy }: PrivacyArgs, options: ResourceOptions): Privacy {
  const versioning = new aws.s3.BucketVersioning(
    name,
    { bucket, versioningConfiguration: { status: 'Enabled' } },
    options,
  );
  // S3 refuses two changes of a bucket's access at once.
  const ownership = new aws.s3.BucketOwnershipControls(
    name,
    { bucket, rule: { objectOwnership: 'BucketOwnerEnforced' } },
    options,
  );
  const closed = new aws.s3.BucketPublicAccessBlock(
    name,
    { bucket, blockPublicAcls: true, blockPublicPolicy: true, ignorePublicAcls: true, restrictPublicBuckets: true },
    { ...options, dependsOn: [ownership] },
  );
  const rules = new aws.s3.BucketPolicy(
    name,
    { bucket, policy: policyDocument(policy) },
    { ...options, dependsOn: [closed] },
  );
  return { versioning, policy: rules };
}
