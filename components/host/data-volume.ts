import * as aws from '@pulumi/aws';
import * as pulumi from '@pulumi/pulumi';
import { backupTags } from '../backups/index.ts';
import type { HostRole } from '../hosts.ts';
import { zoneOf } from '../network/index.ts';
import type { Site } from './site.ts';

export interface DataVolumeArgs {
  readonly role: HostRole;
  readonly site: Site;
  /** GiB; AWS grows it in place. */
  readonly sizeGb: number;
}

/** EC2 wants a name; machines of today's types find the volume by its serial number instead. */
const DEVICE = '/dev/sdf';

/**
 * The volume on which a voter keeps etcd's data and its witness logs. It is apart from the machine, so that one which is
 * replaced comes back as the same member of the quorum with all that it knew. In prod it is protected, and a last
 * snapshot is made should it be deleted all the same.
 */
export class DataVolume extends pulumi.ComponentResource {
  readonly volumeId: pulumi.Output<string>;

  constructor({ role, site, sizeGb }: DataVolumeArgs, opts?: pulumi.ComponentResourceOptions) {
    super('guardian-council:host:DataVolume', role, {}, opts);
    const { config, keyArn } = site;
    const protect = config.environment === 'prod';
    const volume = new aws.ebs.Volume(
      `${role}-data`,
      {
        availabilityZone: config.availabilityZones[zoneOf(role)],
        type: 'gp3',
        size: sizeGb,
        encrypted: true,
        kmsKeyId: keyArn,
        finalSnapshot: protect,
        tags: { Name: `${role}-data`, ...backupTags(config) },
      },
      { parent: this, protect },
    );
    this.volumeId = volume.id;
    this.registerOutputs({ volumeId: this.volumeId });
  }

  /**
   * Attaches it to the host's machine; before it is detached the machine is stopped, so that nothing is half written.
   * Gives the machine's id once it has its volume.
   */
  attach(role: HostRole, instanceId: pulumi.Output<string>): pulumi.Output<string> {
    const attachment = new aws.ec2.VolumeAttachment(
      `${role}-data`,
      { deviceName: DEVICE, volumeId: this.volumeId, instanceId, stopInstanceBeforeDetaching: true },
      // A volume is attached to one machine at a time.
      { parent: this, deleteBeforeReplace: true },
    );
    return pulumi.all([instanceId, attachment.id]).apply(([id]) => id);
  }
}
