import type { SettingsProblem } from './errors.ts';
import { about, alternateShape, MAX_ALTERNATES, settingsSchema } from './settings-schema.ts';
import { type SettingName, settingsTable } from './settings-table.ts';
import { describeKind, shown, YamlLines, type YamlValue } from './yaml-lines.ts';

type AlternateField = keyof typeof alternateShape;
type RawAlternate = Readonly<Record<AlternateField, string>>;

/** A value that one source gives for one setting, still as text. */
export interface Candidate {
  /** An option, a variable, `file:line`, or `default`. */
  readonly source: string;
  readonly raw: string | readonly RawAlternate[];
}

/** What a source gives, checked on its own; problems are added with their source. */
export function fromText(
  name: SettingName,
  source: string,
  text: string | undefined,
  problems: SettingsProblem[],
): Candidate | undefined {
  if (text === undefined) return undefined;
  if (name === 'alternates') return { source, raw: alternatesFromText(text, source, problems) };
  const schema = settingsSchema.shape[name];
  if (!schema.safeParse(text).success) {
    problems.push({ source, message: `must be ${about.get(schema)?.allowed}, not "${shown(text)}"` });
  }
  return { source, raw: text };
}

/** What the configuration file gives, by setting. The file is YAML: one mapping, keys as in `settingsTable`. */
export function fromFile(
  file: { readonly name: string; readonly text: string },
  problems: SettingsProblem[],
): Map<SettingName, Candidate> {
  const found = new Map<SettingName, Candidate>();
  const lines = new YamlLines(file.text, file.name);
  const root = lines.read();
  for (const { line, path, message } of lines.problems) {
    problems.push({ source: `${file.name}:${line}`, message: path === '' ? message : `${path}: ${message}` });
  }
  if (root === undefined) return found;
  const sourceOf = (value: { readonly line: number }): string => `${file.name}:${value.line}`;
  if (root.kind !== 'map') {
    problems.push({ source: sourceOf(root.at), message: `must be a mapping of settings, not ${describeKind(root)}` });
    return found;
  }
  for (const [key, { keyAt, value }] of root.entries) {
    const row = settingsTable.find(({ fileKey }) => fileKey === key);
    const source = sourceOf(value.at);
    const own: SettingsProblem[] = [];
    if (row === undefined) {
      const known = settingsTable.map(({ fileKey }) => fileKey).join(', ');
      problems.push({ source: sourceOf(keyAt), message: `unknown key ${shown(key)}; known are ${known}` });
    } else if (row.name === 'alternates' && value.kind === 'list') {
      const raw = value.items.flatMap((item, index) =>
        alternateFromFile(item, `alternates[${index}]`, sourceOf, problems),
      );
      checkCount(raw, source, own);
      found.set(row.name, { source, raw });
    } else if (value.kind !== 'text' || (value.text === '' && !value.quoted)) {
      own.push({ source, message: `must be ${row.allowed}, not ${describeKind(value)}` });
    } else {
      const candidate = fromText(row.name, source, value.text, own);
      if (candidate !== undefined) found.set(row.name, candidate);
    }
    for (const problem of own) problems.push({ source: problem.source, message: `${key}: ${problem.message}` });
  }
  return found;
}

const FILE_KEYS: Readonly<Record<string, AlternateField>> = {
  host: 'host',
  ras_port: 'rasPort',
  gatekeeper_id: 'gatekeeperId',
  priority: 'priority',
};

function alternateFromFile(
  value: YamlValue,
  path: string,
  sourceOf: (place: { readonly line: number }) => string,
  problems: SettingsProblem[],
): RawAlternate[] {
  if (value.kind !== 'map') {
    const message = `${path}: must be a mapping with ${Object.keys(FILE_KEYS).join(', ')}, not ${describeKind(value)}`;
    problems.push({ source: sourceOf(value.at), message });
    return [];
  }
  const raw: Record<AlternateField, string> = { host: '', rasPort: '', gatekeeperId: '', priority: '' };
  for (const [key, { keyAt }] of value.entries) {
    if (FILE_KEYS[key] !== undefined) continue;
    const message = `${path}: unknown key ${shown(key)}; known are ${Object.keys(FILE_KEYS).join(', ')}`;
    problems.push({ source: sourceOf(keyAt), message });
  }
  for (const [key, field] of Object.entries(FILE_KEYS)) {
    const entry = value.entries.get(key);
    if (entry === undefined) {
      problems.push({ source: sourceOf(value.at), message: `${path}.${key}: is missing` });
    } else if (entry.value.kind !== 'text') {
      const message = `${path}.${key}: must be a single value, not ${describeKind(entry.value)}`;
      problems.push({ source: sourceOf(entry.keyAt), message });
    } else {
      raw[field] = entry.value.text;
      checkField(field, raw[field], `${path}.${key}`, sourceOf(entry.value.at), problems);
    }
  }
  return [raw];
}

/** `HOST:PORT/PRIORITY/GATEKEEPER-ID`, an IPv6 address in brackets, several separated by `;`. */
function alternatesFromText(text: string, source: string, problems: SettingsProblem[]): RawAlternate[] {
  if (text === '') return [];
  const raw = text.split(';').flatMap((part, index): RawAlternate[] => {
    const match = /^(?:\[([^\]]+)\]|([^:/]+)):([^/]+)\/([^/]+)\/(.+)$/.exec(part.trim());
    if (match === null) {
      const allowed = about.get(settingsSchema.shape.alternates)?.allowed;
      problems.push({ source, message: `alternates[${index}]: must be ${allowed}, not "${shown(part)}"` });
      return [];
    }
    const [, ipv6, ipv4, rasPort = '', priority = '', gatekeeperId = ''] = match;
    const alternate = { host: ipv6 ?? ipv4 ?? '', rasPort, gatekeeperId, priority };
    for (const [key, field] of Object.entries(FILE_KEYS)) {
      checkField(field, alternate[field], `alternates[${index}].${key}`, source, problems);
    }
    return [alternate];
  });
  checkCount(raw, source, problems);
  return raw;
}

function checkField(
  field: AlternateField,
  text: string,
  path: string,
  source: string,
  problems: SettingsProblem[],
): void {
  const schema = alternateShape[field];
  if (schema.safeParse(text).success) return;
  problems.push({ source, message: `${path}: must be ${about.get(schema)?.allowed}, not "${shown(text)}"` });
}

function checkCount(raw: readonly RawAlternate[], source: string, problems: SettingsProblem[]): void {
  if (raw.length > MAX_ALTERNATES)
    problems.push({ source, message: `at most ${MAX_ALTERNATES} alternates, not ${raw.length}` });
}
