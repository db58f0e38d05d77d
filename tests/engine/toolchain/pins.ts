import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';

const HERE = import.meta.dirname;

/** A program that is built from a Go module whose version and checksums a folder here pins. */
interface Pin {
  /** What it is called on the PATH. */
  readonly program: string;
  /** Below the toolchain's folder, where that is not its name. */
  readonly file?: string;
  /** Folder here with go.mod and go.sum. */
  readonly folder: string;
  readonly package: string;
  readonly flags: string;
}

/** The engine's release, the same as that of `@pulumi/pulumi` in package.json. */
export const PULUMI_VERSION = '3.248.0';

/** The language host: a script that starts the program below with flags. */
export const HOST = 'pulumi-language-nodejs';

export const HOST_FILE = `lib/${HOST}`;

export const PINS: readonly Pin[] = [
  {
    program: 'pulumi',
    folder: join(HERE, 'cli'),
    package: 'github.com/pulumi/pulumi/pkg/v3/cmd/pulumi',
    flags: `-s -w -X github.com/pulumi/pulumi/sdk/v3/go/common/version.Version=v${PULUMI_VERSION}`,
  },
  {
    program: HOST,
    file: HOST_FILE,
    folder: join(HERE, 'language-host'),
    package: 'github.com/pulumi/pulumi/sdk/v3/nodejs/cmd/pulumi-language-nodejs',
    flags: '-s -w',
  },
];

/**
 * Where what these pins give is kept, outside of the tree: below XDG_CACHE_HOME or ~/.cache, under the hash of all that it
 * is made from. Changed pins are another folder.
 */
export function cacheFolder(): string {
  const hash = createHash('sha256');
  for (const { folder, ...pin } of PINS)
    for (const file of ['go.mod', 'go.sum']) hash.update(JSON.stringify(pin)).update(readFileSync(join(folder, file)));
  const base = process.env['XDG_CACHE_HOME'] || join(homedir(), '.cache');
  return join(base, 'guardian-council', 'toolchain', hash.digest('hex').slice(0, 16));
}
