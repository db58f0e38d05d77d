import Module, { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { build } from 'esbuild';

/**
 * Puts each file together with everything of ours that it imports: packages stay outside. To load some 130 files by
 * `import`, each by way of a TypeScript loader's thread, takes longer than everything else that a plan does.
 * @param {string[]} files absolute paths
 * @returns {Promise<readonly string[]>} a text for each, for `evaluated`; another process makes them
 */
export async function bundles(files) {
  const { outputFiles } = await build({
    entryPoints: files,
    // Beside the files, so that source maps name these by ways that hold.
    outbase: '/',
    outdir: '/',
    write: false,
    bundle: true,
    packages: 'external',
    platform: 'node',
    format: 'cjs',
    target: `node${process.versions.node}`,
    sourcemap: 'inline',
    sourcesContent: false,
    // Files that ask for their place look for what lies beside them here.
    define: { 'import.meta.url': JSON.stringify(import.meta.url) },
    logLevel: 'error',
  });
  return outputFiles.map(({ text }) => text);
}

/**
 * Runs the text that stands for a file, anew each time.
 * @returns what it exports
 */
export function evaluated(file, text) {
  // Without these errors would name lines of the bundle.
  process.setSourceMapsEnabled(true);
  const module = new Module(file);
  module.filename = file;
  module.paths = createRequire(file).resolve.paths('any') ?? [];
  module._compile(text, join(dirname(file), 'bundle.cjs'));
  return module.exports;
}
