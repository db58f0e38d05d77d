#!/usr/bin/env node
/**
 * The launcher of `council plan` and `npm run plan`. It alone loads the root program, as Pulumi's own launcher does: rooms
 * below components/ never import it.
 */
import module from 'node:module';
import { fileURLToPath } from 'node:url';
import { register } from 'tsx/esm/api';
import { postponePackages } from './postpone.mjs';

// Whoever reads our output may stop reading (`npm run plan -- prod | head`): then there is nothing more to say.
process.stdout.once('error', (error) => {
  if (error.code === 'EPIPE') process.exit(0);
  process.stderr.write(`council plan: the output cannot be written (${error.code})\n`);
  process.exit(3);
});

// From Node 22 on; without it a start merely takes longer.
module.enableCompileCache?.();
postponePackages();
const root = fileURLToPath(new URL('../../', import.meta.url));
// Named, or tsx would read the tsconfig.json of whatever folder the command is called from.
register({ tsconfig: `${root}tsconfig.json` });
const { main } = await import('./main.ts');
process.exitCode = await main(process.argv.slice(2), {
  root,
  // Another query is another module, so that a process can load the program for each of several stacks.
  program: (load) => import(`../../index.ts?load=${load}`),
  out: (text) => process.stdout.write(text),
  err: (text) => process.stderr.write(text),
  hasColours: process.stdout.isTTY === true && !process.env['NO_COLOR'],
});
