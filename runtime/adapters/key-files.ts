import {
  closeSync,
  constants,
  fchmodSync,
  fstatSync,
  fsyncSync,
  linkSync,
  openSync,
  readFileSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { decodeKey, decodeKeys, encodeKey, type KeyPair, keyPairFromSeed, SEED_LENGTH } from '../config/index.ts';
import { errnoOf, explainErrno } from './errno.ts';
import { makeFolder } from './folder.ts';

/** What the caller can do about it: change the mode, restore the file, or look at the folder. */
export type KeyFileFault = 'NOT_PRIVATE' | 'SYMLINK' | 'NOT_A_FILE' | 'MALFORMED' | 'MISMATCH' | 'IO';

/** A file of public keys that is longer is not read: more than anybody may know are refused by their number. */
const MOST_OCTETS = 1024;

/** A key file cannot be used. No error ever holds any of its content. */
export class KeyFileError extends Error {
  readonly code: KeyFileFault;
  readonly path: string;

  constructor(code: KeyFileFault, path: string, message: string, options?: ErrorOptions) {
    super(`${path}: ${message}`, options);
    this.name = 'KeyFileError';
    this.code = code;
    this.path = path;
  }
}

/**
 * The key pair of `<dir>/<name>.key` (private, mode 0600) and `<name>.pub`; made from 32 octets of `randomBytes` when
 * there is none. Two processes that start at once get the same pair: the file appears whole under its name or not at
 * all, and only one of them makes it. A missing public file is written again.
 * @throws KeyFileError
 */
export function loadOrCreateKeyPair(dir: string, name: string, randomBytes: (size: number) => Uint8Array): KeyPair {
  const keyPath = join(dir, `${name}.key`);
  const publicPath = join(dir, `${name}.pub`);
  const seed = readKeyFile(keyPath, true) ?? createSeed(dir, keyPath, randomBytes);
  const pair = keyPairFromSeed(seed);
  const published = readKeyFile(publicPath, false);
  if (published === undefined) writeWhole(publicPath, encodeKey(pair.publicKey), 0o644, randomBytes);
  else if (!Buffer.from(published).equals(pair.publicKey)) {
    throw new KeyFileError('MISMATCH', publicPath, `is not the public key of ${keyPath}; remove the one that is wrong`);
  }
  return pair;
}

/**
 * The key pair of a private key file (mode 0600) that must be there.
 * @throws KeyFileError
 */
export function loadKeyPair(path: string): KeyPair {
  const seed = readKeyFile(path, true);
  if (seed === undefined) throw new KeyFileError('IO', path, 'there is no such key file');
  return keyPairFromSeed(seed);
}

function createSeed(dir: string, path: string, randomBytes: (size: number) => Uint8Array): Uint8Array {
  try {
    makeFolder(dir, 0o700);
  } catch (cause) {
    throw new KeyFileError('IO', dir, `cannot make the folder: ${explainErrno(cause)}`, { cause });
  }
  writeWhole(path, encodeKey(randomBytes(SEED_LENGTH)), 0o600, randomBytes);
  const seed = readKeyFile(path, true); // another process may have been first: its key counts
  if (seed === undefined) throw new KeyFileError('IO', path, 'is gone right after it was written');
  return seed;
}

/**
 * The 32 octets of a key file; undefined when there is no such file. A `secret` one must be readable by its owner only.
 * @throws KeyFileError
 */
export function readKeyFile(path: string, secret: boolean): Uint8Array | undefined {
  return readKeys(path, secret, 66, (text) => {
    const key = decodeKey(text);
    if (key === undefined) throw new KeyFileError('MALFORMED', path, 'must hold 64 hex digits and a newline');
    return key;
  });
}

/**
 * The public keys of a file that may hold several, one a line; undefined when there is no such file.
 * @throws KeyFileError
 */
export function readPublicKeys(path: string): readonly Uint8Array[] | undefined {
  return readKeys(path, false, MOST_OCTETS, (text) => {
    const keys = decodeKeys(text);
    if (keys === undefined)
      throw new KeyFileError('MALFORMED', path, 'must hold 64 hex digits a line, and nothing else');
    return keys;
  });
}

/** Reads at most `most` octets; of a file with more, `decode` gets none. */
function readKeys<T>(path: string, secret: boolean, most: number, decode: (text: string) => T): T | undefined {
  let fd: number;
  try {
    fd = openSync(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  } catch (cause) {
    if (errnoOf(cause) === 'ENOENT') return undefined;
    if (errnoOf(cause) === 'ELOOP')
      throw new KeyFileError('SYMLINK', path, 'is a symbolic link; use the file itself', { cause });
    throw new KeyFileError('IO', path, `cannot read: ${explainErrno(cause)}`, { cause });
  }
  try {
    const stat = fstatSync(fd);
    if (!stat.isFile()) throw new KeyFileError('NOT_A_FILE', path, 'is not a regular file');
    const mode = stat.mode & 0o777;
    if (secret && (mode & 0o077) !== 0) {
      const octal = mode.toString(8).padStart(4, '0');
      throw new KeyFileError(
        'NOT_PRIVATE',
        path,
        `mode ${octal} lets others read or change it; run: chmod 600 '${path}'`,
      );
    }
    return decode(stat.size <= most ? readFileSync(fd, 'latin1') : '');
  } finally {
    closeSync(fd);
  }
}

/** Writes a new file in one step: first under a name of its own, then linked to `path` unless that exists already. */
function writeWhole(path: string, text: string, mode: number, randomBytes: (size: number) => Uint8Array): void {
  const draft = `${path}.${Buffer.from(randomBytes(8)).toString('hex')}.new`;
  try {
    const fd = openSync(draft, 'wx', mode);
    try {
      fchmodSync(fd, mode); // whatever the umask
      writeFileSync(fd, text);
      fsyncSync(fd);
    } finally {
      closeSync(fd);
    }
    try {
      linkSync(draft, path);
    } catch (cause) {
      if (errnoOf(cause) !== 'EEXIST') throw cause;
    } finally {
      unlinkSync(draft);
    }
  } catch (cause) {
    throw new KeyFileError('IO', path, `cannot write: ${explainErrno(cause)}`, { cause });
  }
}
