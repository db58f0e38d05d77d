import module from 'node:module';
import { fileURLToPath } from 'node:url';
import { bundles, evaluated } from './bundle.mjs';
import { postponePackages, takeNoStacks } from './lighten.mjs';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const PROGRAM = `${ROOT}index.ts`;
const HELP = /^(-h|--help)$/;

/**
 * Runs a command that plans. It loads the root program, as Pulumi's own launcher does: rooms below components/ never import
 * it.
 * @param {string} name of the command, for what goes wrong before it says anything itself
 * @param {URL} main its module
 */
export async function launch(name, main) {
  // Whoever reads our output may stop reading (`npm run plan -- prod | head`): then there is nothing more to say.
  process.stdout.once('error', (error) => {
    if (error.code === 'EPIPE') process.exit(0);
    process.stderr.write(`${name}: the output cannot be written (${error.code})\n`);
    process.exit(3);
  });

  // From Node 22 on; without it a start merely takes longer.
  module.enableCompileCache?.();
  postponePackages();
  const path = fileURLToPath(main);
  const building = bundles([path, PROGRAM]);
  // In the meantime; whoever asks for help needs no plan.
  if (!process.argv.some((argument) => HELP.test(argument))) takeNoStacks();
  const [command, program] = await building;
  process.exitCode = await evaluated(path, command).main(process.argv.slice(2), {
    root: ROOT,
    // Anew each time, so that a process can load the program for each of several stacks.
    program: async () => evaluated(PROGRAM, program),
    out: (text) => process.stdout.write(text),
    err: (text) => process.stderr.write(text),
    hasColours: process.stdout.isTTY === true && !process.env['NO_COLOR'],
  });
}
