import * as pulumi from '@pulumi/pulumi';
import type { BootValues, Images } from '../boot/index.ts';
import { type HostRole, perHost } from '../hosts.ts';
import { privateAddresses } from '../network/index.ts';
import { secretsPath } from '../secrets/index.ts';
import type { Site } from './site.ts';

/** What a host's boot data is made of. */
export function bootValues(role: HostRole, site: Site, images: pulumi.Input<Images>): pulumi.Output<BootValues> {
  const { config, ports, release, witness } = site;
  const own = privateAddresses(config.subnetCidrs);
  const buckets = pulumi.all([release.bucketName, release.parameterName, witness.bucketName]);
  return pulumi
    .all([pulumi.output(site.publicIps), pulumi.output(images), buckets])
    .apply(([publicIps, ownImages, [releaseBucket, releaseParameter, witnessBucket]]) => ({
      role,
      stack: config.stack,
      environment: config.environment,
      region: config.region,
      addresses: perHost((host) => ({ private: own[host], public: publicIps[host] })),
      ports,
      adminCidrs: config.adminCidrs,
      primaryRasPort: config.primaryRasPort,
      secondaryRasPort: config.secondaryRasPort,
      domain: config.dns?.domain,
      councilBandwidthBps: config.councilBandwidthBps,
      maxParticipants: config.maxParticipants,
      maxExperts: config.maxExperts,
      mcuEngine: config.mcuEngine,
      images: ownImages,
      releaseBucket,
      releaseParameter: `${releaseParameter}/${role}`,
      secretsPath: secretsPath(config.stack, role),
      witnessBucket,
    }));
}
