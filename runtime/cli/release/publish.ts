import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { ReleaseBucket } from '../../adapters/release-bucket.ts';
import {
  BUNDLE_PREFIX,
  type Bundle,
  bundleKey,
  isSha256,
  nodeKey,
  ReleaseError,
  readBundle,
  sha256Of,
} from '../../release/index.ts';
import type { Console } from '../console.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { UsageError } from '../failure.ts';
import { bucketOf } from './bucket.ts';
import { type Options, textOf } from './options.ts';

const base64 = (sha256: string): string => Buffer.from(sha256, 'hex').toString('base64');

/**
 * `council release publish`
 * @param given SHA-256 of a release that was built; the only one in the folder unless given
 */
export async function releasePublish(given: string | undefined, options: Options, console: Console): Promise<ExitCode> {
  const folder = textOf(options, 'from') ?? 'build';
  const release = given ?? onlyRelease(folder);
  if (!isSha256(release)) throw new UsageError(`${JSON.stringify(release)} is no SHA-256 of 64 lower-case hex digits`);
  const bundle = await checkedBundle(folder, release);
  if (bundle.manifest.dirty && options['dirty'] !== true)
    throw new ReleaseError(
      `release ${release} was built from files that no commit has; publish it with --dirty if that is meant`,
    );
  const { node } = bundle.manifest;
  const bucket = await bucketOf(options);
  try {
    // Node.js first: a bundle that can be fetched must be one that can be run.
    const runtime = await added(bucket, nodeKey(node.sha256), node.sha256, () => nodeArchive(folder, node));
    const uploaded = await added(bucket, bundleKey(release), release, () => bundle.octets);
    const { commit, version } = bundle.manifest;
    const setting = `guardian-council:release: "${release}"`;
    if (options['json'] === true)
      console.out(
        `${JSON.stringify({ release, bucket: bucket.name, commit, version, uploaded: { bundle: uploaded, node: runtime }, setting })}\n`,
      );
    else
      console.out(
        `${bundleKey(release)}: ${uploaded ? 'published' : 'was there already'}\n` +
          `${nodeKey(node.sha256)} (Node.js ${node.version}): ${runtime ? 'published' : 'was there already'}\n` +
          `in s3://${bucket.name}; commit ${commit}\n\nIn the stack's file, and then pulumi up:\n  ${setting}\n`,
      );
    return EXIT.ok;
  } finally {
    bucket.close();
  }
}

function onlyRelease(folder: string): string {
  const found = filesIn(join(folder, BUNDLE_PREFIX)).flatMap(
    (name) => /^([0-9a-f]{64})\.tar\.gz$/.exec(name)?.[1] ?? [],
  );
  const [first, ...others] = found;
  if (first === undefined) throw new ReleaseError(`no release in ${resolve(folder)}: council release build makes one`);
  if (others.length > 0)
    throw new UsageError(
      `${found.length} releases are in ${resolve(folder)}: name the one that is meant by its SHA-256`,
    );
  return first;
}

function filesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return [];
    throw error;
  }
}

async function checkedBundle(folder: string, release: string): Promise<Bundle> {
  const file = join(folder, bundleKey(release));
  try {
    return await readBundle(readFileSync(file), release);
  } catch (error) {
    if (error instanceof Error && error.name === 'BundleError')
      throw new ReleaseError(`${file} is refused: ${error.message}`, { cause: error });
    throw error;
  }
}

function nodeArchive(folder: string, { sha256, version }: Bundle['manifest']['node']): Uint8Array {
  const file = join(folder, nodeKey(sha256));
  const octets = readFileSync(file);
  if (sha256Of(octets) !== sha256)
    throw new ReleaseError(
      `${file} is not the Node.js ${version} that the release names; council release build fetches it`,
    );
  return octets;
}

/** Puts an object there unless it is; true where it was not. */
async function added(bucket: ReleaseBucket, key: string, sha256: string, content: () => Uint8Array): Promise<boolean> {
  const isAdded = (await bucket.find(key)) === undefined && (await bucket.add(key, content(), base64(sha256)));
  const there = await bucket.find(key);
  if (there === undefined) throw new ReleaseError(`s3://${bucket.name}/${key} is not there after it was published`);
  if (there.sha256 !== undefined && there.sha256 !== base64(sha256))
    throw new ReleaseError(
      `s3://${bucket.name}/${key} is not what its name says; somebody has put something else there`,
    );
  return isAdded;
}
