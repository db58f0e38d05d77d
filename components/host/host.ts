import * as aws from '@pulumi/aws';
import * as pulumi from '@pulumi/pulumi';
import { backupTags } from '../backups/index.ts';
import type { Images } from '../boot/index.ts';
import type { HostRole } from '../hosts.ts';
import { BootData } from './boot-data.ts';
import { bootValues } from './boot-values.ts';
import { connection } from './connection.ts';
import { DataVolume } from './data-volume.ts';
import { InstanceRole } from './instance-role.ts';
import { recoveryAlarms } from './recovery-alarms.ts';
import type { Site } from './site.ts';

export interface HostArgs {
  readonly role: HostRole;
  readonly site: Site;
  /** What it runs in containers, with digests. */
  readonly images?: pulumi.Input<Images>;
  /** Gates that must be passed before its instance is made or replaced: children do not inherit `dependsOn`. */
  readonly after?: readonly pulumi.Resource[];
}

/** Instance metadata by session tokens alone (IMDSv2), and only on the machine itself: containers are a hop further away. */
export const METADATA = {
  httpEndpoint: 'enabled',
  httpTokens: 'required',
  httpPutResponseHopLimit: 1,
  instanceMetadataTags: 'disabled',
} as const;

/**
 * One hardened machine. In prod it is protected: what would replace it is refused until somebody takes the protection off
 * that one host, for people talk through it. Its addresses and, of a voter, its data volume are there before it and stay
 * when it is replaced; it takes no other host's output, so that replacing one never touches another.
 */
export class Host extends pulumi.ComponentResource {
  readonly instanceId: pulumi.Output<string>;
  /** Its network interface, which public addresses are associated with. */
  readonly interfaceId: pulumi.Output<string>;
  readonly roleArn: pulumi.Output<string>;

  constructor({ role, site, images = {}, after = [] }: HostArgs, opts?: pulumi.ComponentResourceOptions) {
    super('guardian-council:host:Host', role, {}, opts);
    const { config } = site;
    const protect = config.environment === 'prod';
    const inside = { parent: this };
    const tags = { Name: role };
    const { instanceType, volumeGb, dataGb } = config.hosts[role];
    const profile = new InstanceRole(role, { role, site }, inside);
    const data = dataGb === undefined ? undefined : new DataVolume({ role, site, sizeGb: dataGb }, inside);
    const boot = new BootData(role, bootValues(role, site, images, data?.volumeId), inside);
    const { inputs, before, complete } = connection(role, site, inside);
    const instance = new aws.ec2.Instance(
      role,
      {
        ami: config.amiId,
        instanceType,
        ...inputs,
        iamInstanceProfile: profile.profileName,
        userDataBase64: boot.userDataBase64,
        // What a host is made of is never changed in place: another one is made.
        userDataReplaceOnChange: true,
        metadataOptions: METADATA,
        rootBlockDevice: {
          volumeType: 'gp3',
          volumeSize: volumeGb,
          encrypted: true,
          kmsKeyId: site.keyArn,
          deleteOnTermination: true,
          // Prometheus and Grafana keep their data on the root volume; other hosts have nothing there that is theirs alone.
          tags: { ...tags, ...(role === 'monitoring' ? backupTags(config) : {}) },
        },
        ebsOptimized: true,
        monitoring: true,
        disableApiTermination: protect,
        // Only against hands: once Pulumi may delete it (`protect` is taken off), it must be able to.
        forceDestroy: true,
        instanceInitiatedShutdownBehavior: 'stop',
        tags,
      },
      // Interface, address and volume belong to one instance at a time, so the old one goes first. What boots must reach
      // the world.
      { ...inside, protect, deleteBeforeReplace: true, dependsOn: [...before, ...site.wayOut, ...after] },
    );
    recoveryAlarms(role, { region: config.region, instanceId: instance.id, topicArn: site.alarmTopicArn }, inside);
    // Who waits for this host waits for its data: without that a voter is no voter.
    this.instanceId = data === undefined ? instance.id : data.attach(role, instance.id);
    this.interfaceId = complete(instance);
    this.roleArn = profile.arn;
    this.registerOutputs({ instanceId: this.instanceId, interfaceId: this.interfaceId, roleArn: this.roleArn });
  }
}
