/** `npm run lab -- COMMAND`: a council of hosts on this machine. */
import { spawnSync } from 'node:child_process';
import { Command, InvalidArgumentError } from 'commander';
import { destroy } from './destroy.ts';
import { LabCommandError } from './errors.ts';
import { type Places, placesOf } from './places.ts';
import { enter } from './shell.ts';
import { environmentOf, showStatus } from './status.ts';
import { preview, up } from './up.ts';

interface Options {
  readonly json?: true;
  readonly name: string;
}

const FAILED = 1;
/** Of a command line that is none. */
const USAGE = 2;

const name = (text: string): string => {
  if (!/^[a-z][a-z0-9]{0,7}$/.test(text))
    throw new InvalidArgumentError('must be a letter and at most seven more of a-z and 0-9.');
  return text;
};

const sha256 = (text: string): string => {
  if (!/^[0-9a-f]{64}$/.test(text)) throw new InvalidArgumentError('must be 64 lower-case hex digits.');
  return text;
};

const program = new Command('npm run lab --')
  .description(
    'A council of five hosts on this machine: the same program, components, boot data and release as on AWS, with\n' +
      'containers instead of instances. Needs Linux and root. docs/operations/lab.md says what is not as on AWS.',
  )
  .option('--json', 'the result as JSON on standard output; progress goes to standard error')
  .option('--name <name>', 'of the lab; a machine has one at a time', name, 'lab')
  .showHelpAfterError()
  .addHelpText(
    'after',
    `\nExit codes: 0 done; ${FAILED} it failed, or what was asked for is not there; ${USAGE} wrong usage.
What AWS's tools, Pulumi and \`council\` need to speak to the lab: eval "$(npm run --silent lab -- env)"`,
  )
  .exitOverride();

const places = (): Places => placesOf(program.opts<Options>().name);
const isJson = (): boolean => program.opts<Options>().json === true;
const tell = (line: string): void => void process.stderr.write(`${line}\n`);
const show = (value: unknown): void => void process.stdout.write(`${JSON.stringify(value, undefined, 2)}\n`);

program
  .command('up')
  .description('makes what is not there yet, secrets and a release included; made again it changes what changed')
  .option('--no-release', 'without a release: hosts boot, and their services wait')
  .option('--publish', 'builds and publishes the release of this tree, also where one runs already')
  .option('--use <sha256>', 'runs a release that is in the bucket already', sha256)
  .action(async (options: { readonly release: boolean; readonly publish?: true; readonly use?: string }) => {
    const result = await up(places(), { ...options, publish: options.publish === true }, tell);
    if (isJson()) show(result);
    else tell('up. `npm run lab -- status` shows its hosts');
  });
program
  .command('preview')
  .description('what `up` would change, as the engine says it')
  .action(() => preview(places(), tell));
program
  .command('destroy')
  .description('ends everything and removes every trace; images of machines stay in the cache')
  .option('--force', 'also where the engine cannot: hosts, network and folder go without it')
  .action(async ({ force }: { readonly force?: true }) => {
    const result = await destroy(places(), force === true, tell);
    if (isJson()) show(result);
  });
program
  .command('status')
  .description('the hosts, and what they say of themselves')
  .action(async () => showStatus(places(), isJson()));
program
  .command('shell')
  .description('a shell on a host, or one command there')
  .argument('<host>', 'its name, such as gatekeeper-primary, or its id')
  .argument('[command...]', 'a command and its arguments, after --; /bin/bash when left out')
  .action(async (host: string, command: string[]) => {
    const args = await enter(places(), host, command);
    process.exitCode = spawnSync('nsenter', args, { stdio: 'inherit' }).status ?? FAILED;
  });
program
  .command('env')
  .description("lines for a shell that lead AWS's tools and Pulumi to the lab")
  .action(async () => {
    const environment = await environmentOf(places());
    if (isJson()) show(environment);
    else
      for (const [key, value] of Object.entries(environment))
        process.stdout.write(value === undefined ? `unset ${key}\n` : `export ${key}='${value}'\n`);
  });

try {
  await program.parseAsync();
} catch (error) {
  if (error instanceof Error && 'exitCode' in error) process.exitCode = error.exitCode === 0 ? 0 : USAGE;
  else {
    // A fault of ours shows its place; what the user can mend does not.
    tell(
      error instanceof LabCommandError
        ? `lab: ${error.message}`
        : `lab: ${error instanceof Error ? error.stack : error}`,
    );
    process.exitCode = FAILED;
  }
}
