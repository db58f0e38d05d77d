import { gunzipSync } from 'node:zlib';
import { extract, type Header } from 'tar-stream';
import { type Bundle, type BundleFile, isBundlePath, sha256Of } from './bundle.ts';
import { collected } from './collected.ts';
import { BundleError } from './errors.ts';
import { MANIFEST, type Manifest, parseManifest } from './manifest.ts';

/** Octets of a bundle, and of what is in it. Ours have 1.5 and 8 MB. */
export const LARGEST_BUNDLE = 64 * 1024 ** 2;
const LARGEST_TREE = 256 * 1024 ** 2;

/**
 * Reads a bundle and checks all of it: that it has the SHA-256 it is called by, that its files are those that its
 * manifest lists, octet by octet, and that nothing else is in it: no link, no device, no path that leads out.
 * @param expected the SHA-256 that it must have, where that is known
 * @throws BundleError
 */
export async function readBundle(octets: Uint8Array, expected?: string): Promise<Bundle> {
  if (octets.length > LARGEST_BUNDLE) throw new BundleError(`larger than the ${LARGEST_BUNDLE} octets of a bundle`);
  const sha256 = sha256Of(octets);
  if (expected !== undefined && sha256 !== expected)
    throw new BundleError(`its SHA-256 is ${sha256}, and not ${expected}`);
  const files = await filesIn(unzip(octets));
  const [first, ...rest] = files;
  if (first?.path !== MANIFEST) throw new BundleError(`its first file is not ${MANIFEST}`);
  const manifest = parseManifest(Buffer.from(first.octets).toString('utf8'));
  compare(manifest, rest);
  return { octets, sha256, manifest };
}

function unzip(octets: Uint8Array): Buffer {
  try {
    return gunzipSync(octets, { maxOutputLength: LARGEST_TREE });
  } catch (error) {
    throw new BundleError(`not a whole gzip file: ${error instanceof Error ? error.message : error}`, { cause: error });
  }
}

function compare(manifest: Manifest, files: readonly BundleFile[]): void {
  const seen = new Set<string>();
  for (const { path, octets, executable } of files) {
    const listed = Object.hasOwn(manifest.files, path) ? manifest.files[path] : undefined;
    if (listed === undefined) throw new BundleError(`${path} is not in its manifest`);
    if (seen.has(path)) throw new BundleError(`${path} is there twice`);
    seen.add(path);
    if (listed.sha256 !== sha256Of(octets) || listed.size !== octets.length || listed.executable !== executable)
      throw new BundleError(`${path} is not as its manifest says`);
  }
  const missing = Object.keys(manifest.files).find((path) => !seen.has(path));
  if (missing !== undefined) throw new BundleError(`${missing} is missing`);
}

async function filesIn(archive: Buffer): Promise<readonly BundleFile[]> {
  const reader = extract();
  const files: BundleFile[] = [];
  reader.end(archive);
  try {
    for await (const entry of reader) {
      const { name, mode } = checked(entry.header);
      files.push({ path: name, octets: await collected(entry), executable: mode === 0o755 });
    }
  } catch (error) {
    if (error instanceof BundleError) throw error;
    throw new BundleError(`not a whole tar file: ${error instanceof Error ? error.message : error}`, { cause: error });
  }
  return files;
}

function checked(header: Header): { readonly name: string; readonly mode: number } {
  const { name, type, mode, uid, gid } = header;
  const shown = JSON.stringify(name.slice(0, 200));
  if (!isBundlePath(name)) throw new BundleError(`${shown} leads out of it, or is no name for a file of ours`);
  if (type !== 'file') throw new BundleError(`${shown} is no file but a ${type}`);
  if (uid !== 0 || gid !== 0) throw new BundleError(`${shown} does not belong to root`);
  if (mode !== 0o755 && mode !== 0o644) throw new BundleError(`${shown} has the mode ${mode?.toString(8)}`);
  return { name, mode };
}
