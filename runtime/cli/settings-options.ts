import { readFileSync } from 'node:fs';
import type { Command } from 'commander';
import { type ResolvedSettings, resolveSettings, type SettingName, settingsTable } from '../config/index.ts';

/** Adds an option for every setting of the gatekeeper, and `--config`. */
export function addSettingsOptions(command: Command): Command {
  command.option('--config <file>', 'configuration file (YAML); also COUNCIL_CONFIG');
  for (const { option, placeholder, description, default: fallback } of settingsTable)
    command.option(
      `${option} <${placeholder}>`,
      fallback === undefined || fallback === '' ? description : `${description} (default: ${fallback})`,
    );
  return command.addHelpText(
    'after',
    '\nEach option is also a variable COUNCIL_… and a key in the configuration file (see the README).\nAn option counts more than a variable, a variable more than the file, the file more than the default.\n',
  );
}

/**
 * The settings from all their sources.
 * @throws SettingsError, or the file system's error where the configuration file cannot be read
 */
export function settingsFrom(options: Readonly<Record<string, unknown>>): ResolvedSettings {
  const given = options['config'] ?? process.env['COUNCIL_CONFIG'];
  const name = typeof given === 'string' && given !== '' ? given : undefined;
  const typed: { [Name in SettingName]?: string | undefined } = {};
  for (const row of settingsTable) {
    const value = options[row.name];
    if (typeof value === 'string') typed[row.name] = value;
  }
  return resolveSettings({
    options: typed,
    environment: process.env,
    file: name === undefined ? undefined : { name, text: readFileSync(name, 'utf8') },
  });
}
