import * as iam from '@aws-sdk/client-iam';
import * as s3 from '@aws-sdk/client-s3';
import * as ssm from '@aws-sdk/client-ssm';
import { flag, maps, number, text, type Values } from '../../../lab/provider/values.ts';
import type { Request } from './request.ts';

/** One of an enumeration of the SDK; another value is an error of the program. */
function one<T extends string>(allowed: Readonly<Record<string, T>>, name: string): T {
  const found = Object.values(allowed).find((value) => value === name);
  if (found === undefined) throw new Error(`'${name}' is none of ${Object.values(allowed).join(', ')}`);
  return found;
}

const setting = (inputs: Values) => ({ id: text(inputs, 'bucket'), outputs: {} });

/** The inputs of buckets and their settings as the requests that Pulumi's provider makes of them. */
export function s3Requests(client: s3.S3Client, region: string): Readonly<Record<string, Request>> {
  return {
    'aws:s3/bucket:Bucket': async (inputs) => {
      const Bucket = text(inputs, 'bucket');
      await client.send(
        new s3.CreateBucketCommand({
          Bucket,
          ObjectLockEnabledForBucket: flag(inputs, 'objectLockEnabled'),
          CreateBucketConfiguration: { LocationConstraint: one(s3.BucketLocationConstraint, region) },
        }),
      );
      return { id: Bucket, outputs: { bucket: Bucket, arn: `arn:aws:s3:::${Bucket}` } };
    },
    'aws:s3/bucketVersioning:BucketVersioning': async (inputs) => {
      const Status = one(s3.BucketVersioningStatus, text(maps(inputs, 'versioningConfiguration')[0] ?? {}, 'status'));
      await client.send(
        new s3.PutBucketVersioningCommand({ Bucket: text(inputs, 'bucket'), VersioningConfiguration: { Status } }),
      );
      return setting(inputs);
    },
    'aws:s3/bucketObjectLockConfiguration:BucketObjectLockConfiguration': async (inputs) => {
      const retention = maps(inputs, 'rule').flatMap((rule) => maps(rule, 'defaultRetention'))[0] ?? {};
      await client.send(
        new s3.PutObjectLockConfigurationCommand({
          Bucket: text(inputs, 'bucket'),
          ObjectLockConfiguration: {
            ObjectLockEnabled: 'Enabled',
            Rule: {
              DefaultRetention: {
                Mode: one(s3.ObjectLockRetentionMode, text(retention, 'mode')),
                Days: number(retention, 'days'),
              },
            },
          },
        }),
      );
      return setting(inputs);
    },
    'aws:s3/bucketPolicy:BucketPolicy': async (inputs) => {
      await client.send(
        new s3.PutBucketPolicyCommand({ Bucket: text(inputs, 'bucket'), Policy: text(inputs, 'policy') }),
      );
      return setting(inputs);
    },
    'aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock': async (inputs) => {
      await client.send(
        new s3.PutPublicAccessBlockCommand({
          Bucket: text(inputs, 'bucket'),
          PublicAccessBlockConfiguration: {
            BlockPublicAcls: flag(inputs, 'blockPublicAcls'),
            BlockPublicPolicy: flag(inputs, 'blockPublicPolicy'),
            IgnorePublicAcls: flag(inputs, 'ignorePublicAcls'),
            RestrictPublicBuckets: flag(inputs, 'restrictPublicBuckets'),
          },
        }),
      );
      return setting(inputs);
    },
    'aws:s3/bucketOwnershipControls:BucketOwnershipControls': async (inputs) => {
      const rules = maps(inputs, 'rule').map((rule) => ({
        ObjectOwnership: one(s3.ObjectOwnership, text(rule, 'objectOwnership')),
      }));
      await client.send(
        new s3.PutBucketOwnershipControlsCommand({
          Bucket: text(inputs, 'bucket'),
          OwnershipControls: { Rules: rules },
        }),
      );
      return setting(inputs);
    },
    'aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration': async (inputs) => {
      const Rules = maps(inputs, 'rules').map((rule) => {
        const standard = maps(rule, 'applyServerSideEncryptionByDefault')[0] ?? {};
        const SSEAlgorithm = one(s3.ServerSideEncryption, text(standard, 'sseAlgorithm'));
        const key = text(standard, 'kmsMasterKeyId');
        return {
          BucketKeyEnabled: flag(rule, 'bucketKeyEnabled'),
          ApplyServerSideEncryptionByDefault: { SSEAlgorithm, ...(key ? { KMSMasterKeyID: key } : {}) },
        };
      });
      await client.send(
        new s3.PutBucketEncryptionCommand({
          Bucket: text(inputs, 'bucket'),
          ServerSideEncryptionConfiguration: { Rules },
        }),
      );
      return setting(inputs);
    },
    'aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration': async (inputs) => {
      const Rules = maps(inputs, 'rules').map((rule) => ({
        ID: text(rule, 'id'),
        Status: one(s3.ExpirationStatus, text(rule, 'status')),
        Filter: { Prefix: '' },
        ...times(rule),
      }));
      await client.send(
        new s3.PutBucketLifecycleConfigurationCommand({
          Bucket: text(inputs, 'bucket'),
          LifecycleConfiguration: { Rules },
        }),
      );
      return setting(inputs);
    },
  };
}

