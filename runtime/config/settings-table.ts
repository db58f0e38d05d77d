import type { z } from 'zod';
import { about, settingsSchema } from './settings-schema.ts';

export type SettingName = keyof z.output<typeof settingsSchema>;

/** One row of the configuration table: the same setting under its name in each source. */
export interface SettingRow {
  readonly name: SettingName;
  /** Such as `--ras-port`. */
  readonly option: string;
  /** Such as `COUNCIL_RAS_PORT`. */
  readonly variable: string;
  /** Such as `ras_port`. */
  readonly fileKey: string;
  /** As it would be typed; undefined where a setting may be left out. */
  readonly default: string | undefined;
  readonly description: string;
  /** Completes "must be …". */
  readonly allowed: string;
  /** Stands for the value in a help text. */
  readonly placeholder: string;
}

const separated = (name: string, separator: string): string =>
  name.replaceAll(/[A-Z]/g, (letter) => `${separator}${letter.toLowerCase()}`);

/** Every setting of the gatekeeper service, in the order people are shown them. */
export const settingsTable: readonly SettingRow[] = settingsSchema.keyof().options.flatMap((name) => {
  const description = about.get(settingsSchema.shape[name]);
  if (description === undefined) return [];
  return {
    name,
    option: `--${separated(name, '-')}`,
    variable: `COUNCIL_${separated(name, '_')
      .replace(/^council_/, '')
      .toUpperCase()}`,
    fileKey: separated(name, '_'),
    ...description,
  };
});

/** The configuration table of the README. */
export function settingsMarkdown(): string {
  const code = (text: string): string => (text === '' ? '' : `\`${text}\``);
  const rows = settingsTable.map((row) => {
    const cells = [code(row.option), code(row.variable), code(row.fileKey), code(row.default ?? '')];
    return `| ${[...cells, row.description, row.allowed].join(' | ')} |`;
  });
  const head = '| Option | Variable | Key in the file | Default | What | Allowed |\n|---|---|---|---|---|---|';
  return `${head}\n${rows.join('\n')}\n`;
}
