import { SettingsError, type SettingsProblem } from './errors.ts';
import type { ResolvedSettings, SettingsSources } from './gatekeeper-settings.ts';
import { settingsConflicts } from './settings-rules.ts';
import { settingsSchema } from './settings-schema.ts';
import { type Candidate, fromFile, fromText } from './settings-sources.ts';
import { type SettingName, settingsTable } from './settings-table.ts';

/** Variables with our prefix that are read elsewhere. */
const OTHER_VARIABLES: ReadonlySet<string> = new Set(['COUNCIL_CONFIG']);

/**
 * One precedence for every setting: command line, then environment, then configuration file, then default. Every value
 * of every source is checked, also one that a stronger source overrides. Pure: it reads nothing itself.
 * @throws SettingsError with every problem and its source.
 */
export function resolveSettings({ options = {}, environment = {}, file }: SettingsSources): ResolvedSettings {
  const problems: SettingsProblem[] = [];
  const inFile = file === undefined ? new Map<SettingName, Candidate>() : fromFile(file, problems);
  const chosen = new Map<SettingName, Candidate>();
  for (const row of settingsTable) {
    const option = fromText(row.name, row.option, options[row.name], problems);
    const variable = fromText(row.name, row.variable, environment[row.variable] || undefined, problems);
    const fallback = fromText(row.name, 'default', row.default, problems);
    for (const candidate of [variable, inFile.get(row.name)]) {
      if (row.name === 'policy' && candidate?.raw === 'open-lab') {
        problems.push({ source: candidate.source, message: OPEN_LAB });
      }
    }
    const first = option ?? variable ?? inFile.get(row.name) ?? fallback;
    if (first !== undefined) chosen.set(row.name, first);
  }
  if (problems.length > 0) throw new SettingsError(problems);
  const settings = settingsSchema.parse(Object.fromEntries([...chosen].map(([name, { raw }]) => [name, raw])));
  const origins = new Map([...chosen].map(([name, { source }]) => [name, source]));
  const conflicts = settingsConflicts(settings, origins);
  if (conflicts.length > 0) throw new SettingsError(conflicts);
  return { ...settings, origins, warnings: unknownVariables(environment) };
}

const OPEN_LAB =
  'policy open-lab is accepted from the command line alone (--policy open-lab): no configuration may let unsigned terminals in';

function unknownVariables(environment: Readonly<Record<string, string | undefined>>): string[] {
  const known = new Set(settingsTable.map(({ variable }) => variable));
  return Object.keys(environment)
    .filter((name) => name.startsWith('COUNCIL_') && !known.has(name) && !OTHER_VARIABLES.has(name))
    .map((name) => `${name} is no setting and is not read`);
}
