import { RegistryError } from '../config/index.ts';
import { loadRegistry } from '../service/index.ts';
import { type Console, paint } from './console.ts';
import { EXIT, type ExitCode } from './exit-codes.ts';

/** `council registry check FILE`: every problem of a registry with its line; nothing is started. */
export function registryCheck(file: string, options: { readonly json?: boolean }, console: Console): ExitCode {
  try {
    const { registry } = loadRegistry(file);
    const terminals = [...registry.terminals.values()];
    const count = (kind: string): number => terminals.filter((terminal) => terminal.kind === kind).length;
    const counts = { guardians: count('guardian'), infrastructure: count('infrastructure'), canaries: count('canary') };
    if (options.json === true)
      console.out(`${JSON.stringify({ file, valid: true, revision: registry.revision, ...counts })}\n`);
    else
      console.out(
        `${paint(console, 'green', 'valid')}: ${file}, revision ${registry.revision}: ${counts.guardians} guardians, ${counts.infrastructure} infrastructure terminals, ${counts.canaries} canaries\n`,
      );
    return EXIT.ok;
  } catch (error) {
    if (!(error instanceof RegistryError)) throw error;
    if (options.json === true) console.out(`${JSON.stringify({ file, valid: false, problems: error.problems })}\n`);
    else
      console.err(
        `${error.message}\n${paint(console, 'red', 'not valid')}: ${error.problems.length} problems in ${file}\n`,
      );
    return EXIT.no;
  }
}
