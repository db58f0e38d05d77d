/** `npm run toolchain`: builds what the tests in this folder run, where no Pulumi that fits is there yet. */
import { spawn } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { Command } from 'commander';
import { findToolchain } from './find.ts';
import { cacheFolder, HOST, HOST_FILE, PINS } from './pins.ts';

/**
 * Starts the language host with what Pulumi.yaml, in the folder that it is started in, says under `runtime.options`: newer
 * hosts get that from the engine, this one as flags.
 */
const startScript = (host: string): string => `#!/bin/sh
option() { sed -n "s/^ *$1: *//p" Pulumi.yaml; }
exec '${host.replaceAll("'", String.raw`'\''`)}' "-typescript=$(option typescript)" "-nodeargs=$(option nodeargs)" "$@"
`;

/** Runs `go` with its messages on our standard error. */
function go(args: readonly string[], folder: string): Promise<void> {
  return new Promise((resolve, reject) => {
    // Only what go.sum has the checksums of may come in, whatever else this machine's Go is set to.
    const env = { ...process.env, GOFLAGS: '-mod=readonly', GOWORK: 'off' };
    const child = spawn('go', [...args], { cwd: folder, env, stdio: ['ignore', 'inherit', 'inherit'] });
    child.once('error', (error) => reject(new Error(`go cannot be started (${error.message})`)));
    child.once('close', (status) =>
      status === 0 ? resolve() : reject(new Error(`go ${args[0]} of ${folder} ended with exit status ${status}`)),
    );
  });
}

/** Everything into a folder beside the last one, which takes its name when all of it is there. */
async function build(target: string, tell: (line: string) => void): Promise<void> {
  mkdirSync(dirname(target), { recursive: true });
  const draft = mkdtempSync(`${target}.`);
  try {
    for (const { program, file = program, folder, package: path, flags } of PINS) {
      tell(`${program}: fetching the modules that go.sum lists`);
      await go(['mod', 'download'], folder);
      tell(`${program}: compiling, which takes several minutes the first time`);
      await go(['build', '-buildvcs=false', '-ldflags', flags, '-o', join(draft, file), path], folder);
    }
    const script = join(draft, HOST);
    writeFileSync(script, startScript(join(target, HOST_FILE)));
    chmodSync(script, 0o755);
    renameSync(draft, target);
  } catch (error) {
    rmSync(draft, { recursive: true, force: true });
    throw error;
  }
}

const program = new Command('npm run toolchain --')
  .description(
    'Builds the Pulumi command line and its Node.js language host from Go modules, for the tests of the engine.',
  )
  .option('--print', 'only say where it is or would be')
  .option('--json', 'the answer as JSON: {"folder", "isThere"}')
  .addHelpText('after', '\nExit codes: 0 it is there; 1 it could not be built, or, with --print, is not there.')
  .parse();

const { print, json } = program.opts<{ print?: true; json?: true }>();
try {
  if (!print && typeof findToolchain() === 'string')
    await build(cacheFolder(), (line) => process.stderr.write(`${line}\n`));
  const found = findToolchain();
  const [folder, isThere] = typeof found === 'string' ? [cacheFolder(), false] : [found.folder, true];
  process.stdout.write(`${json ? JSON.stringify({ folder, isThere }) : folder}\n`);
  if (!isThere) process.exitCode = 1;
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}
