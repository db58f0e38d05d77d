import type { Input } from '@pulumi/pulumi';
import type { PerHost } from './hosts.ts';

/** What a stack is for. Production is protected against being destroyed, and keeps its records longest. */
export type Environment = 'prod' | 'staging';

export type Triple<T> = readonly [T, T, T];

/** A machine's size. */
export interface HostSize {
  /** EC2 instance type, such as `c7i.large`. */
  readonly instanceType: string;
  /** Root volume, GiB. */
  readonly volumeGb: number;
}

/** What runs beside our MCU service for guardians who join by browser. */
export type McuEngine = 'jitsi' | 'kurento';

/** Who is called, by e-mail address. Personal data: may be secret in the stack's file, and then stays so. */
export interface Contacts {
  readonly onCall: Input<string> | undefined;
  readonly technicalLead: Input<string> | undefined;
  readonly council: Input<string> | undefined;
}

/** A stack's configuration, checked; the README's table describes each key. */
export interface StackConfig {
  readonly stack: string;
  readonly environment: Environment;
  /** AWS region, such as `eu-central-1`. */
  readonly region: string;
  readonly availabilityZones: Triple<string>;
  readonly vpcCidr: string;
  /** One a zone, in the same order. */
  readonly subnetCidrs: Triple<string>;
  readonly adminCidrs: readonly string[];
  /** Image of all hosts: Ubuntu 24.04, x86-64. */
  readonly amiId: string;
  readonly hosts: PerHost<HostSize>;
  readonly primaryRasPort: number;
  readonly secondaryRasPort: number;
  /** The council's DNS domain, and the Route 53 zone that it is in; both or neither. */
  readonly dns: { readonly domain: string; readonly hostedZoneId: string } | undefined;
  readonly contacts: Contacts;
  /** Media of all calls together, bit/s one way. */
  readonly councilBandwidthBps: number;
  /** Guardians in one conference, at most 25. */
  readonly maxParticipants: number;
  /** Outside experts at once. */
  readonly maxExperts: number;
  readonly mcuEngine: McuEngine;
  /** SHA-256 of the release that hosts run, 64 hex digits; `undefined` before the first one. */
  readonly release: string | undefined;
  /** Days that a witness line can be deleted by nobody, and days until it is. */
  readonly witnessLockDays: number;
  readonly witnessRetentionDays: number;
}
