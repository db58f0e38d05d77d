export { FlowLogs, type FlowLogsArgs } from './flow-logs.ts';
export { Network, type NetworkArgs } from './network.ts';
export { privateAddresses, zoneOf } from './placement.ts';
export {
  type ChosenPorts,
  LOOPBACK_PORTS,
  type LoopbackPort,
  PORTS,
  type PortRule,
  type PortSource,
  portPlan,
} from './port-plan.ts';
export { type GroupRule, groupRules, SecurityGroups, type SecurityGroupsArgs } from './security-groups.ts';
export {
  type AddressUse,
  borrowedAddresses,
  type LentAddress,
  type PublicAddresses,
  StaticAddresses,
  type StaticAddressesArgs,
} from './static-addresses.ts';
