import type * as pulumi from '@pulumi/pulumi';
import type { BucketUse } from '../host/index.ts';
import type { PublicAddresses } from '../network/index.ts';
import type { Loan } from './loan.ts';

/**
 * What outlives machines: addresses, names, keys, archive, releases. A stack owns its own, or, standing in for another
 * one, uses what stays that one's.
 */
export interface Holdings {
  readonly addresses: PublicAddresses;
  /** Identifier of the zone. */
  readonly zone: pulumi.Input<string>;
  /** The council's domain, where it has one. */
  readonly domain: pulumi.Input<string | undefined>;
  /** Names of the hosts in DNS. */
  readonly names: pulumi.Input<Readonly<Record<string, string>>>;
  /** KMS key of volumes and logs. */
  readonly keyArn: pulumi.Input<string>;
  readonly witness: BucketUse & { readonly keyArn: pulumi.Input<string> };
  readonly release: BucketUse & {
    readonly parameterName: pulumi.Input<string>;
    readonly parameterArn: pulumi.Input<string>;
  };
  readonly alarmTopicArn: pulumi.Input<string>;
  /** The stack whose secrets hosts read. */
  readonly secretsOf: string;
  /** What another stack may use that stands in for this one; a stack that borrows has nothing to lend. */
  readonly loan: pulumi.Output<Loan> | undefined;
}
