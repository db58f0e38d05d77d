import { EXIT, type ExitCode } from './exit-codes.ts';

/** A command line that asks for something that cannot be. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
  readonly code = 'USAGE';
}

/**
 * What failures that people cause end with, by the names of their errors: a command that is loaded when it is called
 * brings its own errors along, which nothing here should load for all the others.
 */
const EXITS: ReadonlyMap<string, ExitCode> = new Map([
  ['RegistryError', EXIT.no],
  ['GuardianRefusedError', EXIT.no],
  ['BundleError', EXIT.no],
  ['ReleaseError', EXIT.no],
  ['StepError', EXIT.no],
  ['UsageError', EXIT.usage],
  ['SettingsError', EXIT.usage],
  ['LocalCouncilError', EXIT.usage],
  ['StackOutputsError', EXIT.usage],
  ['PortInUseError', EXIT.environment],
  ['KeyFileError', EXIT.environment],
  ['WitnessWriteError', EXIT.environment],
  ['RegistryFileError', EXIT.environment],
  ['ProgramError', EXIT.environment],
  ['AwsError', EXIT.environment],
]);

/** What a failure that people cause ends with; `undefined` for one that is a mistake in this program. */
export function exitCodeOf(error: unknown): ExitCode | undefined {
  if (!(error instanceof Error)) return undefined;
  return EXITS.get(error.name) ?? (isFileSystemError(error) ? EXIT.environment : undefined);
}

const isFileSystemError = (error: Error): boolean =>
  'syscall' in error && 'code' in error && typeof error.code === 'string';
