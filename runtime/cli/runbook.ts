import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { parseStackOutputs, renderRunbook } from '../runbook/index.ts';
import type { Console } from './console.ts';
import { EXIT, type ExitCode } from './exit-codes.ts';
import { UsageError } from './failure.ts';

const RUNBOOK = fileURLToPath(new URL('../../docs/runbook/', import.meta.url));

export interface RunbookOptions {
  readonly json?: true;
  /** File with the outputs, instead of standard input. */
  readonly outputs?: string;
  /** Folder that the pages are written to. */
  readonly out?: string;
  readonly check?: true;
}

/** `pulumi stack output --json | council runbook`: writes the runbook's pages; with --check only says which are out of date. */
export async function runbook(options: RunbookOptions, console: Console): Promise<ExitCode> {
  if (options.outputs === undefined && process.stdin.isTTY)
    throw new UsageError('nothing comes in: pulumi stack output --json | council runbook (or --outputs FILE)');
  const given = options.outputs === undefined ? await text(process.stdin) : readFileSync(options.outputs, 'utf8');
  const outputs = parseStackOutputs(given);
  const { documents, commands } = renderRunbook(readTemplates(join(RUNBOOK, 'templates')), outputs);
  const folder = options.out ?? join(RUNBOOK, outputs.stack);
  const stale = documents.filter(({ name, text: page }) => textOf(join(folder, name)) !== page).map(({ name }) => name);
  if (options.check !== true) {
    mkdirSync(folder, { recursive: true });
    for (const { name, text: page } of documents) writeFileSync(join(folder, name), page);
  }
  if (options.json === true) console.out(`${JSON.stringify({ folder, stale, commands })}\n`);
  else if (options.check === true)
    console.out(stale.length === 0 ? 'up to date\n' : `out of date in ${folder}: ${stale.join(', ')}\n`);
  else
    console.out(`${folder}: ${documents.length} pages, ${commands.length} commands, ${stale.length} pages changed\n`);
  return options.check === true && stale.length > 0 ? EXIT.no : EXIT.ok;
}

function readTemplates(folder: string): ReadonlyMap<string, string> {
  const names = readdirSync(folder).filter((name) => name.endsWith('.md'));
  return new Map(names.sort().map((name) => [name, readFileSync(join(folder, name), 'utf8')]));
}

function textOf(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}
