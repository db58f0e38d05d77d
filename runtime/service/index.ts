export { type DevelopmentRegistry, developmentRegistry } from './development-registry.ts';
export { type GatekeeperProbe, probeGatekeeper } from './gatekeeper-probe.ts';
export { type RunningGatekeeper, startGatekeeper } from './gatekeeper-service.ts';
export { GuardianRefusedError } from './guardian-errors.ts';
export { type Admission, type GuardianHandle, type GuardianOptions, startGuardian } from './guardian-service.ts';
export {
  type FailoverReport,
  type GuardianStatus,
  LocalCouncil,
  type LocalCouncilArgs,
  LocalCouncilError,
  type LocalGatekeeper,
  type LocalZone,
  LocalZoneError,
} from './local-council.ts';
export { type Log, openLog } from './log.ts';
export { keepLastGood, loadRegistry, RegistryFileError } from './registry-file.ts';
export { signerFromSeed, verifyLater } from './verifier.ts';
export { RELEASE, VERSION } from './version.ts';
export * from './zone-operator.ts';
