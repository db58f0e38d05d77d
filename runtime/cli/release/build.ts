import { mkdirSync, mkdtempSync, readFileSync, realpathSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Checkout } from '../../adapters/checkout.ts';
import { runProgram } from '../../adapters/program.ts';
import {
  type Bundle,
  bundleKey,
  type Manifest,
  type NodeRuntime,
  nodeKey,
  nodePackage,
  ReleaseError,
  readBundle,
  sha256Of,
} from '../../release/index.ts';
import type { Console } from '../console.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { keepRuntimePackages } from './runtime-packages.ts';

const ROOT = fileURLToPath(new URL('../../../', import.meta.url));
/** Changed files that a refusal names. */
const NAMED_FILES = 5;

export interface BuildOptions {
  readonly dirty?: boolean;
  /** Folder for what is built, laid out as in the bucket. */
  readonly out: string;
  /** False: the archive of Node.js is not fetched. */
  readonly node?: boolean;
  readonly json?: boolean;
}

/** `council release build` */
export async function releaseBuild(options: BuildOptions, console: Console): Promise<ExitCode> {
  const { dirty = false, json = false, node = true } = options;
  const progress = (text: string): void => console.err(`${text}\n`);
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'council-release-')));
  try {
    const bundle = await build(folder, dirty, progress);
    const { manifest, sha256, octets } = bundle;
    const file = put(options.out, bundleKey(sha256), octets);
    const runtime = node ? await fetchedNode(manifest.node, options.out, folder, progress) : undefined;
    if (json) console.out(`${JSON.stringify(summary(bundle, file, runtime))}\n`);
    else
      console.out(
        `${file}\n${Object.keys(manifest.files).length} files, ${octets.length} octets; commit ${manifest.commit}${manifest.dirty ? ', with changes that no commit has' : ''}\n` +
          (runtime === undefined ? '' : `${runtime}\nNode.js ${manifest.node.version}\n`) +
          `release ${sha256}\n`,
      );
    return EXIT.ok;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const summary = ({ manifest, sha256, octets }: Bundle, file: string, node: string | undefined) => ({
  release: sha256,
  file,
  size: octets.length,
  files: Object.keys(manifest.files).length,
  commit: manifest.commit,
  committedAt: manifest.committedAt,
  dirty: manifest.dirty,
  version: manifest.version,
  node: { ...manifest.node, ...(node !== undefined && { file: node }) },
});

/** @param folder empty; whoever called takes it away */
async function build(folder: string, dirty: boolean, progress: (text: string) => void): Promise<Bundle> {
  const checkout = new Checkout(ROOT);
  const { commit, committedAt, changed } = await checkout.state();
  const isDirty = changed.length > 0;
  if (isDirty && !dirty) throw new ReleaseError(refusal(changed));
  const tree = join(folder, 'tree');
  mkdirSync(tree);
  progress(`the files of ${isDirty ? 'the working tree, which differs from' : 'commit'} ${commit.slice(0, 12)} …`);
  await (isDirty ? checkout.exportFiles(tree) : checkout.exportCommit(tree));
  keepRuntimePackages(tree);
  progress('packages, as the lock file says …');
  await runProgram('npm', ['ci', '--ignore-scripts', '--no-audit', '--no-fund'], { cwd: tree });
  progress('the bundle …');
  const out = join(folder, 'bundle');
  const facts = ['--commit', commit, '--committed-at', committedAt, ...(isDirty ? ['--dirty'] : [])];
  const launcher = join(tree, 'runtime/cli/council.mjs');
  await runProgram(process.execPath, [launcher, 'release', 'pack', ...facts, '--out', out], { cwd: tree });
  return readBundle(readFileSync(out));
}

function refusal(changed: readonly string[]): string {
  const named = changed.slice(0, NAMED_FILES).join(', ');
  const rest = changed.length > NAMED_FILES ? ` and ${changed.length - NAMED_FILES} more` : '';
  return `the working tree differs from its commit (${named}${rest}): commit first, or build with --dirty, which marks the release`;
}

/** Writes a file under its key, in one step. */
function put(out: string, key: string, octets: Uint8Array): string {
  const file = resolve(out, key);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(`${file}.new`, octets, { flush: true });
  renameSync(`${file}.new`, file);
  return file;
}

/** The archive of Node.js, from the package registry or as it was fetched before. */
async function fetchedNode(
  runtime: Manifest['node'],
  out: string,
  folder: string,
  progress: (text: string) => void,
): Promise<string> {
  const file = resolve(out, nodeKey(runtime.sha256));
  if (isWhole(file, runtime)) return file;
  const name = nodePackage(runtime);
  progress(`${name}, ${Math.round(runtime.size / 1e6)} MB …`);
  const answer = await runProgram('npm', ['pack', name, '--json', '--pack-destination', folder], { cwd: folder });
  const found = /"filename": *"([A-Za-z0-9._-]+)"/.exec(answer)?.[1];
  if (found === undefined) throw new ReleaseError(`npm pack ${name} does not say what it wrote`);
  const octets = readFileSync(join(folder, found));
  const sha256 = sha256Of(octets);
  if (sha256 !== runtime.sha256)
    throw new ReleaseError(`${name} has the SHA-256 ${sha256}; this release is pinned to ${runtime.sha256}`);
  return put(out, nodeKey(sha256), octets);
}

function isWhole(file: string, runtime: NodeRuntime): boolean {
  try {
    return sha256Of(readFileSync(file)) === runtime.sha256;
  } catch {
    return false; // Not there yet.
  }
}
