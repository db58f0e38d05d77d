import * as pulumi from '@pulumi/pulumi';
import { type ConfigTexts, checkedValues, fullKey, type StackValues } from './config/index.ts';
import type { PerHost, Triple } from './hosts.ts';

export { StackConfigError, type StackConfigProblem, stackConfigMarkdown } from './config/index.ts';

/**
 * What a stack is for. Production is protected against being destroyed, and keeps its records longest; a rollback stack
 * is a temporary one of an earlier release, which stands in for another stack and owns nothing that must stay.
 */
export type Environment = 'prod' | 'staging' | 'rollback';

/** A machine's size. */
export interface HostSize {
  /** EC2 instance type, such as `c7i.large`. */
  readonly instanceType: string;
  /** Root volume, GiB. */
  readonly volumeGb: number;
  /** Data volume of a voter, GiB; other hosts have none. */
  readonly dataGb: number | undefined;
}

/** What runs beside our MCU service for guardians who join by browser. */
export type McuEngine = 'jitsi' | 'kurento';

/** Who is called, by e-mail address. Personal data: may be secret in the stack's file, and then stays so. */
export interface Contacts {
  readonly onCall: pulumi.Input<string> | undefined;
  readonly technicalLead: pulumi.Input<string> | undefined;
  readonly council: pulumi.Input<string> | undefined;
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
  /** Which stack this one stands in for, and whether it has that one's public addresses already. */
  readonly rollback: { readonly of: string; readonly takeAddresses: boolean } | undefined;
  /** The stack that has this one's public addresses for a time. */
  readonly addressesLentTo: string | undefined;
  /** How many SIP gateways there are; one host with an address of its own where the most is 1. */
  readonly sipGateways: { readonly least: number; readonly most: number };
  /** Identifier of the zone; `undefined` for the one that the stack's name gives. */
  readonly gatekeeperId: string | undefined;
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
  /** Days that flow logs are kept, as CloudWatch Logs takes them. */
  readonly flowLogDays: number;
  /** US dollars a month. */
  readonly monthlyBudgetUsd: number;
  /** Days that a witness line can be deleted by nobody, and days until it is. */
  readonly witnessLockDays: number;
  readonly witnessRetentionDays: number;
}

/**
 * Checks a stack's configuration and gives it its types.
 * @param values texts by full key (`aws:region`, `guardian-council:vpcCidr`), lists as JSON
 * @param secretKeys full keys whose values are secret; those of contacts become secret outputs
 * @throws StackConfigError that lists every problem
 */
export function stackConfig(stack: string, values: ConfigTexts, secretKeys: readonly string[]): StackConfig {
  const checked = checkedValues(stack, values, secretKeys);
  const { domain, hostedZoneId, subnetCidrs } = checked;
  return {
    stack,
    environment: checked.environment,
    region: checked.region,
    availabilityZones: checked.availabilityZones,
    vpcCidr: checked.vpcCidr.text,
    subnetCidrs: [subnetCidrs[0].text, subnetCidrs[1].text, subnetCidrs[2].text],
    adminCidrs: checked.adminCidrs.map(({ text }) => text),
    amiId: checked.amiId,
    hosts: hostSizes(checked),
    rollback:
      checked.rollbackOf === undefined ? undefined : { of: checked.rollbackOf, takeAddresses: checked.takeAddresses },
    addressesLentTo: checked.addressesLentTo,
    sipGateways: { least: checked.sipGatewayMin, most: checked.sipGatewayMax },
    gatekeeperId: checked.gatekeeperId,
    primaryRasPort: checked.primaryRasPort,
    secondaryRasPort: checked.secondaryRasPort,
    dns: domain === undefined || hostedZoneId === undefined ? undefined : { domain, hostedZoneId },
    contacts: {
      onCall: contact('onCallContact', checked, secretKeys),
      technicalLead: contact('technicalLeadContact', checked, secretKeys),
      council: contact('councilContact', checked, secretKeys),
    },
    councilBandwidthBps: checked.councilBandwidthBps,
    maxParticipants: checked.maxParticipants,
    maxExperts: checked.maxExperts,
    mcuEngine: checked.mcuEngine,
    release: checked.release,
    flowLogDays: checked.flowLogDays,
    monthlyBudgetUsd: checked.monthlyBudgetUsd,
    witnessLockDays: checked.witnessLockDays,
    witnessRetentionDays: checked.witnessRetentionDays,
  };
}

/**
 * The configuration of the stack that the running Pulumi program is for.
 * @throws StackConfigError that lists every problem
 */
export function readStackConfig(): StackConfig {
  const values = pulumi.runtime.allConfig();
  return stackConfig(pulumi.getStack(), values, Object.keys(values).filter(isSecret));
}

/**
 * Whether the stack's file has this key as a secret. The SDK's own function tells; it has it at run time though not in
 * its types. Without it nothing is read: a secret must not become plain unnoticed.
 */
function isSecret(key: string): boolean {
  const tells: unknown = Reflect.get(pulumi.runtime, 'isConfigSecret');
  if (typeof tells !== 'function')
    throw new Error('this version of @pulumi/pulumi does not tell which configuration keys are secret');
  return Reflect.apply(tells, undefined, [key]) === true;
}

/** Both gatekeepers are of one size: either must carry the whole council. */
function hostSizes(values: StackValues): PerHost<HostSize> {
  const gatekeeper = {
    instanceType: values.gatekeeperInstanceType,
    volumeGb: values.gatekeeperVolumeGb,
    dataGb: values.gatekeeperDataGb,
  };
  const none = { dataGb: undefined };
  return {
    'gatekeeper-primary': gatekeeper,
    'gatekeeper-secondary': gatekeeper,
    mcu: { instanceType: values.mcuInstanceType, volumeGb: values.mcuVolumeGb, ...none },
    'sip-gateway': { instanceType: values.sipGatewayInstanceType, volumeGb: values.sipGatewayVolumeGb, ...none },
    monitoring: {
      instanceType: values.monitoringInstanceType,
      volumeGb: values.monitoringVolumeGb,
      dataGb: values.monitoringDataGb,
    },
  };
}

function contact(
  name: 'onCallContact' | 'technicalLeadContact' | 'councilContact',
  values: StackValues,
  secretKeys: readonly string[],
): pulumi.Input<string> | undefined {
  const address = values[name];
  return address !== undefined && secretKeys.includes(fullKey(name)) ? pulumi.secret(address) : address;
}
