import type { Cloud, Resource } from '../cloud/cloud.ts';
import { LabError } from '../errors.ts';
import { flag, maps, number, text, type Value, type Values } from '../values.ts';
import { type Context, checkJson, type Kind, listed, need, needPolicy, refuse } from './kind.ts';
import { findKey } from './kms.ts';

export const BUCKET = 'aws:s3/bucket:Bucket';
const VERSIONING = 'aws:s3/bucketVersioning:BucketVersioning';
const OBJECT_LOCK = 'aws:s3/bucketObjectLockConfiguration:BucketObjectLockConfiguration';
const PUBLIC_ACCESS = 'aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock';
/** What lies in buckets; no Pulumi type, put there by tests and hosts. */
export const OBJECT_VERSION = 'lab:s3/objectVersion:ObjectVersion';

const global = (bucket: string): string => `arn:aws:s3:::${bucket}`;

/** Amazon's rules for names of general purpose buckets, the main ones. */
const isBucketName = (name: string): boolean =>
  /^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/.test(name) &&
  !name.includes('..') &&
  !/^\d+\.\d+\.\d+\.\d+$/.test(name) &&
  !name.startsWith('xn--');

export function needBucket(name: string, context: Context): Resource {
  return need(context, BUCKET, name, 'NoSuchBucket', 'The specified bucket does not exist', 404);
}

export const versionsIn = (bucket: string, { cloud }: { readonly cloud: Cloud }): Resource[] =>
  cloud.all(OBJECT_VERSION).filter(({ inputs }) => inputs['bucket'] === bucket);

const isLocked = ({ inputs }: Resource): boolean => (number(inputs, 'lockedUntil') ?? 0) > Date.now();

const bucket: Kind = {
  title: 'S3 Bucket',
  api: { service: 'S3', create: 'CreateBucket', update: 'PutBucketTagging', delete: 'DeleteBucket' },
  id: (inputs) => text(inputs, 'bucket'),
  admit(inputs, { cloud }, current) {
    const name = text(inputs, 'bucket');
    if (!isBucketName(name)) refuse('InvalidBucketName', 'The specified bucket is not valid.');
    if (current === undefined && cloud.find(BUCKET, name))
      refuse(
        'BucketAlreadyOwnedByYou',
        'Your previous request to create the named bucket succeeded and you already own it.',
        409,
      );
  },
  outputs: (_inputs, id, { region }) => ({
    arn: global(id),
    bucketDomainName: `${id}.s3.amazonaws.com`,
    bucketRegionalDomainName: `${id}.s3.${region}.amazonaws.com`,
    bucketRegion: region,
    hostedZoneId: 'Z21DNDUVLTQW6Q',
  }),
  dismiss({ id, outputs }, context) {
    const versions = versionsIn(id, context);
    if (versions.length === 0) return;
    if (!flag(outputs, 'forceDestroy'))
      refuse(
        'BucketNotEmpty',
        'The bucket you tried to delete is not empty. You must delete all versions in the bucket.',
        409,
      );
    // The provider empties it first, past GOVERNANCE; nobody gets past COMPLIANCE.
    for (const version of versions) {
      if (version.inputs['mode'] === 'COMPLIANCE' && isLocked(version))
        refuse(
          'AccessDenied',
          `Access Denied because object protected by object lock. (${text(version.inputs, 'key')})`,
          403,
        );
      context.cloud.remove(OBJECT_VERSION, version.id);
    }
  },
};

/** A part of a bucket's settings: a resource of its own to Pulumi, whose id is the bucket's name. */
function setting(title: string, api: Kind['api'], rest: Partial<Kind> = {}): Kind {
  return {
    title,
    api,
    id: (inputs) => text(inputs, 'bucket'),
    ...rest,
    admit(inputs, context, current) {
      needBucket(text(inputs, 'bucket'), context);
      rest.admit?.(inputs, context, current);
    },
  };
}

