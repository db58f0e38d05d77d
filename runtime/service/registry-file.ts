import { readFileSync, statSync } from 'node:fs';
import { replaceFile } from '../adapters/replace-file.ts';
import { parseRegistry, type Registry } from '../config/index.ts';

/** The registry file cannot be read at all; what is wrong inside one is a RegistryError. */
export class RegistryFileError extends Error {
  override readonly name = 'RegistryFileError';
  readonly code = 'REGISTRY_UNREADABLE';
  readonly file: string;

  constructor(file: string, cause: unknown) {
    super(`${file}: cannot read the guardian registry: ${cause instanceof Error ? cause.message : String(cause)}`, {
      cause,
    });
    this.file = file;
  }
}

const MOST_OCTETS = 4 * 1024 * 1024;

/**
 * Reads a registry file.
 * @throws RegistryFileError, RegistryError
 */
export function loadRegistry(file: string): { readonly registry: Registry; readonly text: string } {
  let text: string;
  try {
    const { size } = statSync(file);
    if (size > MOST_OCTETS) throw new RangeError(`it has ${size} octets, at most ${MOST_OCTETS} are read`);
    text = readFileSync(file, 'utf8');
  } catch (cause) {
    throw new RegistryFileError(file, cause);
  }
  return { registry: parseRegistry(text, file), text };
}

/** Keeps a registry that was found good beside the file, as `FILE.bak`; gives why it could not, if so. */
export function keepLastGood(file: string, text: string): Error | undefined {
  try {
    replaceFile(`${file}.bak`, text, 0o640);
    return undefined;
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error));
  }
}
