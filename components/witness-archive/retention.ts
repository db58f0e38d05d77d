import type { types } from '@pulumi/aws';
import type { Environment } from '../stack-config.ts';

/** The longest default retention of S3 Object Lock, days. */
const LONGEST_LOCK_DAYS = 36_500;

/** After its expiry a file stays as a noncurrent version for so many days, in which a mistake can be undone. */
const NONCURRENT_DAYS = 7;

/** S3 moves nothing to STANDARD_IA that is younger; and until then operators still look at yesterday's calls. */
const WARM_DAYS = 30;

/** What S3 bills at least, days, for a file in a storage class. */
const LEAST_STAY_DAYS = { GLACIER_IR: 90, STANDARD_IA: 30 } as const;

export interface Retention {
  readonly lockDays: number;
  readonly retentionDays: number;
}

/** @throws RangeError where S3 would refuse them, or where files were to expire that are still locked */
export function checkRetention({ lockDays, retentionDays }: Retention): void {
  if (!Number.isInteger(lockDays) || lockDays < 1 || lockDays > LONGEST_LOCK_DAYS)
    throw new RangeError(`lockDays is ${lockDays}: allowed are whole days from 1 to ${LONGEST_LOCK_DAYS}`);
  if (!Number.isInteger(retentionDays) || retentionDays < lockDays)
    throw new RangeError(`retentionDays is ${retentionDays}: allowed are whole days from lockDays (${lockDays}) on`);
}

/** In COMPLIANCE mode nobody shortens a lock, the account's root neither; GOVERNANCE mode lets a stack be destroyed. */
export const lockMode = (environment: Environment): 'COMPLIANCE' | 'GOVERNANCE' =>
  environment === 'prod' ? 'COMPLIANCE' : 'GOVERNANCE';

/** The cheapest class whose least stay is over before the file expires. Both are read at once, without a restore. */
function coldStorage(retentionDays: number): types.input.s3.BucketLifecycleConfigurationRuleTransition[] {
  const storageClass = (['GLACIER_IR', 'STANDARD_IA'] as const).find(
    (name) => WARM_DAYS + LEAST_STAY_DAYS[name] <= retentionDays,
  );
  return storageClass === undefined ? [] : [{ days: WARM_DAYS, storageClass }];
}

/**
 * The archive's S3 Lifecycle rules. Lifecycle removes no locked version: one whose time has come waits until its lock
 * has run out. Bucket policies do not bind it, so it alone may delete.
 */
export function lifecycleRules({ retentionDays }: Retention): types.input.s3.BucketLifecycleConfigurationRule[] {
  const everywhere = { status: 'Enabled', filter: {} };
  return [
    {
      ...everywhere,
      id: 'retention',
      transitions: coldStorage(retentionDays),
      // Puts a delete marker on top, which makes the version noncurrent.
      expiration: { days: retentionDays },
      noncurrentVersionExpiration: { noncurrentDays: NONCURRENT_DAYS },
      abortIncompleteMultipartUpload: { daysAfterInitiation: 1 },
    },
    // A rule of its own: S3 takes no other expiry beside it.
    { ...everywhere, id: 'delete-markers', expiration: { expiredObjectDeleteMarker: true } },
  ];
}
