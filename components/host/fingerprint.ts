import { createHash } from 'node:crypto';
import type * as pulumi from '@pulumi/pulumi';
import { type Images, userData } from '../boot/index.ts';
import type { HostRole } from '../hosts.ts';
import { bootValues } from './boot-values.ts';
import type { Site } from './site.ts';

/** A short text that changes where what a host is made of does: its image, its size, its boot data. */
export function fingerprint(role: HostRole, site: Site, images: pulumi.Input<Images> = {}): pulumi.Output<string> {
  const { amiId, hosts } = site.config;
  const { instanceType, volumeGb } = hosts[role];
  return bootValues(role, site, images).apply((values) =>
    createHash('sha256')
      .update(JSON.stringify([amiId, instanceType, volumeGb, userData(values)]))
      .digest('hex'),
  );
}
