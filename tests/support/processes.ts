import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { skipLoudly } from './skip.ts';

/** Skips the test or the suite where processes cannot be looked up. */
export function needProc(context: Mocha.Context): void {
  if (!existsSync('/proc/self/cmdline')) skipLoudly(context, 'processes are looked up in /proc, which is not here');
}

/** The command lines of all processes that have `text` in theirs. */
export function processesWith(text: string): readonly string[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(commandLine)
    .filter((line) => line.includes(text));
}

function commandLine(pid: string): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ').trim();
  } catch {
    return ''; // It has ended meanwhile.
  }
}
