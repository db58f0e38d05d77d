import { readStackFile } from '../plan/index.ts';
import { stackConfig } from '../stack-config.ts';
import { secretsManifest } from './manifest.ts';

/** Codes of errors that whoever configures a stack causes, and not the program. */
const CONFIGURATION = new Set(['STACK_FILE', 'STACK_CONFIG_INVALID']);

/**
 * Prints the manifest of a stack as one line of JSON, from its file alone.
 * @param root folder of `Pulumi.<stack>.yaml`
 * @returns the exit code: 0, or 2 where the stack's file is missing or wrong, or has another stack's secrets, which is told on `err`
 */
export function printManifest(
  root: string,
  stack: string,
  out: (text: string) => void,
  err: (text: string) => void,
): 0 | 2 {
  try {
    const { config, secretKeys } = readStackFile(root, stack);
    const checked = stackConfig(stack, config, secretKeys);
    if (checked.rollback !== undefined) {
      err(`the stack ${stack} has no secrets of its own: its hosts read those of ${checked.rollback.of}\n`);
      return 2;
    }
    out(`${JSON.stringify(secretsManifest(checked))}\n`);
    return 0;
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && CONFIGURATION.has(String(error.code)))) throw error;
    err(`${error.message}\n`);
    return 2;
  }
}
