import type { Input, Resource } from '@pulumi/pulumi';
import type { PerHost, Triple } from '../hosts.ts';
import type { PortRule, PublicAddresses } from '../network/index.ts';
import type { StackConfig } from '../stack-config.ts';

/** A bucket that hosts use. */
export interface BucketUse {
  readonly bucketName: Input<string>;
  readonly bucketArn: Input<string>;
}

/** What all hosts of a stack share: where they stand, and what they know of each other before any of them is there. */
export interface Site {
  readonly config: StackConfig;
  readonly ports: readonly PortRule[];
  readonly vpcId: Input<string>;
  /** In the order of the zones. */
  readonly subnetIds: Triple<Input<string>>;
  readonly groupIds: PerHost<Input<string>>;
  /** Without these no host has a way out. */
  readonly wayOut: readonly Resource[];
  readonly addresses: PublicAddresses;
  /** Identifier of the zone. */
  readonly zone: Input<string>;
  /** The council's domain, where it has one. */
  readonly domain: Input<string | undefined>;
  /** The stack whose secrets hosts read. */
  readonly secretsOf: string;
  /** KMS key of volumes. */
  readonly keyArn: Input<string>;
  readonly witness: BucketUse & { readonly keyArn: Input<string> };
  readonly release: BucketUse & { readonly parameterName: Input<string>; readonly parameterArn: Input<string> };
  /** SNS topic that alarms tell. */
  readonly alarmTopicArn: Input<string>;
}
