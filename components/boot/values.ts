import type { HostRole, PerHost } from '../hosts.ts';
import type { PortRule } from '../network/index.ts';
import type { Environment, McuEngine } from '../stack-config.ts';

/** Where a host is reached: inside the VPC, and from the world. */
export interface HostAddresses {
  readonly private: string;
  readonly public: string;
}

/** Container images by what runs in them, each with its digest: `registry/name:tag@sha256:…`. */
export type Images = Readonly<Record<string, string>>;

/** All that a host's boot data is made of; nothing in it is secret. */
export interface BootValues {
  readonly role: HostRole;
  readonly stack: string;
  /** Identifier of the zone, the same on both gatekeepers. */
  readonly zone: string;
  readonly environment: Environment;
  readonly region: string;
  readonly addresses: PerHost<HostAddresses>;
  /** The whole port plan. */
  readonly ports: readonly PortRule[];
  readonly adminCidrs: readonly string[];
  readonly primaryRasPort: number;
  readonly secondaryRasPort: number;
  readonly domain: string | undefined;
  /** Bit/s, one way. */
  readonly councilBandwidthBps: number;
  readonly maxParticipants: number;
  readonly maxExperts: number;
  readonly mcuEngine: McuEngine;
  /** What this host runs in containers. */
  readonly images: Images;
  /** S3 bucket of releases, and the SSM parameter that holds the SHA-256 of the one to run, or `none`. */
  readonly releaseBucket: string;
  readonly releaseParameter: string;
  /** SSM path below which this host's secrets are; it reads them at boot, by its role. */
  readonly secretsPath: string;
  /** S3 bucket that witness logs are shipped to, and what its keys begin with that are this host's. */
  readonly witnessBucket: string;
  readonly witnessPrefix: string;
  /** Auto-scaling group of the SIP gateways; `undefined` where there is one host. */
  readonly gatewayGroup: string | undefined;
  /** EBS volume that keeps a voter's data (`vol-…`); `undefined` on other hosts. */
  readonly dataVolume: string | undefined;
  /** Whether the public addresses are another stack's: until they lead here, hosts reach each other by the private ones. */
  readonly borrowsAddresses: boolean;
}
