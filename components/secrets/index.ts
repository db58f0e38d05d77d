export { type HostSecrets, type SecretsManifest, secretsManifest } from './manifest.ts';
export { pkiPath, secretsPath } from './paths.ts';
