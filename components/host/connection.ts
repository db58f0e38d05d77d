import * as aws from '@pulumi/aws';
import type * as pulumi from '@pulumi/pulumi';
import type { HostRole } from '../hosts.ts';
import { privateAddresses, zoneOf } from '../network/index.ts';
import type { Site } from './site.ts';

/** What connects a machine to its subnet and to the world. */
export interface Connection {
  /** Those inputs of the instance that are about its network. */
  readonly inputs: Pick<
    aws.ec2.InstanceArgs,
    'associatePublicIpAddress' | 'primaryNetworkInterface' | 'privateIp' | 'subnetId' | 'vpcSecurityGroupIds'
  >;
  /** What must be there before the instance. */
  readonly before: readonly pulumi.Resource[];
  /** Makes what can only be there after the instance; gives its network interface. */
  readonly complete: (instance: aws.ec2.Instance) => pulumi.Output<string>;
}

/** Connects a host as its stack's use of the public addresses says. */
export const connection = (role: HostRole, site: Site, inside: pulumi.ResourceOptions): Connection =>
  site.addresses.use === 'held' || site.addresses.use === 'lent'
    ? withInterface(role, site, inside)
    : withAddressOfAnother(role, site, inside);

/**
 * A network interface that is there before the machine and stays when that is replaced, and with it the address.
 *
 * An address that something else has is never taken from there: `up` then fails at the association. And in prod an
 * association that leaves the program, or is replaced, is left alone in AWS: addresses go from one stack to the other in
 * one step, by being associated there, and never hang in between.
 */
function withInterface(role: HostRole, site: Site, inside: pulumi.ResourceOptions): Connection {
  const { config, addresses } = site;
  const card = new aws.ec2.NetworkInterface(
    role,
    {
      subnetId: site.subnetIds[zoneOf(role)],
      privateIps: [privateAddresses(config.subnetCidrs)[role]],
      securityGroups: [site.groupIds[role]],
      description: role,
      tags: { Name: role },
    },
    // Its private address is fixed, and two cards cannot have it at once.
    { ...inside, deleteBeforeReplace: true },
  );
  const associated =
    addresses.use === 'lent'
      ? []
      : [
          new aws.ec2.EipAssociation(
            role,
            { allocationId: addresses.allocationIds[role], networkInterfaceId: card.id, allowReassociation: false },
            {
              ...inside,
              // EC2 associates no address before the VPC has a gateway.
              dependsOn: [...site.wayOut],
              retainOnDelete: config.environment === 'prod',
            },
          ),
        ];
  return {
    inputs: { primaryNetworkInterface: { networkInterfaceId: card.id } },
    before: associated,
    complete: () => card.id,
  };
}

/**
 * An interface that comes and goes with the machine, for only such a one has AWS give it a temporary public address. When
 * the address of the other stack is associated, in one step and from wherever it was, the temporary one goes; when that
 * is taken back, another temporary one comes.
 */
function withAddressOfAnother(role: HostRole, site: Site, inside: pulumi.ResourceOptions): Connection {
  const { config, addresses } = site;
  return {
    inputs: {
      subnetId: site.subnetIds[zoneOf(role)],
      privateIp: privateAddresses(config.subnetCidrs)[role],
      vpcSecurityGroupIds: [site.groupIds[role]],
      associatePublicIpAddress: true,
    },
    before: [],
    complete: (instance) => {
      if (addresses.use === 'taken')
        new aws.ec2.EipAssociation(
          role,
          { allocationId: addresses.allocationIds[role], instanceId: instance.id, allowReassociation: true },
          inside,
        );
      return instance.primaryNetworkInterfaceId;
    },
  };
}
