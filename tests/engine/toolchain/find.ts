import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { cacheFolder, PINS, PULUMI_VERSION } from './pins.ts';

/** A Pulumi command line with its Node.js language host. */
export interface Toolchain {
  /** Folder that holds `pulumi`; put in front of the PATH, so that `pulumi` finds its host. */
  readonly folder: string;
  readonly from: 'PATH' | 'cache';
}

const BUILD = 'build it with `npm run toolchain` (needs Go 1.25.11 or later) or install Pulumi';

/**
 * The Pulumi on the PATH where its release fits, or else the one that `npm run toolchain` built.
 *
 * @returns why there is none, as a sentence that says what brings it
 */
export function findToolchain(): Toolchain | string {
  const [installed, why] = onPath();
  if (installed !== undefined) return installed;
  const built = cacheFolder();
  return existsSync(built) ? { folder: built, from: 'cache' } : `${why}: ${BUILD}`;
}

/** Of the same major release, and not older than the one that the program is written for. */
export function fits(version: string): boolean {
  const [major = 0, minor = 0] = PULUMI_VERSION.split('.').map(Number);
  const [, its = '', next = ''] = /^v?(\d+)\.(\d+)\.\d+(?:-|$)/.exec(version) ?? [];
  return Number(its) === major && next !== '' && Number(next) >= minor;
}

function onPath(): [Toolchain | undefined, string] {
  const folders = (process.env['PATH'] ?? '').split(delimiter).filter((folder) => folder !== '');
  const folder = folders.find((one) => existsSync(join(one, 'pulumi')));
  if (folder === undefined) return [undefined, 'pulumi is not on the PATH'];
  const absent = PINS.find(({ program }) => !folders.some((one) => existsSync(join(one, program))));
  if (absent !== undefined) return [undefined, `${absent.program} is not on the PATH`];
  const { stdout } = spawnSync(join(folder, 'pulumi'), ['version'], { encoding: 'utf8' });
  const version = stdout?.trim() || 'without a version';
  return fits(version)
    ? [{ folder, from: 'PATH' }, '']
    : [undefined, `pulumi on the PATH is ${version}, and ${PULUMI_VERSION} or a later 3.x is needed`];
}
