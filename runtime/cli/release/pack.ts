import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type BundleFile, NODE_RUNTIME, writeBundle } from '../../release/index.ts';
import { VERSION } from '../../service/index.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';

const ROOT = fileURLToPath(new URL('../../../', import.meta.url));
/** Where the code goes: as deep as it was, since it finds its neighbours by `../../`. */
const CODE = 'runtime/cli';
/** Files that go in as they are, and whether they can be run. */
const AS_THEY_ARE: ReadonlyMap<string, boolean> = new Map([
  ['LICENSE', false],
  ['config/guardian-registry.yaml', false],
  [`${CODE}/release-lease.mjs`, true],
]);
/** CommonJS packages ask for Node's own modules by `require`. */
const BANNER =
  "import { createRequire as requireFrom } from 'node:module'; const require = requireFrom(import.meta.url);";

export interface PackOptions {
  readonly commit: string;
  readonly committedAt: string;
  readonly dirty?: boolean;
  readonly out: string;
}

/**
 * The second half of `council release build`: makes the bundle of the tree that this file is in, with the tools in that
 * tree's own node_modules, so that the commit alone decides about the octets.
 */
export async function releasePack({ commit, committedAt, dirty = false, out }: PackOptions): Promise<ExitCode> {
  const { code, packages } = await builtCode();
  const files: BundleFile[] = [
    ...code,
    ...[...AS_THEY_ARE].map(([path, executable]) => ({ path, octets: readFileSync(join(ROOT, path)), executable })),
    text('package.json', `${JSON.stringify(described(), null, 2)}\n`),
    text('THIRD-PARTY.txt', packages.map(notice).join('\n')),
  ];
  const bundle = await writeBundle({ version: VERSION, commit, committedAt, dirty, node: NODE_RUNTIME }, files);
  writeFileSync(out, bundle.octets);
  return EXIT.ok;
}

const text = (path: string, content: string): BundleFile => ({ path, octets: Buffer.from(content), executable: false });

/** The launcher and all that it loads, as JavaScript, split where it is loaded on demand; and the packages in it. */
async function builtCode(): Promise<{ code: readonly BundleFile[]; packages: readonly string[] }> {
  const { build } = await import('esbuild');
  const { outputFiles, metafile } = await build({
    absWorkingDir: ROOT,
    entryPoints: [`${CODE}/council.mjs`],
    outdir: CODE,
    outExtension: { '.js': '.mjs' },
    chunkNames: 'chunk-[hash]',
    bundle: true,
    splitting: true,
    platform: 'node',
    format: 'esm',
    target: 'node20.20',
    // Names stay, for stack traces that can be read.
    minifySyntax: true,
    legalComments: 'none',
    charset: 'utf8',
    banner: { js: BANNER },
    alias: { 'tsx/esm/api': `./${CODE}/release/no-tsx.mjs` },
    // Only who builds needs it, and builds from a checkout.
    external: ['esbuild'],
    // Neither a tsconfig.json nor variables of whoever builds have a say.
    tsconfigRaw: {},
    define: {},
    metafile: true,
    write: false,
    logLevel: 'silent',
  });
  const code = outputFiles.map(({ path, contents }) => ({
    path: path.slice(ROOT.length).replaceAll('\\', '/'),
    octets: contents,
    executable: path.endsWith('council.mjs'),
  }));
  const packages = Object.keys(metafile.inputs).flatMap(
    (input) => /^(?:.*\/)?node_modules\/(?:@[^/]+\/)?[^/]+/.exec(input)?.[0] ?? [],
  );
  return { code, packages: [...new Set(packages)].sort() };
}

/** What is left of package.json: Node reads `type`, and the program its version. */
function described(): Readonly<Record<string, unknown>> {
  const { name, version, license, type, engines } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'));
  return { name, version, private: true, license, type, engines };
}

/** A package's name and its licence, as whoever hands it on must. */
function notice(folder: string): string {
  const { name, version, license } = JSON.parse(readFileSync(join(ROOT, folder, 'package.json'), 'utf8'));
  const file = readdirSync(join(ROOT, folder))
    .sort()
    .find((entry) => /^licen[cs]e/i.test(entry));
  const body = file !== undefined && existsSync(join(ROOT, folder, file)) ? readFileSync(join(ROOT, folder, file)) : '';
  return `${'='.repeat(72)}\n${name} ${version} (${license})\n\n${body}\n`;
}
