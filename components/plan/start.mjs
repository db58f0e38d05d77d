/**
 * Loaded by Pulumi before the program (`nodeargs` in Pulumi.yaml): what makes a run of it several times as long and no plan
 * needs is not loaded.
 */
import { createRequire, Module } from 'node:module';
import { postponePackages } from './postpone.mjs';

/** Rewrites every stack trace, of which Pulumi takes thousands. tsx has Node do that, and faster. */
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
