export { witnessPrefix } from './boot-values.ts';
export { fingerprint } from './fingerprint.ts';
export { HealthGate, type HealthGateArgs } from './health-gate.ts';
export { Host, type HostArgs } from './host.ts';
export { withDigests } from './images.ts';
export type { BucketUse, Site } from './site.ts';
