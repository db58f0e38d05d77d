import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

export type WitnessLine = Readonly<Record<string, unknown>>;

const isLine = (value: unknown): value is WitnessLine =>
  typeof value === 'object' && value !== null && 'ts' in value && 'msg_type' in value;

/** The text of a data folder's RAS witness log, all days of it. */
export function witnessText(dataDir: string): string {
  const folder = join(dataDir, 'logs/h323_witness');
  if (!existsSync(folder)) return '';
  const files = readdirSync(folder).sort();
  return files.map((file) => readFileSync(join(folder, file), 'utf8')).join('');
}

/** Its lines, each whole and JSON. Throws where one is not. */
export function witnessLines(dataDir: string): readonly WitnessLine[] {
  const lines = witnessText(dataDir).split('\n');
  if (lines.pop() !== '') throw new Error('the last line is torn');
  return lines.map((text) => {
    const line: unknown = JSON.parse(text);
    if (!isLine(line)) throw new Error(`no witness line: ${text}`);
    return line;
  });
}

/** How often each kind of message is in it. */
export function witnessCounts(dataDir: string): Readonly<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const { msg_type: type } of witnessLines(dataDir)) counts[String(type)] = (counts[String(type)] ?? 0) + 1;
  return counts;
}

/**
 * Whom lines of that kind name, in several gatekeepers' logs together. Lines are not counted: a terminal whose answer came
 * late asks again, and one that found another leader may ask that one too.
 */
export function witnessTerminals(dataDirs: readonly string[], type: string): ReadonlySet<unknown> {
  const lines = dataDirs.flatMap(witnessLines).filter(({ msg_type }) => msg_type === type);
  return new Set(lines.map(({ terminal_id }) => terminal_id));
}
