import type { Command } from 'commander';
import { type SettingName, settingsTable } from '../../config/index.ts';
import { StoreError, StoreUnreachableError } from '../../ha/index.ts';
import { OperatorError, openZone, type ZoneAccess } from '../../service/index.ts';
import type { Console } from '../console.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { UsageError } from '../failure.ts';
import { settingsFrom } from '../settings-options.ts';

/** The settings of a gatekeeper that lead to its zone. */
const NAMES: ReadonlySet<SettingName> = new Set([
  'etcdEndpoints',
  'etcdCaFile',
  'etcdCertFile',
  'etcdKeyFile',
  'gatekeeperId',
]);

/** Options of a command, as commander gives them. */
export type Options = Readonly<Record<string, unknown>>;

const ROWS: readonly (readonly [flags: string, description: string])[] = [
  ['--config <file>', "the gatekeeper's configuration file (YAML); also COUNCIL_CONFIG"],
  ...settingsTable
    .filter(({ name }) => NAMES.has(name))
    .map(({ option, placeholder, description, default: fallback }): readonly [string, string] => [
      `${option} <${placeholder}>`,
      fallback ? `${description} (default: ${fallback})` : description,
    ]),
  ['--json', 'machine-readable output'],
];

/** Adds what leads to a zone, from the gatekeeper's configuration file, variables or the command line; and `--json`. */
export function addZoneOptions(command: Command): Command {
  for (const [flags, description] of ROWS) command.option(flags, description);
  return command;
}

/** The same, for the help text of all commands together. */
export const zoneOptionsHelp = (): string =>
  `\nOptions of all of them:\n${ROWS.map(([flags, description]) => `  ${flags.padEnd(25)}${description}\n`).join('')}`;

/**
 * Runs a command on the zone that the options lead to, and lets its connections go. What the zone answers to the
 * operator's wish is told in a sentence.
 * @throws UsageError, SettingsError, the file system's error where a file cannot be read
 */
export async function withZone(
  options: Options,
  console: Console,
  run: (zone: ZoneAccess) => Promise<number>,
): Promise<number> {
  // Operators sign nothing: the rule that a zone's gatekeepers need the zone's key is not theirs.
  const settings = settingsFrom({ ...options, keyFile: 'none' });
  for (const warning of settings.warnings) console.err(`${warning}\n`);
  if (settings.etcdEndpoints.length === 0)
    throw new UsageError("no etcd is named: give --config with a gatekeeper's configuration file, or --etcd-endpoints");
  try {
    const zone = openZone(settings);
    try {
      return await run(zone);
    } finally {
      await zone.close();
    }
  } catch (error) {
    const code = exitCodeOf(error);
    if (code === undefined || !(error instanceof Error)) throw error;
    console.err(`council: ${error.message}\n`);
    return code;
  }
}

function exitCodeOf(error: unknown): ExitCode | undefined {
  if (error instanceof OperatorError) return EXIT.no;
  if (error instanceof StoreError) return error.code === 'PERMISSION' ? EXIT.environment : EXIT.no;
  return error instanceof StoreUnreachableError ? EXIT.environment : undefined;
}

/** One line of JSON on the command's output. */
export const json = (console: Console, value: unknown): void => console.out(`${JSON.stringify(value)}\n`);

/** @throws UsageError for what is no `http://host:port` or `https://host:port` */
export function peerUrl(value: unknown): string {
  const text = String(value);
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const isPlain = url !== undefined && /^https?:\/\/[^/?#@\s]+:\d{1,5}\/?$/.test(text);
  if (!isPlain) throw new UsageError(`--peer-url: must be http://HOST:PORT or https://HOST:PORT, not "${text}"`);
  return text.replace(/\/$/, '');
}
