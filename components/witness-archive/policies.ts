import type * as pulumi from '@pulumi/pulumi';
import { objectsOf, type PolicyStatement, tlsOnly } from '../iam.ts';
import { accountPrincipal, keyAdministration } from '../key-administration.ts';
import type { Environment } from '../stack-config.ts';

/** Headers of uploads, as condition keys; each is there only where the upload names it. */
const ENCRYPTION = 's3:x-amz-server-side-encryption';
const KEY = 's3:x-amz-server-side-encryption-aws-kms-key-id';

/** With a bucket key, S3 encrypts in the context of the bucket, not of the object. */
const CONTEXT = 'kms:EncryptionContext:aws:s3:arn';

export interface KeyPolicyArgs {
  readonly environment: Environment;
  /** The account's twelve digits. */
  readonly accountId: pulumi.Input<string>;
  /** Such as `eu-central-1`. */
  readonly region: string;
  readonly bucketArn: pulumi.Input<string>;
}

/**
 * The policy of the archive's key. Its account administers it; roles of the account that IAM allows to may use it, but
 * only through S3 and only for the archive.
 */
export function keyPolicy({ environment, accountId, region, bucketArn }: KeyPolicyArgs): PolicyStatement[] {
  return [
    keyAdministration(accountId, environment),
    {
      Sid: 'UseThroughS3',
      Effect: 'Allow',
      Principal: accountPrincipal(accountId),
      Action: ['kms:Decrypt', 'kms:GenerateDataKey'],
      Resource: ['*'],
      Condition: { StringEquals: { 'kms:ViaService': `s3.${region}.amazonaws.com`, [CONTEXT]: bucketArn } },
    },
  ];
}

export interface ArchivePolicyArgs {
  readonly environment: Environment;
  readonly bucketArn: pulumi.Input<string>;
  readonly keyArn: pulumi.Input<string>;
}

/**
 * The policy of the archive's bucket. An upload that names no encryption gets the bucket's own; one that names another,
 * or the right key other than by its ARN, is refused. In prod nobody deletes: S3 Lifecycle does, which no bucket policy
 * binds. Elsewhere the lock and the roles' own rights do; a refusal here would keep `pulumi destroy` from emptying the
 * bucket.
 */
export function archivePolicy({ environment, bucketArn, keyArn }: ArchivePolicyArgs): PolicyStatement[] {
  const everything = [objectsOf(bucketArn)];
  const refuse = (Sid: string, Action: string[], Condition?: PolicyStatement['Condition']): PolicyStatement => ({
    Sid,
    Effect: 'Deny',
    Principal: '*',
    Action,
    Resource: everything,
    ...(Condition && { Condition }),
  });
  const upload = ['s3:PutObject'];
  const deletion = ['s3:BypassGovernanceRetention', 's3:DeleteObject', 's3:DeleteObjectVersion'];
  return [
    tlsOnly(bucketArn),
    // A negated operator also matches where its key is absent, so presence is asked for beside it.
    refuse('OtherEncryption', upload, {
      StringNotEquals: { [ENCRYPTION]: 'aws:kms' },
      Null: { [ENCRYPTION]: 'false' },
    }),
    refuse('OtherKey', upload, { StringNotEquals: { [KEY]: keyArn }, Null: { [KEY]: 'false' } }),
    // S3 would take the account's key for S3 then, not the bucket's.
    refuse('UnnamedKey', upload, { StringEquals: { [ENCRYPTION]: 'aws:kms' }, Null: { [KEY]: 'true' } }),
    ...(environment === 'prod' ? [refuse('KeepEverything', deletion)] : []),
  ];
}

export interface WriterPolicyArgs {
  readonly bucketArn: pulumi.Input<string>;
  readonly keyArn: pulumi.Input<string>;
  /** Whose files: the part of the keys before the first slash, such as a host's role. */
  readonly prefix: string;
}

/**
 * What a role needs to add files below its own prefix, each in one PUT (5 GiB at most: the parts of a multipart upload
 * would need `kms:Decrypt`). It can neither read, list, delete nor lock. It can write a key anew, which S3 makes a new
 * version of: the version before stays, locked.
 * @throws RangeError for a prefix that is not lower-case letters, digits and hyphens, and so could reach others' files
 */
export function writerPolicy({ bucketArn, keyArn, prefix }: WriterPolicyArgs): PolicyStatement[] {
  if (!/^[a-z0-9-]+$/.test(prefix))
    throw new RangeError(`the prefix '${prefix}' is not lower-case letters, digits and hyphens`);
  return [
    {
      Sid: 'AddWitnessFiles',
      Effect: 'Allow',
      Action: ['s3:PutObject'],
      Resource: [objectsOf(bucketArn, `${prefix}/`)],
    },
    {
      Sid: 'EncryptWitnessFiles',
      Effect: 'Allow',
      Action: ['kms:GenerateDataKey'],
      Resource: [keyArn],
      Condition: { StringEquals: { [CONTEXT]: bucketArn } },
    },
  ];
}
