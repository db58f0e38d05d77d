import { createHash } from 'node:crypto';
import type * as pulumi from '@pulumi/pulumi';
import { type Images, userData } from '../boot/index.ts';
import type { HostRole } from '../hosts.ts';
import { bootValues } from './boot-values.ts';
import type { Site } from './site.ts';

/** What a host is made of: where one of these changes, it is replaced or stopped. */
export interface MadeOf {
  readonly amiId: string;
  readonly instanceType: string;
  /** Root volume, GiB. */
  readonly volumeGb: number;
  /** As the instance gets it. */
  readonly userData: string;
}

/** A short text that changes where what a host is made of does; SHA-256, 64 hex digits. */
export const fingerprintOf = ({ amiId, instanceType, volumeGb, userData }: MadeOf): string =>
  createHash('sha256')
    .update(JSON.stringify([amiId, instanceType, volumeGb, userData]))
    .digest('hex');

/** The fingerprint of a host of this site. */
export function fingerprint(role: HostRole, site: Site, images: pulumi.Input<Images> = {}): pulumi.Output<string> {
  const { amiId, hosts } = site.config;
  const { instanceType, volumeGb } = hosts[role];
  return bootValues(role, site, images).apply((values) =>
    fingerprintOf({ amiId, instanceType, volumeGb, userData: userData(values) }),
  );
}
