import { createHash } from 'node:crypto';
import { type FileProblem, RegistryError } from './errors.ts';
import { RegistryReader, type TerminalRecord } from './registry-reader.ts';
import { describeKind, shown, YamlLines, type YamlText } from './yaml-lines.ts';

export type { TerminalKind, TerminalRecord } from './registry-reader.ts';

export interface Registry {
  /** 16 hex digits of the content, whatever its order, comments and layout: equal content, equal revision. */
  readonly revision: string;
  readonly terminals: ReadonlyMap<string, TerminalRecord>;
}

/**
 * Reads a guardian registry (YAML). `file` is only the name that errors give.
 * @throws RegistryError with every problem and its line; nothing of a registry with a problem is used.
 */
export function parseRegistry(text: string, file: string): Registry {
  return readRegistry(text, file).registry;
}

/**
 * The registry `text` with other public keys, every other character kept (comments, order, layout). `keys` maps
 * terminal ids to 64 hex digits; terminals it does not name keep their key.
 * @throws RegistryError when the text is not a registry, names no such terminal, or would not be a registry afterwards.
 */
export function withPublicKeys(text: string, keys: ReadonlyMap<string, string>, file = 'registry'): string {
  const { keyTexts } = readRegistry(text, file);
  const unknown = [...keys.keys()].filter((terminalId) => !keyTexts.has(terminalId));
  if (unknown.length > 0) {
    const problem = { file, line: 1, column: 1, path: '' };
    throw new RegistryError(
      unknown.map((id) => ({ ...problem, message: `no terminal ${shown(id)} to give a key to` })),
    );
  }
  const edits = [...keyTexts].flatMap(([terminalId, at]) => {
    const hex = keys.get(terminalId);
    return hex === undefined ? [] : [{ from: at.at.offset, to: at.end, text: JSON.stringify(hex) }];
  });
  edits.sort((a, b) => a.from - b.from);
  let result = '';
  let copied = 0;
  for (const edit of edits) {
    result += text.slice(copied, edit.from) + edit.text;
    copied = edit.to;
  }
  result += text.slice(copied);
  parseRegistry(result, file);
  return result;
}

interface Reading {
  readonly registry: Registry;
  readonly keyTexts: ReadonlyMap<string, YamlText>;
}

function readRegistry(text: string, file: string): Reading {
  const lines = new YamlLines(text, file);
  const root = lines.read();
  const reader = new RegistryReader(lines);
  if (root?.kind === 'map') reader.root(root);
  else if (root !== undefined) lines.report(root.at, '', `must be a mapping with guardians, not ${describeKind(root)}`);
  else if (lines.problems.length === 0) lines.report(undefined, '', 'the file is empty');
  if (lines.problems.length > 0) throw new RegistryError(lines.problems.toSorted(byPlace));
  return {
    registry: { revision: revisionOf(reader.terminals), terminals: reader.terminals },
    keyTexts: reader.keyTexts,
  };
}

const byPlace = (a: FileProblem, b: FileProblem): number => a.line - b.line || a.column - b.column;

function revisionOf(terminals: ReadonlyMap<string, TerminalRecord>): string {
  const canonical = [...terminals.values()]
    .map(({ terminalId, kind, role, publicKey, quota, maxSessions }) =>
      JSON.stringify([terminalId, kind, role, Buffer.from(publicKey).toString('hex'), quota, maxSessions]),
    )
    .sort();
  return createHash('sha256').update(canonical.join('\n')).digest('hex').slice(0, 16);
}
