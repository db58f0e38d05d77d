import Table from 'cli-table3';
import type { ReleaseBucket } from '../../adapters/release-bucket.ts';
import { BUNDLE_PREFIX, LARGEST_BUNDLE, readBundle } from '../../release/index.ts';
import type { Console } from '../console.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { bucketOf } from './bucket.ts';
import type { Options } from './options.ts';

/** The newest that are looked into; a stack that has more has them listed by name. */
const LOOKED_INTO = 20;

interface ListedRelease {
  readonly release: string;
  /** ISO 8601. */
  readonly published: string | undefined;
  readonly size: number;
  readonly version?: string;
  readonly commit?: string;
  readonly dirty?: boolean;
  readonly node?: string;
  /** Why it cannot be run. */
  readonly problem?: string;
}

/** `council release list` */
export async function releaseList(options: Options, console: Console): Promise<ExitCode> {
  const bucket = await bucketOf(options);
  try {
    const releases = await listed(bucket);
    if (options['json'] === true) console.out(`${JSON.stringify({ bucket: bucket.name, releases })}\n`);
    else console.out(`${releases.length === 0 ? `no release is in ${bucket.name} yet` : table(releases)}\n`);
    return releases.some(({ problem }) => problem !== undefined) ? EXIT.no : EXIT.ok;
  } finally {
    bucket.close();
  }
}

async function listed(bucket: ReleaseBucket): Promise<readonly ListedRelease[]> {
  const objects = (await bucket.list(BUNDLE_PREFIX)).flatMap(({ key, size, modified }) => {
    const release = /^releases\/([0-9a-f]{64})\.tar\.gz$/.exec(key)?.[1];
    return release === undefined ? [] : [{ release, key, size, published: modified }];
  });
  const newest = objects.toSorted((a, b) => (b.published ?? '').localeCompare(a.published ?? ''));
  const found: ListedRelease[] = [];
  for (const [place, { key, ...known }] of newest.entries())
    found.push(place < LOOKED_INTO ? { ...known, ...(await contentOf(bucket, key, known.release)) } : known);
  return found;
}

async function contentOf(bucket: ReleaseBucket, key: string, release: string): Promise<Partial<ListedRelease>> {
  try {
    const { manifest } = await readBundle(await bucket.read(key, LARGEST_BUNDLE), release);
    const { version, commit, dirty, node } = manifest;
    return { version, commit, dirty, node: node.version };
  } catch (error) {
    if (error instanceof Error && error.name === 'BundleError') return { problem: error.message };
    throw error;
  }
}

function table(releases: readonly ListedRelease[]): string {
  const drawn = new Table({
    head: ['Release', 'Published', 'Version', 'Commit', 'Node.js'],
    style: { head: [], border: [] },
  });
  for (const { release, published = '?', version = '', commit = '', dirty = false, node = '', problem } of releases)
    drawn.push(
      problem === undefined
        ? [release, published, version, `${commit.slice(0, 12)}${dirty ? ' (dirty)' : ''}`, node]
        : [release, published, { colSpan: 3, content: `! ${problem}` }],
    );
  return drawn.toString();
}
