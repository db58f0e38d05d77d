import { AwsError } from '../adapters/aws-error.ts';
import { KeyFileError } from '../adapters/key-files.ts';
import { PortInUseError } from '../adapters/port-error.ts';
import { ProgramError } from '../adapters/program.ts';
import { WitnessWriteError } from '../adapters/witness-error.ts';
import { RegistryError, SettingsError } from '../config/index.ts';
import { BundleError, ReleaseError } from '../release/index.ts';
import { StackOutputsError } from '../runbook/index.ts';
import { GuardianRefusedError, LocalCouncilError, RegistryFileError } from '../service/index.ts';
import { EXIT, type ExitCode } from './exit-codes.ts';

/** A command line that asks for something that cannot be. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
  readonly code = 'USAGE';
}

/** What a failure that people cause ends with; `undefined` for one that is a mistake in this program. */
export function exitCodeOf(error: unknown): ExitCode | undefined {
  if (
    error instanceof RegistryError ||
    error instanceof GuardianRefusedError ||
    error instanceof BundleError ||
    error instanceof ReleaseError
  )
    return EXIT.no;
  if (
    error instanceof UsageError ||
    error instanceof SettingsError ||
    error instanceof LocalCouncilError ||
    error instanceof StackOutputsError
  )
    return EXIT.usage;
  if (
    error instanceof PortInUseError ||
    error instanceof KeyFileError ||
    error instanceof WitnessWriteError ||
    error instanceof RegistryFileError ||
    error instanceof ProgramError ||
    error instanceof AwsError ||
    isFileSystemError(error)
  )
    return EXIT.environment;
  return undefined;
}

const isFileSystemError = (error: unknown): boolean =>
  error instanceof Error && 'syscall' in error && 'code' in error && typeof error.code === 'string';