/** When a lifecycle rule ends what. */
function times(rule: Values): Partial<s3.LifecycleRule> {
  const [expiration] = maps(rule, 'expiration');
  const [old] = maps(rule, 'noncurrentVersionExpiration');
  const [part] = maps(rule, 'abortIncompleteMultipartUpload');
  const marker = expiration && flag(expiration, 'expiredObjectDeleteMarker');
  return {
    ...(expiration
      ? { Expiration: marker ? { ExpiredObjectDeleteMarker: true } : { Days: number(expiration, 'days') } }
      : {}),
    ...(old ? { NoncurrentVersionExpiration: { NoncurrentDays: number(old, 'noncurrentDays') } } : {}),
    ...(part ? { AbortIncompleteMultipartUpload: { DaysAfterInitiation: number(part, 'daysAfterInitiation') } } : {}),
  };
}

/** The inputs of roles, profiles and parameters as requests. */
export function identityRequests(roles: iam.IAMClient, parameters: ssm.SSMClient): Readonly<Record<string, Request>> {
  return {
    'aws:iam/role:Role': async (inputs) => {
      const RoleName = text(inputs, 'name');
      const { Role } = await roles.send(
        new iam.CreateRoleCommand({ RoleName, AssumeRolePolicyDocument: text(inputs, 'assumeRolePolicy') }),
      );
      return { id: RoleName, outputs: { name: RoleName, arn: Role?.Arn ?? '' } };
    },
    'aws:iam/rolePolicy:RolePolicy': async (inputs) => {
      const [RoleName, PolicyName] = [text(inputs, 'role'), text(inputs, 'name')];
      await roles.send(new iam.PutRolePolicyCommand({ RoleName, PolicyName, PolicyDocument: text(inputs, 'policy') }));
      return { id: `${RoleName}:${PolicyName}`, outputs: {} };
    },
    'aws:iam/instanceProfile:InstanceProfile': async (inputs) => {
      const InstanceProfileName = text(inputs, 'name');
      await roles.send(new iam.CreateInstanceProfileCommand({ InstanceProfileName }));
      await roles.send(
        new iam.AddRoleToInstanceProfileCommand({ InstanceProfileName, RoleName: text(inputs, 'role') }),
      );
      return { id: InstanceProfileName, outputs: { name: InstanceProfileName } };
    },
    'aws:ssm/parameter:Parameter': async (inputs) => {
      const Name = text(inputs, 'name');
      await parameters.send(
        new ssm.PutParameterCommand({
          Name,
          Type: one(ssm.ParameterType, text(inputs, 'type')),
          Value: text(inputs, 'insecureValue') || text(inputs, 'value'),
          AllowedPattern: text(inputs, 'allowedPattern') || undefined,
          Description: text(inputs, 'description') || undefined,
        }),
      );
      const { Parameter } = await parameters.send(new ssm.GetParameterCommand({ Name }));
      return { id: Name, outputs: { name: Name, arn: Parameter?.ARN ?? '' } };
    },
  };
}
