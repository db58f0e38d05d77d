/**
 * Loaded by Pulumi before the program (`nodeargs` in Pulumi.yaml), which it has loaded as a bundle, and without what makes
 * a run of it several times as long: together these take more than half of its time.
 */
import { createRequire, Module, register } from 'node:module';
import { pathToFileURL } from 'node:url';
import { postponePackages, takeNoStacks, tellNoDetails } from './lighten.mjs';
import { file } from './program.mjs';

/** Rewrites every stack trace; Node does that faster. */
const REWRITER = 'source-map-support/register';

postponePackages();
const fromPulumi = createRequire(createRequire(import.meta.url).resolve('@pulumi/pulumi'));
try {
  const path = fromPulumi.resolve(REWRITER);
  const stand = new Module(path);
  stand.loaded = true;
  fromPulumi.cache[path] = stand;
} catch {
  // This Pulumi rewrites none.
}
takeNoStacks();
tellNoDetails();
register('./program-loader.mjs', import.meta.url, { data: pathToFileURL(file).href });
