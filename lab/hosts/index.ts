/** Hosts of the lab: containers with a whole Debian in them, wired to a router that keeps to security groups. */
export { attempt, CommandError, type CommandResult, run, works } from './commands.ts';
export type { GroupRule } from './firewall.ts';
export { type Firewall, Fleet, type FleetArgs, type HostSpec } from './fleet.ts';
export { type AwsAccess, ensureImage, imageFolder } from './image/index.ts';
export type { Machine } from './machine.ts';
