/** What operators do to a zone and its etcd from outside, as functions over the way to it. */
export {
  OperatorError,
  openZone,
  type ZoneAccess,
  type ZoneLeader,
  type ZoneSettings,
} from './zone-operator-access.ts';
export { type EtcdMemberReport, type EtcdReport, etcdReport, fullness } from './zone-operator-etcd.ts';
export {
  checkMemberFolder,
  checkQuorumIsLost,
  planRestore,
  type RestoreArgs,
  type Restored,
  restore,
} from './zone-operator-recover.ts';
export { promoteWhenReady, type Replacement, replaceMember } from './zone-operator-replace.ts';
export { type GatekeeperReport, type Probe, type ZoneStatus, zoneStatus } from './zone-operator-status.ts';
export { type Switchover, type SwitchoverArgs, switchover } from './zone-operator-switchover.ts';
export {
  type Backup,
  backup,
  type Compacted,
  checkSnapshot,
  compact,
  type SnapshotFile,
} from './zone-operator-upkeep.ts';
