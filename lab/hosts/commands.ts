/** Programs of this machine, run to their end. */
import { spawn } from 'node:child_process';

export interface CommandOptions {
  /** Written to its standard input. */
  readonly input?: string;
  /** Added to this process's own; an undefined one is taken out of them. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** Called with each line that it writes, as it comes. */
  readonly line?: (line: string) => void;
  /** Milliseconds after which it is killed; none when left out. */
  readonly timeout?: number;
}

export interface CommandResult {
  /** Its exit code; that of a shell (128 + n) where a signal ended it. */
  readonly status: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** A program that could not be started, or that failed. Its message ends with the last that it wrote. */
export class CommandError extends Error {
  override readonly name = 'CommandError';
  readonly code = 'COMMAND_FAILED';
  readonly status: number;

  constructor(command: string, status: number, complaint: string) {
    super(`${command}: ${complaint.trim().split('\n').slice(-5).join('\n') || `exit status ${status}`}`);
    this.status = status;
  }
}

const SIGNALS: Readonly<Record<string, number>> = { SIGHUP: 1, SIGINT: 2, SIGKILL: 9, SIGTERM: 15 };

/** Runs a program and gives what it wrote, however it ended. @throws CommandError when it cannot be started */
export function attempt(
  program: string,
  args: readonly string[],
  options: CommandOptions = {},
): Promise<CommandResult> {
  const { input = '', env = {}, line, timeout } = options;
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, {
      env: { ...process.env, ...env },
      ...(timeout === undefined ? {} : { timeout }),
    });
    const written = { stdout: '', stderr: '' };
    for (const name of ['stdout', 'stderr'] as const) {
      let rest = '';
      child[name].setEncoding('utf8').on('data', (text: string) => {
        written[name] += text;
        if (line === undefined) return;
        const lines = `${rest}${text}`.split('\n');
        rest = lines.pop() ?? '';
        lines.forEach(line);
      });
    }
    child.on('error', (error) => reject(new CommandError(program, 127, error.message)));
    child.on('close', (code, signal) => resolve({ status: code ?? 128 + (SIGNALS[signal ?? ''] ?? 0), ...written }));
    child.stdin.on('error', () => {}); // It may end before it has read.
    child.stdin.end(input);
  });
}

/** What a program wrote to its standard output. @throws CommandError when it fails */
export async function run(program: string, args: readonly string[], options: CommandOptions = {}): Promise<string> {
  const { status, stdout, stderr } = await attempt(program, args, options);
  if (status === 0) return stdout;
  throw new CommandError([program, ...args].join(' '), status, stderr || stdout);
}

/** Whether a program is there and ends well. */
export const works = async (program: string, args: readonly string[]): Promise<boolean> =>
  attempt(program, args).then(
    ({ status }) => status === 0,
    () => false,
  );
