import { type Input, interpolate } from '@pulumi/pulumi';
import type { HostRole } from '../hosts.ts';
import { objectsOf, type PolicyStatement } from '../iam.ts';

/** What the keys of all bundles begin with; the SHA-256 of the bundle follows. */
export const RELEASE_PREFIX = 'releases/';

/** What the keys of all archives of Node.js begin with. */
const RUNTIME_PREFIX = 'runtimes/';

export interface ReaderPolicyArgs {
  readonly bucketArn: Input<string>;
  /** The stack's parameter; the host's own is below it. */
  readonly parameterArn: Input<string>;
}

/** What a host needs to learn which release to run, and to fetch it. It can list nothing and change nothing. */
export function readerPolicy({ bucketArn, parameterArn }: ReaderPolicyArgs, host: HostRole): PolicyStatement[] {
  return [
    {
      Sid: 'FetchReleases',
      Effect: 'Allow',
      Action: ['s3:GetObject'],
      Resource: [objectsOf(bucketArn, RELEASE_PREFIX), objectsOf(bucketArn, RUNTIME_PREFIX)],
    },
    {
      Sid: 'LearnRelease',
      Effect: 'Allow',
      Action: ['ssm:GetParameter'],
      Resource: [interpolate`${parameterArn}/${host}`],
    },
  ];
}
