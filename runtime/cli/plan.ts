import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Console } from './console.ts';
import { EXIT } from './exit-codes.ts';

const LAUNCHER = fileURLToPath(new URL('../../components/plan/plan.mjs', import.meta.url));

/**
 * Hands `council plan` to the infrastructure program, which is a process of its own: nothing of runtime/ knows it, and no
 * machine that runs a gatekeeper needs it.
 * @param args everything after `plan`
 * @returns what it ended with; a signal that ended it counts as the machine not letting it
 */
export async function plan(args: readonly string[], console: Console): Promise<number> {
  if (!existsSync(LAUNCHER)) {
    console.err('council plan: this installation has no infrastructure program to plan\n');
    return EXIT.usage;
  }
  const child = spawn(process.execPath, [LAUNCHER, ...args], {
    stdio: ['ignore', ...(console.isTerminal ? (['inherit', 'inherit'] as const) : (['pipe', 'pipe'] as const))],
  });
  child.stdout?.setEncoding('utf8').on('data', console.out);
  child.stderr?.setEncoding('utf8').on('data', console.err);
  const [code]: unknown[] = await once(child, 'close');
  return typeof code === 'number' ? code : EXIT.environment;
}
