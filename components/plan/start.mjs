/**
 * Loaded by Pulumi before the program (`nodeargs` in Pulumi.yaml), which it has loaded as a bundle, and without what makes
 * a run of it several times as long: together these take more than half of its time.
 */
import { register } from 'node:module';
import { pathToFileURL } from 'node:url';
import { leaveStacksAlone, postponePackages, takeNoStacks, tellNoDetails } from './lighten.mjs';
import { file } from './program.mjs';

postponePackages();
leaveStacksAlone();
takeNoStacks();
tellNoDetails();
register('./program-loader.mjs', import.meta.url, { data: pathToFileURL(file).href });
