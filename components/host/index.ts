export { BootData } from './boot-data.ts';
export { bootValues, gatewayGroupName, witnessPrefix } from './boot-values.ts';
export { fingerprint } from './fingerprint.ts';
export { HealthGate, type HealthGateArgs } from './health-gate.ts';
export { Host, type HostArgs, METADATA } from './host.ts';
export { withDigests } from './images.ts';
export { InstanceRole, type InstanceRoleArgs } from './instance-role.ts';
export { PartnerGate, type PartnerGateArgs } from './partner-gate.ts';
export type { BucketUse, Site } from './site.ts';
