import { HostCommands } from '../adapters/host-commands.ts';
import type { Console } from './console.ts';
import { EXIT, type ExitCode } from './exit-codes.ts';
import { UsageError } from './failure.ts';

export interface RemoteOptions {
  readonly json?: true;
  readonly region?: string;
  /** Seconds, as text. */
  readonly timeout: string;
}

const LONGEST = 3600;

/**
 * `council remote INSTANCE COMMAND`: runs a command on a host by way of Systems Manager, since there is no SSH, and says
 * what it said. Exit code 0 where the command's is, else 1; 3 where the host could not be asked.
 */
export async function remote(
  instance: string,
  command: string,
  options: RemoteOptions,
  console: Console,
): Promise<ExitCode> {
  const region = options.region ?? process.env['AWS_REGION'] ?? '';
  const timeout = Number(options.timeout);
  if (!/^i-[0-9a-f]{8,32}$/.test(instance))
    throw new UsageError(
      `${JSON.stringify(instance)} is no instance: i- and hex digits, as in the outputs of the stack`,
    );
  if (!/^[a-z]{2}(-[a-z]+)+-\d$/.test(region))
    throw new UsageError('--region: must name an AWS region, such as eu-central-1');
  if (!Number.isSafeInteger(timeout) || timeout < 1 || timeout > LONGEST)
    throw new UsageError(
      `--timeout: must be a whole number from 1 to ${LONGEST} (s), not ${JSON.stringify(options.timeout)}`,
    );
  if (command.trim() === '') throw new UsageError('the command is empty');
  const hosts = new HostCommands(region);
  try {
    const end = await hosts.execute(instance, { text: command, timeout, comment: 'council remote' });
    const isWell = end.exitCode === 0;
    if (options.json === true) console.out(`${JSON.stringify({ instance, ...end })}\n`);
    else {
      console.out(end.stdout);
      console.err(end.stderr);
      if (!isWell) console.err(`${instance}: ${end.status}, exit code ${end.exitCode}\n`);
    }
    return isWell ? EXIT.ok : EXIT.no;
  } finally {
    hosts.close();
  }
}
