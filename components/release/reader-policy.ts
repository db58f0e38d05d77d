import type { Input } from '@pulumi/pulumi';
import { objectsOf, type PolicyStatement } from '../iam.ts';

/** What the keys of all bundles begin with; the SHA-256 of the bundle follows. */
export const RELEASE_PREFIX = 'releases/';

export interface ReaderPolicyArgs {
  readonly bucketArn: Input<string>;
  readonly parameterArn: Input<string>;
}

/** What a role needs to learn which release to run, and to fetch it. It can list nothing and change nothing. */
export function readerPolicy({ bucketArn, parameterArn }: ReaderPolicyArgs): PolicyStatement[] {
  return [
    {
      Sid: 'FetchReleases',
      Effect: 'Allow',
      Action: ['s3:GetObject'],
      Resource: [objectsOf(bucketArn, RELEASE_PREFIX)],
    },
    { Sid: 'LearnRelease', Effect: 'Allow', Action: ['ssm:GetParameter'], Resource: [parameterArn] },
  ];
}
