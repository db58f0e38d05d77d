import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { makeFolder } from '../adapters/folder.ts';
import { loadOrCreateKeyPair } from '../adapters/key-files.ts';
import { replaceFile } from '../adapters/replace-file.ts';
import { encodeKey, type KeyPair, keyFileName, parseRegistry, type Registry, withPublicKeys } from '../config/index.ts';
import { loadRegistry } from './registry-file.ts';

/** A registry whose private keys are at hand, which only a development machine has. */
export interface DevelopmentRegistry {
  readonly file: string;
  readonly registry: Registry;
  readonly keys: ReadonlyMap<string, KeyPair>;
}

/**
 * A working copy of a registry in the data folder, with keys made for this machine in place of the guardians' own. The
 * keys are made once and kept; so is the copy, with what was changed in it.
 * @throws RegistryFileError, RegistryError, KeyFileError, or the file system's error
 */
export function developmentRegistry(source: string, dataDir: string): DevelopmentRegistry {
  const file = join(dataDir, 'guardian-registry.yaml');
  const { registry, text } = loadRegistry(existsSync(file) ? file : source);
  const folder = join(dataDir, 'keys');
  const keys = new Map<string, KeyPair>();
  for (const terminalId of registry.terminals.keys())
    keys.set(terminalId, loadOrCreateKeyPair(folder, keyFileName(terminalId), randomBytes));
  const hex = new Map([...keys].map(([terminalId, { publicKey }]) => [terminalId, encodeKey(publicKey).trim()]));
  const ours = withPublicKeys(text, hex, file);
  makeFolder(dataDir, 0o700);
  if (!existsSync(file) || readFileSync(file, 'utf8') !== ours) replaceFile(file, ours, 0o640);
  return { file, registry: parseRegistry(ours, file), keys };
}
