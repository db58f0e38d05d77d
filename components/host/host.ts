import * as aws from '@pulumi/aws';
import * as pulumi from '@pulumi/pulumi';
import { type Images, userData } from '../boot/index.ts';
import type { HostRole } from '../hosts.ts';
import { privateAddresses, zoneOf } from '../network/index.ts';
import { bootValues } from './boot-values.ts';
import type { HealthGate } from './health-gate.ts';
import { InstanceRole } from './instance-role.ts';
import { recoveryAlarms } from './recovery-alarms.ts';
import type { Site } from './site.ts';

export interface HostArgs {
  readonly role: HostRole;
  readonly site: Site;
  /** What it runs in containers, with digests. */
  readonly images?: pulumi.Input<Images>;
  /** What must be healthy before its instance is made or replaced: children do not inherit `dependsOn`. */
  readonly after?: readonly HealthGate[];
}

/**
 * One hardened machine. In prod it is protected: what would replace it is refused until somebody takes the protection off
 * that one host, because its disk has state (etcd's, today's logs) that goes with it. Its network interface and its addresses are there before it and stay when it is replaced; it
 * takes no other host's output, so that replacing one never touches another.
 */
export class Host extends pulumi.ComponentResource {
  readonly instanceId: pulumi.Output<string>;
  readonly roleArn: pulumi.Output<string>;

  constructor({ role, site, images = {}, after = [] }: HostArgs, opts?: pulumi.ComponentResourceOptions) {
    super('guardian-council:host:Host', role, {}, opts);
    const { config } = site;
    const protect = config.environment === 'prod';
    const inside = { parent: this };
    const tags = { Name: role };
    const { instanceType, volumeGb } = config.hosts[role];
    const profile = new InstanceRole(role, { role, site }, inside);
    const card = new aws.ec2.NetworkInterface(
      role,
      {
        subnetId: site.subnetIds[zoneOf(role)],
        privateIps: [privateAddresses(config.subnetCidrs)[role]],
        securityGroups: [site.groupIds[role]],
        description: role,
        tags,
      },
      // Its private address is fixed, and two cards cannot have it at once.
      { ...inside, deleteBeforeReplace: true },
    );
    const address = new aws.ec2.EipAssociation(
      role,
      { allocationId: site.allocationIds[role], networkInterfaceId: card.id, allowReassociation: true },
      // EC2 associates no address before the VPC has a gateway.
      { ...inside, dependsOn: [...site.wayOut] },
    );
    const instance = new aws.ec2.Instance(
      role,
      {
        ami: config.amiId,
        instanceType,
        primaryNetworkInterface: { networkInterfaceId: card.id },
        iamInstanceProfile: profile.profileName,
        userData: bootValues(role, site, images).apply(userData),
        // What a host is made of is never changed in place: another one is made.
        userDataReplaceOnChange: true,
        metadataOptions: {
          httpEndpoint: 'enabled',
          httpTokens: 'required',
          // Containers with a network of their own are one hop further away; the firewall sees to the others.
          httpPutResponseHopLimit: 1,
          instanceMetadataTags: 'disabled',
        },
        rootBlockDevice: {
          volumeType: 'gp3',
          volumeSize: volumeGb,
          encrypted: true,
          deleteOnTermination: true,
          tags,
        },
        ebsOptimized: true,
        monitoring: true,
        disableApiTermination: protect,
        // Only against hands: once Pulumi may delete it (`protect` is taken off), it must be able to.
        forceDestroy: true,
        instanceInitiatedShutdownBehavior: 'stop',
        tags,
      },
      // An interface belongs to one instance at a time, so the old one goes first. What boots must reach the world.
      { ...inside, protect, deleteBeforeReplace: true, dependsOn: [address, ...site.wayOut, ...after] },
    );
    recoveryAlarms(role, { region: config.region, instanceId: instance.id, topicArn: site.alarmTopicArn }, inside);
    this.instanceId = instance.id;
    this.roleArn = profile.arn;
    this.registerOutputs({ instanceId: this.instanceId, roleArn: this.roleArn });
  }
}
