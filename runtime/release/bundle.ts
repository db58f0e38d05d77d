import { createHash } from 'node:crypto';
import { gzipSync } from 'fflate';
import { pack } from 'tar-stream';
import { collected } from './collected.ts';
import { BundleError } from './errors.ts';
import { MANIFEST, type Manifest, type ReleaseFacts } from './manifest.ts';

/** A file of a bundle. */
export interface BundleFile {
  /** Below the bundle's root, with forward slashes: `runtime/cli/council.mjs`. */
  readonly path: string;
  readonly octets: Uint8Array;
  readonly executable: boolean;
}

export interface Bundle {
  readonly octets: Uint8Array;
  /** Of `octets`: the release's name. */
  readonly sha256: string;
  readonly manifest: Manifest;
}

export const sha256Of = (octets: Uint8Array): string => createHash('sha256').update(octets).digest('hex');

const PATH = /^[A-Za-z0-9_@+-][A-Za-z0-9_@+.-]*(\/[A-Za-z0-9_@+-][A-Za-z0-9_@+.-]*)*$/;

/** Whether a path stays below the bundle's root, has no hidden name in it, and is one that needs no quoting anywhere. */
export const isBundlePath = (path: string): boolean => path.length <= 200 && PATH.test(path);

/**
 * Packs files into a bundle. The octets depend on the arguments alone: entries are sorted, all are dated as the commit
 * and belong to root, modes are 0644 or 0755, and it is compressed by a library that computes the same everywhere
 * (zlib's output differs between processors and releases of Node.js).
 * @throws BundleError for a path that no bundle may have, or one that is there twice
 */
export async function writeBundle(facts: ReleaseFacts, files: readonly BundleFile[]): Promise<Bundle> {
  const sorted = files.toSorted((a, b) => (a.path < b.path ? -1 : 1));
  for (const [place, { path }] of sorted.entries()) {
    if (!isBundlePath(path) || path === MANIFEST)
      throw new BundleError(`a bundle may not hold ${JSON.stringify(path)}`);
    if (sorted[place + 1]?.path === path) throw new BundleError(`${path} is there twice`);
  }
  const manifest: Manifest = {
    format: 1,
    ...facts,
    files: Object.fromEntries(
      sorted.map(({ path, octets, executable }) => [
        path,
        { sha256: sha256Of(octets), size: octets.length, executable },
      ]),
    ),
  };
  const first = {
    path: MANIFEST,
    octets: Buffer.from(`${JSON.stringify(manifest, null, 1)}\n`),
    executable: false,
  };
  const archive = await tar([first, ...sorted], new Date(facts.committedAt));
  const octets = gzipSync(archive, { level: 9, mtime: 0 });
  return { octets, sha256: sha256Of(octets), manifest };
}

/** @param date of every entry */
async function tar(files: readonly BundleFile[], date: Date): Promise<Buffer> {
  const archive = pack();
  for (const { path, octets, executable } of files) {
    const header = { name: path, mode: executable ? 0o755 : 0o644, mtime: date, uid: 0, gid: 0, type: 'file' } as const;
    archive.entry(header, Buffer.from(octets));
  }
  archive.finalize();
  return collected(archive);
}
