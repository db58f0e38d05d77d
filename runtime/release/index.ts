export { type Bundle, type BundleFile, sha256Of, writeBundle } from './bundle.ts';
export { BundleError, ReleaseError } from './errors.ts';
export { GATE_PATIENCE, type GateArgs, type GatePatience, gate } from './gate.ts';
export { type HostScript, lookScript, switchScript } from './host-scripts.ts';
export { type HostState, parseHostState, problemOf } from './host-state.ts';
export {
  type GatekeeperRole,
  isGatekeeper,
  isReleaseRole,
  isVoter,
  RELEASE_ROLES,
  type ReleaseRole,
  VOTERS,
  type Voter,
} from './hosts.ts';
export { MANIFEST, type Manifest, type ReleaseFacts } from './manifest.ts';
export { BUNDLE_PREFIX, bundleKey, isSha256, isStackName, NO_RELEASE, nodeKey, parameters } from './names.ts';
export { NODE_RUNTIME, type NodeRuntime, nodePackage } from './node-runtime.ts';
export type { Members, Order, Outcome, Steps } from './orders.ts';
export { LARGEST_BUNDLE, readBundle } from './read-bundle.ts';
export { type RolloutArgs, type RolloutReport, type RolloutState, rollout } from './rollout.ts';
export { spare } from './spare.ts';
