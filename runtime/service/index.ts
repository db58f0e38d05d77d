export { type DevelopmentRegistry, developmentRegistry } from './development-registry.ts';
export { type RunningGatekeeper, startGatekeeper } from './gatekeeper-service.ts';
export { GuardianRefusedError } from './guardian-errors.ts';
export { type Admission, type GuardianHandle, type GuardianOptions, startGuardian } from './guardian-service.ts';
export { type GuardianStatus, LocalCouncil, LocalCouncilError } from './local-council.ts';
export { type Log, openLog } from './log.ts';
export { keepLastGood, loadRegistry, RegistryFileError } from './registry-file.ts';
export { signerFromSeed, verifyLater } from './verifier.ts';
export { VERSION } from './version.ts';
