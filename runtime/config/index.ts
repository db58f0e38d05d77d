export { type PointFault, pointFault } from './ed25519-point.ts';
export { type FileProblem, formatFileProblem, RegistryError, SettingsError, type SettingsProblem } from './errors.ts';
export type {
  AlternateGatekeeper,
  GatekeeperSettings,
  Policy,
  ResolvedSettings,
  SettingsSources,
} from './gatekeeper-settings.ts';
export { isLoopback, isWildcard, parseAddress } from './ip-address.ts';
export {
  decodeKey,
  decodeKeys,
  encodeKey,
  type KeyPair,
  keyFileName,
  keyPairFromSeed,
  SEED_LENGTH,
  sign,
} from './keys.ts';
export { parseRegistry, type Registry, type TerminalKind, type TerminalRecord, withPublicKeys } from './registry.ts';
export { resolveSettings } from './settings.ts';
export { type SettingName, type SettingRow, settingsMarkdown, settingsTable } from './settings-table.ts';
