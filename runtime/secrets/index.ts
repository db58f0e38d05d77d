export type { Tools } from './authority.ts';
export { type CheckOptions, checkSecrets, type Finding, isFine } from './check.ts';
export { afterChanges, type Change, Draft, type Inventory, type StoredSecret } from './draft.ts';
export { SecretsError, SecretsInputError } from './errors.ts';
export {
  gatekeeperPublicKey,
  gatekeeperPublicKeys,
  KEY_STEPS,
  type KeyStep,
  replaceGatekeeperKey,
  rotateGatekeeperKeyBy,
} from './gatekeeper-key.ts';
export { checkGiven, describeGiven, isOneLine, parseGiven } from './given.ts';
export { type InitPlan, planInit } from './init.ts';
export { type HostSecrets, parseManifest, type SecretsManifest } from './manifest.ts';
export {
  replaceGiven,
  rotateAuthority,
  rotateCertificates,
  rotateGrafana,
  rotateJitsi,
  STEPS,
  type Step,
} from './rotate.ts';
export { SecretText } from './secret-text.ts';
