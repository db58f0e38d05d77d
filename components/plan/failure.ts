import { relative } from 'node:path';

export const EXIT = {
  ok: 0,
  /** The plan is not what the snapshot says. */
  different: 1,
  /** The command line or the configuration is wrong, or a file that is needed. */
  usage: 2,
  /** The program failed. */
  program: 3,
} as const;

export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

/** A command line that asks for something that cannot be. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
  readonly code = 'USAGE';
}

/** Codes of errors that whoever configures a stack causes, and not the program. */
const USAGE_CODES: ReadonlySet<unknown> = new Set([
  'USAGE',
  'STACK_FILE',
  'STACK_CONFIG_INVALID',
  'SNAPSHOT',
  'MARKER',
  'PRICES',
  'COST',
]);

export const isUsage = (error: unknown): error is Error =>
  error instanceof Error && 'code' in error && USAGE_CODES.has(error.code);

/** Frames of a stack that are shown. */
const FRAMES = 4;

/** What the program failed of, and where in the project, without what packages and Node do in between. */
export function failureText(error: unknown, root: string): string {
  if (!(error instanceof Error)) return String(error);
  const frames = (error.stack ?? '')
    .split('\n')
    .map((line) => /^\s+at (?:.*[ (])?(?:file:\/\/)?(\/[^()?]+?)(?:\?[^:()]*)?(:\d+:\d+)\)?$/.exec(line))
    .flatMap((found) => (found === null ? [] : `${relative(root, found[1] ?? '')}${found[2]}`))
    .filter((place) => !place.startsWith('..') && !place.includes('node_modules'));
  return [error.message, ...frames.slice(0, FRAMES).map((place) => `    at ${place}`)].join('\n');
}
