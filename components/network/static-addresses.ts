import * as aws from '@pulumi/aws';
import * as pulumi from '@pulumi/pulumi';
import { type PerHost, perHost } from '../hosts.ts';

/**
 * How machines come by the public addresses.
 *
 * - `held`: they are this stack's, and stay with its network interfaces.
 * - `lent`: they are this stack's, and another one has them: nothing here touches their association.
 * - `awaited`: they are another stack's. Until they are taken, each machine has a temporary one that AWS gives it.
 * - `taken`: they are another stack's, and are associated with the machines of this one.
 */
export type AddressUse = 'held' | 'lent' | 'awaited' | 'taken';

/** The public addresses that terminals and names know. */
export interface PublicAddresses {
  readonly publicIps: PerHost<pulumi.Output<string>>;
  /** What an address is associated by. */
  readonly allocationIds: PerHost<pulumi.Output<string>>;
  readonly use: AddressUse;
}

export interface StaticAddressesArgs {
  /** Whether they may only be given back after their protection was taken off. */
  readonly protect: boolean;
  /** Whether a rollback stack has them for a time. */
  readonly lent: boolean;
}

/**
 * The stack's own public addresses. They are apart from the hosts, which may be replaced, and which another stack may
 * stand in for.
 */
export class StaticAddresses extends pulumi.ComponentResource implements PublicAddresses {
  readonly publicIps: PerHost<pulumi.Output<string>>;
  readonly allocationIds: PerHost<pulumi.Output<string>>;
  readonly use: AddressUse;

  constructor(name: string, { protect, lent }: StaticAddressesArgs, opts?: pulumi.ComponentResourceOptions) {
    super('guardian-council:network:StaticAddresses', name, {}, opts);
    const addresses = perHost(
      (role) => new aws.ec2.Eip(role, { domain: 'vpc', tags: { Name: role } }, { parent: this, protect }),
    );
    this.publicIps = perHost((role) => addresses[role].publicIp);
    this.allocationIds = perHost((role) => addresses[role].allocationId);
    this.use = lent ? 'lent' : 'held';
    this.registerOutputs({ publicIps: this.publicIps, allocationIds: this.allocationIds });
  }
}

/** An address of another stack. */
export interface LentAddress {
  readonly publicIp: string;
  readonly allocationId: string;
}

/** The public addresses of another stack, which keeps them: this makes no resource, so that none goes with this stack. */
export function borrowedAddresses(lent: pulumi.Output<PerHost<LentAddress>>, taken: boolean): PublicAddresses {
  return {
    publicIps: perHost((role) => lent.apply((all) => all[role].publicIp)),
    allocationIds: perHost((role) => lent.apply((all) => all[role].allocationId)),
    use: taken ? 'taken' : 'awaited',
  };
}
