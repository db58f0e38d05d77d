import { spawn } from 'node:child_process';

/** Octets of a program's output that are kept. */
const LARGEST_OUTPUT = 16 * 1024 ** 2;
/** Lines of its complaints that are told. */
const TOLD_LINES = 12;

/** A program that we call is not there, or ended badly. The message has the end of what it said. */
export class ProgramError extends Error {
  override readonly name = 'ProgramError';
  readonly code = 'PROGRAM_FAILED';
}

export interface ProgramOptions {
  readonly cwd: string;
  /** Added to this process's environment. */
  readonly env?: Readonly<Record<string, string>>;
}

/**
 * Runs a program to its end; gives what it wrote to its output.
 * @throws ProgramError
 */
export function runProgram(program: string, args: readonly string[], options: ProgramOptions): Promise<string> {
  const { cwd, env = {} } = options;
  const name = `${program} ${args[0] ?? ''}`.trim();
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { cwd, env: { ...process.env, ...env }, stdio: ['ignore', 'pipe', 'pipe'] });
    const texts = { out: '', err: '' };
    for (const [stream, key] of [
      [child.stdout, 'out'],
      [child.stderr, 'err'],
    ] as const)
      stream.setEncoding('utf8').on('data', (more: string) => {
        if (texts[key].length < LARGEST_OUTPUT) texts[key] += more;
      });
    child.on('error', (error) => reject(new ProgramError(`${name} cannot be run: ${error.message}`, { cause: error })));
    child.on('close', (code, signal) => {
      if (code === 0) return resolve(texts.out);
      const told = (texts.err.trim() || texts.out.trim()).split('\n').slice(-TOLD_LINES).join('\n');
      reject(new ProgramError(`${name} failed (${signal ?? `exit code ${code}`}): ${told}`));
    });
  });
}
