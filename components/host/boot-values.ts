import * as pulumi from '@pulumi/pulumi';
import { type BootValues, type Images, UNKNOWN_ADDRESSES } from '../boot/index.ts';
import { type HostRole, perHost } from '../hosts.ts';
import { privateAddresses } from '../network/index.ts';
import { secretsPath } from '../secrets/index.ts';
import type { Site } from './site.ts';

/** What the names of a host's files in the archive begin with. A stack that stands in for another writes beside its files. */
export const witnessPrefix = ({ stack, rollback }: Site['config'], role: HostRole): string =>
  rollback === undefined ? role : `${stack}-${role}`;

/** The auto-scaling group of the SIP gateways, where there is one: known before it is there, since rights and boot data name it. */
export const gatewayGroupName = ({ stack, sipGateways }: Site['config']): string | undefined =>
  sipGateways.most === 1 ? undefined : `guardian-council-${stack}-sip-gateway`;

/**
 * What a host's boot data is made of.
 * @param dataVolume the EBS volume of a voter's data, by its id
 */
export function bootValues(
  role: HostRole,
  site: Site,
  images: pulumi.Input<Images>,
  dataVolume: pulumi.Input<string | undefined>,
): pulumi.Output<BootValues> {
  const { config, ports, release, witness, addresses } = site;
  const own = privateAddresses(config.subnetCidrs);
  const gatewayGroup = gatewayGroupName(config);
  const buckets = pulumi.all([release.bucketName, release.parameterName, witness.bucketName]);
  return pulumi
    .all([pulumi.output(addresses.publicIps), pulumi.output(images), buckets, site.zone, site.domain, dataVolume])
    .apply(([publicIps, ownImages, [releaseBucket, releaseParameter, witnessBucket], zone, domain, volume]) => ({
      role,
      stack: config.stack,
      zone,
      environment: config.environment,
      region: config.region,
      addresses: perHost((host) =>
        host === 'sip-gateway' && gatewayGroup !== undefined
          ? UNKNOWN_ADDRESSES
          : { private: own[host], public: publicIps[host] },
      ),
      gatewayGroup,
      ports,
      adminCidrs: config.adminCidrs,
      primaryRasPort: config.primaryRasPort,
      secondaryRasPort: config.secondaryRasPort,
      domain,
      councilBandwidthBps: config.councilBandwidthBps,
      maxParticipants: config.maxParticipants,
      maxExperts: config.maxExperts,
      mcuEngine: config.mcuEngine,
      images: ownImages,
      releaseBucket,
      releaseParameter: `${releaseParameter}/${role}`,
      secretsPath: secretsPath(site.secretsOf, role),
      witnessBucket,
      witnessPrefix: witnessPrefix(config, role),
      dataVolume: volume,
      borrowsAddresses: addresses.use === 'awaited' || addresses.use === 'taken',
    }));
}
