/** One thing wrong with a configuration file, where it stands. Lines and columns count from 1. */
export interface FileProblem {
  readonly file: string;
  readonly line: number;
  readonly column: number;
  /** Where in the content, such as `guardians[3].public_key_hex`; empty for the file as a whole. */
  readonly path: string;
  readonly message: string;
}

/** One thing wrong with the settings. `source` is an option, an environment variable or `file:line`. */
export interface SettingsProblem {
  readonly source: string;
  readonly message: string;
}

/** A message is for people and logs: past this many problems it only counts them. `problems` always has every one. */
const LISTED_PROBLEMS = 1000;

function listed(lines: readonly string[]): string {
  const rest = lines.length - LISTED_PROBLEMS;
  return rest <= 0 ? lines.join('\n') : [...lines.slice(0, LISTED_PROBLEMS), `and ${rest} more problems`].join('\n');
}

export const formatFileProblem = ({ file, line, column, path, message }: FileProblem): string =>
  `${file}:${line}:${column}: ${path === '' ? '' : `${path}: `}${message}`;

/** The guardian registry cannot be used; the caller keeps the last good one. The message lists every problem. */
export class RegistryError extends Error {
  readonly code = 'REGISTRY_INVALID';
  readonly problems: readonly FileProblem[];

  constructor(problems: readonly FileProblem[]) {
    super(listed(problems.map(formatFileProblem)));
    this.name = 'RegistryError';
    this.problems = problems;
  }
}

/** The settings cannot be used and nothing was started. The message lists every problem with its source. */
export class SettingsError extends Error {
  readonly code = 'SETTINGS_INVALID';
  readonly problems: readonly SettingsProblem[];

  constructor(problems: readonly SettingsProblem[]) {
    super(listed(problems.map(({ source, message }) => `${source}: ${message}`)));
    this.name = 'SettingsError';
    this.problems = problems;
  }
}
