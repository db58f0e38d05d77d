import { Command, CommanderError } from 'commander';
import { VERSION } from '../service/index.ts';
import { type Console, processConsole } from './console.ts';
import { EXIT } from './exit-codes.ts';
import { exitCodeOf } from './failure.ts';
import { gatekeeper } from './gatekeeper.ts';
import { addGuardianOptions, guardian } from './guardian.ts';
import { addHaCommands } from './ha.ts';
import { keygen } from './keygen.ts';
import { plan } from './plan.ts';
import { registryCheck } from './registry-check.ts';

import { addReleaseCommands } from './release.ts';
import { addRollbackOptions } from './rollback.ts';

import { addSecretsCommands } from './secrets.ts';

import { addSettingsOptions } from './settings-options.ts';
import { addUpOptions, up } from './up.ts';

const HELP = `
Exit codes: 0 done; 1 it ran and the answer is no; 2 the command line or the settings are wrong;
3 the machine does not let it (a port in use, a folder that cannot be written).
`;

/** Whoever reads our output may stop reading (`council --help | head -1`): then there is nothing more to say. */
function endWithReader(error: NodeJS.ErrnoException): void {
  if (error.code !== 'EPIPE') throw error;
  process.exit(EXIT.ok);
}

/** Runs one command; gives its exit code. Failures that people cause are told in a sentence, never as a stack. */
export async function main(argv: readonly string[], console: Console = processConsole): Promise<number> {
  if (!process.stdout.listeners('error').includes(endWithReader)) process.stdout.on('error', endWithReader);
  let code: number = EXIT.ok;
  const program = build(console, (result) => {
    code = result;
  });
  try {
    await program.parseAsync([...argv], { from: 'user' });
    return code;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.ok : EXIT.usage;
    const known = exitCodeOf(error);
    if (known === undefined || !(error instanceof Error)) throw error;
    console.err(`council: ${error.message}\n`);
    return known;
  }
}

function build(console: Console, finish: (code: number) => void): Command {
  const program = new Command('council')
    .description('An H.323 gatekeeper for a governance body: signed admission, policies, a witness log.')
    .version(VERSION)
    .exitOverride()
    .showHelpAfterError('(council --help lists the commands)')
    .configureOutput({ writeOut: console.out, writeErr: console.err })
    .addHelpText('after', HELP);
  const sub = (name: string, description: string): Command =>
    program.command(name).description(description).option('--json', 'machine-readable output');

  addUpOptions(sub('up', 'start a whole local council: a gatekeeper, an MCU terminal and guardians')).action(
    async (options) => finish(await up(options, console)),
  );
  addSettingsOptions(sub('gatekeeper', 'run a gatekeeper')).action(async (options) =>
    finish(await gatekeeper(options, console)),
  );
  addGuardianOptions(sub('guardian', 'run one signing terminal against a gatekeeper')).action(async (options) =>
    finish(await guardian(options, console)),
  );
  sub('keygen', 'make an Ed25519 key pair for a terminal or a gatekeeper')
    .argument('<id>', 'terminal_id (if://guardian/technical) or gatekeeper identifier')
    .option('--out <dir>', 'folder for the key files', '.')
    .action((id, options) => finish(keygen(id, options, console)));
  addHaCommands(
    program
      .command('ha')
      .description('the gatekeepers of a zone and the etcd that they share: status, switch-over, repair'),
    console,
    finish,
  );
  addSecretsCommands(
    program.command('secrets').description('what the hosts of a stack read at boot: keys, certificates, passwords'),
    console,
    finish,
  );
  program
    .command('plan')
    .description('what the Pulumi program would create, without a cloud account')
    .argument('[args...]', 'see council plan --help')
    .helpOption(false)
    .allowUnknownOption()
    .action(async (args) => finish(await plan(args, console)));
  addReleaseCommands(
    program
      .command('release')
      .description('what hosts run: build a release, publish it, bring it to the hosts, ask for it'),
    console,
    finish,
  );
  addRollbackOptions(
    sub('rollback', 'stand a council of an earlier release in for a stack, and back: docs/operations/rollback.md'),
  ).action(async (options) => {
    const { rollback } = await import('./rollback/run.ts');
    finish(await rollback(options, console));
  });
  sub('remote', 'run a command on a host, by way of Systems Manager: there is no SSH')
    .argument('<instance>', 'id of the instance, as in the outputs of the stack')
    .argument('<command>', 'for its shell, in quotes; it is run as root')
    .option('--region <name>', 'AWS region; also AWS_REGION')
    .option('--timeout <seconds>', 'how long the command may take', '120')
    .action(async (instance, command, options) => {
      const { remote } = await import('./remote.ts');
      finish(await remote(instance, command, options, console));
    });
  sub('runbook', "make a stack's runbook of its outputs: pulumi stack output --json | council runbook")
    .option('--outputs <file>', 'the outputs, instead of standard input')
    .option('--out <dir>', 'folder for the pages (default: docs/runbook/<stack>)')
    .option('--check', 'write nothing; exit code 1 where a page is out of date')
    .action(async (options) => {
      const { runbook } = await import('./runbook.ts');
      finish(await runbook(options, console));
    });
  const registry = program.command('registry').description('the guardian registry');
  registry
    .command('check')
    .description('validate a registry; every problem with its line')
    .option('--json', 'machine-readable output')
    .argument('[file]', 'registry file', 'config/guardian-registry.yaml')
    .action((file, options) => finish(registryCheck(file, options, console)));
  return program;
}
