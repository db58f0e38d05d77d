#!/usr/bin/env node
/**
 * The launcher of `council`: plain JavaScript, so that it can speak before anything that needs a newer Node is read.
 * Every import here is dynamic, because static ones would run before the first line.
 */

// Node opens its debugger on SIGUSR1 as long as nobody listens; here it means "drain", to a gatekeeper alone.
process.on('SIGUSR1', () => {});
// Somebody may ask for the registry to be read again before there is who reads it: that must not end the gatekeeper.
if (process.argv[2] === 'gatekeeper') process.on('SIGHUP', () => {});

const OLDEST = [20, 20];
const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);

if (major < OLDEST[0] || (major === OLDEST[0] && minor < OLDEST[1])) {
  console.error(
    `council needs Node.js ${OLDEST.join('.')} or newer; this is ${process.versions.node} (${process.execPath}).`,
  );
  process.exitCode = 1;
} else {
  const { enableCompileCache } = await import('node:module');
  // From Node 22 on; without it a start merely takes longer.
  enableCompileCache?.();
  const { register } = await import('tsx/esm/api');
  // Named, or tsx would read the tsconfig.json of whatever folder the command is called from.
  const { fileURLToPath } = await import('node:url');
  register({ tsconfig: fileURLToPath(new URL('../../tsconfig.json', import.meta.url)) });
  if (process.argv[2] === 'plan') {
    // Before everything else is read, which takes half as long as a plan.
    const { processConsole } = await import('./console.ts');
    const { plan } = await import('./plan.ts');
    process.exitCode = await plan(process.argv.slice(3), processConsole);
  } else {
    const { main } = await import('./main.ts');
    process.exitCode = await main(process.argv.slice(2));
  }
}