const api = (what: string): Kind['api'] => ({
  service: 'S3',
  create: `Put${what}`,
  update: `Put${what}`,
  delete: `Delete${what}`,
});

const isVersioned = (name: string, context: Context): boolean =>
  flag(needBucket(name, context).outputs, 'objectLockEnabled') ||
  maps(context.cloud.find(VERSIONING, name)?.outputs ?? {}, 'versioningConfiguration').some(
    (one) => one['status'] === 'Enabled',
  );

const retentionOf = (values: Values): Values | undefined =>
  maps(values, 'rule').flatMap((rule) => maps(rule, 'defaultRetention'))[0];

const objectLock = setting(
  'S3 Bucket Object Lock Configuration',
  { ...api('ObjectLockConfiguration'), delete: 'PutObjectLockConfiguration' },
  {
    admit(inputs, context) {
      if (!isVersioned(text(inputs, 'bucket'), context))
        refuse(
          'InvalidBucketState',
          "Versioning must be 'Enabled' on the bucket to apply a Object Lock configuration",
          409,
        );
      const retention = retentionOf(inputs);
      if (!retention) return;
      checkMode(retention['mode']);
      const given = ['days', 'years'].filter((unit) => retention[unit] !== undefined);
      if (given.length !== 1 || (number(retention, given[0] ?? '') ?? 0) <= 0)
        refuse(
          'MalformedXML',
          'The XML you provided was not well-formed or did not validate against our published schema',
        );
    },
  },
);

function checkMode(mode: Value | undefined): void {
  if (mode !== 'COMPLIANCE' && mode !== 'GOVERNANCE')
    refuse('MalformedXML', 'The XML you provided was not well-formed or did not validate against our published schema');
}

const versioning = setting(
  'S3 Bucket Versioning',
  { ...api('BucketVersioning'), delete: 'PutBucketVersioning' },
  {
    admit(inputs, context) {
      const status = maps(inputs, 'versioningConfiguration')[0]?.['status'];
      if (flag(needBucket(text(inputs, 'bucket'), context).outputs, 'objectLockEnabled') && status !== 'Enabled')
        refuse(
          'InvalidBucketState',
          'An Object Lock configuration is present on this bucket, so the versioning state cannot be changed.',
          409,
        );
    },
  },
);

const policy = setting('S3 Bucket Policy', api('BucketPolicy'), {
  check: (inputs) => checkJson(inputs, 'policy'),
  admit(inputs, { cloud }) {
    const name = text(inputs, 'bucket');
    const statements = needPolicy(
      text(inputs, 'policy'),
      'MalformedPolicy',
      "Policies must be valid JSON and the first byte must be '{'",
    );
    for (const one of statements) {
      const resources = listed(one['Resource']);
      if (
        resources.length === 0 ||
        !resources.every((resource) => resource === global(name) || resource.startsWith(`${global(name)}/`))
      )
        refuse('MalformedPolicy', 'Policy has invalid resource');
      if (one['Principal'] === undefined && one['NotPrincipal'] === undefined)
        refuse('MalformedPolicy', 'Missing required field Principal');
      const open =
        one['Effect'] === 'Allow' && one['Condition'] === undefined && JSON.stringify(one['Principal']).includes('"*"');
      if (open && flag(cloud.find(PUBLIC_ACCESS, name)?.outputs ?? {}, 'blockPublicPolicy'))
        refuse(
          'AccessDenied',
          'User is not authorized to perform: s3:PutBucketPolicy because public policies are blocked by the BlockPublicPolicy setting in S3 Block Public Access.',
          403,
        );
    }
  },
});

