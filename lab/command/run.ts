import { spawn } from 'node:child_process';
import { type CommandInputs, known } from './inputs.ts';

/** What a command wrote, without the last line's end. */
export interface Written {
  readonly stdout: string;
  readonly stderr: string;
}

export interface RunSettings {
  /** What commands get besides their own `environment`. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Where commands run that name no `dir`. */
  readonly directory: string;
  /** Ends a command that runs. */
  readonly signal: AbortSignal;
}

/** A command that ended with another status than 0, or could not be started; the message has what it wrote. */
export class CommandFailed extends Error {
  override readonly name = 'CommandFailed';
}

/** No command of ours writes more; what does is cut, so that it cannot fill the state. Octets. */
const MOST_OUTPUT = 1024 * 1024;

/**
 * Runs a command to its end, by `/bin/sh -c` where it names no interpreter.
 *
 * @param previous what the command before it wrote, which it finds in PULUMI_COMMAND_STDOUT and PULUMI_COMMAND_STDERR
 * @throws CommandFailed
 */
export function run(
  command: string,
  inputs: CommandInputs,
  previous: Written,
  { environment, directory, signal }: RunSettings,
): Promise<Written> {
  const [program = '/bin/sh', ...args] = known(inputs.interpreter) ?? ['/bin/sh', '-c'];
  const env: Record<string, string | undefined> = { ...environment, ...known(inputs.environment) };
  if (inputs.addPreviousOutputInEnv !== false) {
    if (previous.stdout !== '') env['PULUMI_COMMAND_STDOUT'] = previous.stdout;
    if (previous.stderr !== '') env['PULUMI_COMMAND_STDERR'] = previous.stderr;
  }
  return new Promise((resolve, reject) => {
    const child = spawn(program, [...args, command], { env, cwd: inputs.dir ?? directory, signal, detached: false });
    const parts = { stdout: '', stderr: '', both: '' };
    for (const name of ['stdout', 'stderr'] as const)
      child[name].setEncoding('utf8').on('data', (text: string) => {
        parts[name] = (parts[name] + text).slice(0, MOST_OUTPUT);
        parts.both = (parts.both + text).slice(0, MOST_OUTPUT);
      });
    const failed = (why: string): CommandFailed =>
      new CommandFailed(`${why}: running ${JSON.stringify(command)}:\n${parts.both}`);
    child.once('error', (error) => reject(failed(error.message)));
    child.once('close', (status, ended) => {
      if (status === 0) resolve({ stdout: withoutEnd(parts.stdout), stderr: withoutEnd(parts.stderr) });
      else reject(failed(ended === null ? `exit status ${status}` : `signal: ${ended}`));
    });
    // A command that does not read what it is given has done nothing wrong.
    child.stdin.once('error', () => {});
    child.stdin.end(inputs.stdin ?? '');
  });
}

const withoutEnd = (text: string): string => text.replace(/\n$/, '');
