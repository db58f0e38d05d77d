import { EC2Client } from '@aws-sdk/client-ec2';
import { IAMClient } from '@aws-sdk/client-iam';
import { S3Client } from '@aws-sdk/client-s3';
import { SSMClient } from '@aws-sdk/client-ssm';
import { ec2Requests } from './ec2-requests.ts';
import type { Request } from './request.ts';
import { identityRequests, s3Requests } from './storage-requests.ts';

export const REGION = 'eu-central-1';

export interface MotoAccount {
  readonly ec2: EC2Client;
  readonly s3: S3Client;
  /** By Pulumi's types; only the main ones. */
  readonly requests: Readonly<Record<string, Request>>;
}

/** The AWS SDK pointed at a moto server. */
export function motoAccount(endpoint: string): MotoAccount {
  // moto takes any credentials; these are nobody's.
  const credentials = { accessKeyId: 'testing', secretAccessKey: 'testing' };
  const options = { endpoint, region: REGION, credentials, maxAttempts: 1 };
  const [ec2, s3] = [new EC2Client(options), new S3Client({ ...options, forcePathStyle: true })];
  const identity = identityRequests(new IAMClient(options), new SSMClient(options));
  return { ec2, s3, requests: { ...ec2Requests(ec2), ...s3Requests(s3, REGION), ...identity } };
}
