/** Commands of the system, to their end. */
import { spawnSync } from 'node:child_process';

/** What a command wrote. @throws Error with what it complained of */
export function run(command: string, args: readonly string[], input = ''): string {
  const { status, stdout, stderr, error } = spawnSync(command, args, { input, encoding: 'utf8', timeout: 10_000 });
  if (status === 0) return stdout;
  throw new Error(`${command} ${args.join(' ')}: ${error?.message ?? (stderr.trim() || `exit ${status}`)}`);
}

/** Whether a command ends well; what it writes is dropped. */
export const works = (command: string, args: readonly string[]): boolean =>
  spawnSync(command, args, { stdio: 'ignore', timeout: 10_000 }).status === 0;

export const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** Looks every 20 ms until something holds, and gives it. @throws Error when it does not within `patience` ms */
export async function until<T>(
  what: string,
  look: () => T | undefined | false | Promise<T | undefined | false>,
  patience = 20_000,
): Promise<T> {
  const end = performance.now() + patience;
  for (;;) {
    const found = await look();
    if (found !== undefined && found !== false) return found;
    if (performance.now() > end) throw new Error(`waited ${patience} ms in vain: ${what}`);
    await pause(20);
  }
}

/**
 * CLOCK_MONOTONIC in milliseconds: one clock for all processes of the machine, unlike performance.now(), which begins
 * with each process.
 */
export const monotonic = (): number => Number(process.hrtime.bigint()) / 1e6;
