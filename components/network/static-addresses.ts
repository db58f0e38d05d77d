import * as aws from '@pulumi/aws';
import * as pulumi from '@pulumi/pulumi';
import { type PerHost, perHost } from '../hosts.ts';

export interface StaticAddressesArgs {
  /** Whether they may only be given back after their protection was taken off. */
  readonly protect: boolean;
}

/**
 * The public addresses that terminals and names know. They are apart from the hosts, which may be replaced, and which
 * another stack may stand in for.
 */
export class StaticAddresses extends pulumi.ComponentResource {
  readonly publicIps: PerHost<pulumi.Output<string>>;
  /** What an address is associated by. */
  readonly allocationIds: PerHost<pulumi.Output<string>>;

  constructor(name: string, { protect }: StaticAddressesArgs, opts?: pulumi.ComponentResourceOptions) {
    super('guardian-council:network:StaticAddresses', name, {}, opts);
    const addresses = perHost(
      (role) => new aws.ec2.Eip(role, { domain: 'vpc', tags: { Name: role } }, { parent: this, protect }),
    );
    this.publicIps = perHost((role) => addresses[role].publicIp);
    this.allocationIds = perHost((role) => addresses[role].allocationId);
    this.registerOutputs({ publicIps: this.publicIps, allocationIds: this.allocationIds });
  }
}
