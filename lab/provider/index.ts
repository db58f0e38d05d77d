/**
 * A stand-in for Pulumi's AWS provider: it speaks the provider protocol to the real engine and keeps a model of an
 * account instead of calling AWS.
 */
export type { Account, Quotas } from './cloud/account.ts';
export type { Call } from './cloud/calls.ts';
export { Cloud, type CloudOptions, type Resource } from './cloud/cloud.ts';
export { type DockerOptions, digestOf, startDockerProvider } from './docker.ts';
export { AwsError, LabError } from './errors.ts';
export { type Action, type Failure, Failures, type Hold } from './failures.ts';
export { type Latency, type Range, seededLatency } from './latency.ts';
export type { AddressMapping, Machine, Machines, VolumeMapping } from './machines.ts';
export type { ProviderOptions, RunningProvider } from './options.ts';
export { startProvider } from './rpc/server.ts';
export { type FirewallRule, firewallOf, machineOf, OBJECT_VERSION, PENDING_KEY, putObject } from './services/index.ts';
export type { Value, Values } from './values.ts';