const encryption = setting('S3 Bucket Server-side Encryption Configuration', api('BucketEncryption'), {
  admit(inputs, context) {
    for (const { sseAlgorithm, kmsMasterKeyId } of maps(inputs, 'rules').flatMap((rule) =>
      maps(rule, 'applyServerSideEncryptionByDefault'),
    )) {
      if (!['AES256', 'aws:kms', 'aws:kms:dsse'].includes(String(sseAlgorithm)))
        refuse(
          'MalformedXML',
          'The XML you provided was not well-formed or did not validate against our published schema',
        );
      // S3 takes a key that is not there and fails at the first object; here it is told at once.
      if (typeof kmsMasterKeyId === 'string' && !findKey(kmsMasterKeyId, context))
        refuse('KMS.NotFoundException', `Key '${kmsMasterKeyId}' does not exist`);
    }
  },
});

const lifecycle = setting('S3 Bucket Lifecycle Configuration', api('BucketLifecycleConfiguration'), {
  admit(inputs) {
    const rules = maps(inputs, 'rules');
    const ids = rules.map((rule) => text(rule, 'id'));
    if (new Set(ids).size < ids.length)
      refuse('InvalidArgument', 'Rule ID must be unique. Found same ID for more than one rule');
    for (const rule of rules) {
      if (!['Enabled', 'Disabled'].includes(text(rule, 'status')))
        refuse(
          'MalformedXML',
          'The XML you provided was not well-formed or did not validate against our published schema',
        );
      const actions = [
        'expiration',
        'noncurrentVersionExpiration',
        'abortIncompleteMultipartUpload',
        'transitions',
        'noncurrentVersionTransitions',
      ];
      if (!actions.some((action) => rule[action] !== undefined))
        refuse('InvalidRequest', 'At least one action needs to be specified in a rule');
      for (const expiration of maps(rule, 'expiration'))
        if ((number(expiration, 'days') ?? 1) <= 0)
          refuse('InvalidArgument', "'Days' for Expiration action must be a positive integer");
    }
  },
});

const ownership = setting('S3 Bucket Ownership Controls', api('BucketOwnershipControls'), {
  admit(inputs) {
    for (const rule of maps(inputs, 'rule'))
      if (!['BucketOwnerEnforced', 'BucketOwnerPreferred', 'ObjectWriter'].includes(text(rule, 'objectOwnership')))
        refuse(
          'MalformedXML',
          'The XML you provided was not well-formed or did not validate against our published schema',
        );
  },
});

export const s3Kinds: Readonly<Record<string, Kind>> = {
  [BUCKET]: bucket,
  [VERSIONING]: versioning,
  [OBJECT_LOCK]: objectLock,
  [PUBLIC_ACCESS]: setting('S3 Bucket Public Access Block', api('PublicAccessBlock')),
  'aws:s3/bucketPolicy:BucketPolicy': policy,
  'aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration': encryption,
  'aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration': lifecycle,
  'aws:s3/bucketOwnershipControls:BucketOwnershipControls': ownership,
  'aws:s3/bucketNotification:BucketNotification': setting('S3 Bucket Notification', {
    service: 'S3',
    create: 'PutBucketNotificationConfiguration',
    update: 'PutBucketNotificationConfiguration',
    delete: 'PutBucketNotificationConfiguration',
  }),
};

/** Puts an object into a bucket, locked as the bucket's default retention says; throws a LabError without such a bucket. */
export function putObject(cloud: Cloud, name: string, key: string): Resource {
  if (!cloud.find(BUCKET, name)) throw new LabError(`there is no bucket ${name}`);
  const retention = retentionOf(cloud.find(OBJECT_LOCK, name)?.outputs ?? {}) ?? {};
  const days = number(retention, 'days') ?? (number(retention, 'years') ?? 0) * 365;
  const lock = days > 0 ? { mode: text(retention, 'mode'), lockedUntil: Date.now() + days * 86_400_000 } : {};
  const version = {
    type: OBJECT_VERSION,
    id: `${name}/${key}#${cloud.nextNumber()}`,
    name: key,
    urn: '',
    inputs: { bucket: name, key, ...lock },
    outputs: {},
  };
  cloud.put(version);
  return version;
}
