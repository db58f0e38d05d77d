import { createHash } from 'node:crypto';
import type * as pulumi from '@pulumi/pulumi';
import { type Images, userData } from '../boot/index.ts';
import { type HostRole, VOTERS } from '../hosts.ts';
import { zoneOf } from '../network/index.ts';
import { bootValues } from './boot-values.ts';
import type { Site } from './site.ts';

/** Stands for the host's data volume, which is not there yet: it is replaced only where the zone is another. */
const ANY_VOLUME = 'vol-00000000';

/** A short text that changes where what a host is made of does (image, size, zone, boot data): 64 hex digits. */
export function fingerprint(role: HostRole, site: Site, images: pulumi.Input<Images> = {}): pulumi.Output<string> {
  const { amiId, hosts, availabilityZones } = site.config;
  const { instanceType, volumeGb } = hosts[role];
  const volume = VOTERS.includes(role) ? ANY_VOLUME : undefined;
  const availabilityZone = availabilityZones[zoneOf(role)];
  return bootValues(role, site, images, volume).apply((values) =>
    createHash('sha256')
      .update(JSON.stringify([amiId, instanceType, volumeGb, availabilityZone, userData(values)]))
      .digest('hex'),
  );
}
