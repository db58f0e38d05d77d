#!/usr/bin/env node
/** The launcher of `npm run policy`. It alone loads the root program, as components/plan/plan.mjs does. */
import module from 'node:module';
import { fileURLToPath } from 'node:url';
import { register } from 'tsx/esm/api';
import { postponePackages } from '../components/plan/postpone.mjs';

// Whoever reads our output may stop reading: then there is nothing more to say.
process.stdout.once('error', (error) => {
  if (error.code === 'EPIPE') process.exit(0);
  process.stderr.write(`policy: the output cannot be written (${error.code})\n`);
  process.exit(3);
});

// From Node 22 on; without it a start merely takes longer.
module.enableCompileCache?.();
postponePackages();
const root = fileURLToPath(new URL('../', import.meta.url));
register({ tsconfig: `${root}tsconfig.json` });
const { main } = await import('./main.ts');
process.exitCode = await main(process.argv.slice(2), {
  root,
  program: (load) => import(`../index.ts?load=${load}`),
  out: (text) => process.stdout.write(text),
  err: (text) => process.stderr.write(text),
  hasColours: process.stdout.isTTY === true && !process.env['NO_COLOR'],
});
