import { realpathSync } from 'node:fs';
import { bundles } from './bundle.mjs';

/** The program that Pulumi runs: `main` in Pulumi.yaml. */
export const file = realpathSync('index.ts');

/** Being bundled while Pulumi's own launcher is loaded. */
export const text = bundles([file]).then(([bundle]) => bundle);

// Whoever waits for it is told; before that it is nobody's.
text.catch(() => {});
