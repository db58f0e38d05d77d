import { main } from '../../runtime/cli/main.ts';

/** Runs a command in this process, which saves the second that a start takes; for commands that end by themselves. */
export async function runMain(args: readonly string[]) {
  const output = { stdout: '', stderr: '' };
  const code = await main(args, {
    out: (text) => {
      output.stdout += text;
    },
    err: (text) => {
      output.stderr += text;
    },
    isTerminal: false,
  });
  return { code, ...output };
}
