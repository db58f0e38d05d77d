import { isAlias, isMap, isScalar, isSeq, Lexer, type ParsedNode, parseDocument, Scalar } from 'yaml';
import type { FileProblem } from './errors.ts';

/** A place in a file: the offset counts UTF-16 units from 0, line and column from 1. */
export interface Position {
  readonly offset: number;
  readonly line: number;
  readonly column: number;
}

/** A scalar. Nothing is guessed from its looks (YAML's failsafe schema): `1e5` and `no` stay the text they are. */
export interface YamlText {
  readonly kind: 'text';
  readonly at: Position;
  /** Offset just behind the scalar, quotes included. */
  readonly end: number;
  readonly text: string;
  readonly quoted: boolean;
}

export interface YamlList {
  readonly kind: 'list';
  readonly at: Position;
  readonly items: readonly YamlValue[];
}

export interface YamlMap {
  readonly kind: 'map';
  readonly at: Position;
  readonly entries: ReadonlyMap<string, YamlEntry>;
}

export interface YamlEntry {
  readonly keyAt: Position;
  readonly value: YamlValue;
}

export type YamlValue = YamlText | YamlList | YamlMap;

/** Far beyond what a configuration needs, and low enough that a hostile file is refused before it costs anything. */
const MAX_BYTES = 4 * 1024 * 1024;
const MAX_TOKENS = 1_000_000;
const MAX_DEPTH = 16;
const MAX_INDENT = 64;

/**
 * Reads one YAML document in which every value knows its line. Anchors, aliases, tags and directives are refused: a
 * configuration needs none of them, and they are what YAML bombs are made of. What is wrong is added to `problems`; the
 * value is undefined when the file is empty, and when it is so wrong that nothing is left to look at.
 */
export class YamlLines {
  readonly problems: FileProblem[] = [];
  private readonly file: string;
  private readonly text: string;
  private readonly lineStarts: number[] = [0];

  constructor(text: string, file: string) {
    this.file = file;
    this.text = text;
  }

  report(at: Position | undefined, path: string, message: string): void {
    this.problems.push({ file: this.file, line: at?.line ?? 1, column: at?.column ?? 1, path, message });
  }

  read(): YamlValue | undefined {
    const bytes = Buffer.byteLength(this.text);
    if (bytes > MAX_BYTES) {
      this.report(undefined, '', `the file has ${bytes} bytes; at most ${MAX_BYTES} are read`);
      return undefined;
    }
    for (let at = this.text.indexOf('\n'); at !== -1; at = this.text.indexOf('\n', at + 1))
      this.lineStarts.push(at + 1);
    if (!this.harmless()) return undefined;
    const document = parseDocument(this.text, { schema: 'failsafe', prettyErrors: false, uniqueKeys: false });
    for (const { pos, code, message } of [...document.errors, ...document.warnings]) {
      const several = code === 'MULTIPLE_DOCS';
      this.report(this.position(pos[0]), '', several ? 'the file holds more than one YAML document' : message);
    }
    if (document.errors.length > 0) return undefined;
    if (document.contents === null) return undefined;
    return this.convert(document.contents, '', this.position(document.contents.range[0]));
  }

  /**
   * A first pass over the tokens, in one linear walk: the parser behind it recurses, so depth is bounded here (a file
   * of nothing but `[` would exhaust the memory of the process otherwise).
   */
  private harmless(): boolean {
    let offset = 0;
    let tokens = 0;
    let flowDepth = 0;
    let indent = 0;
    let indicators = 0;
    let inScalar = false;
    let lineStart = true;
    for (const token of new Lexer().lex(this.text)) {
      const at = offset;
      const isText: boolean = inScalar;
      inScalar = !isText && token === SCALAR;
      if (!isText && (inScalar || token === DOCUMENT || token === FLOW_END)) continue;
      offset += token.length;
      tokens += 1;
      if (lineStart) {
        indent = /^ *$/.test(token) ? token.length : 0;
        indicators = 0;
      }
      lineStart = token.endsWith('\n');
      if (isText) continue;
      const refused = REFUSED[token.charAt(0)];
      if (refused !== undefined) this.report(this.position(at), '', `${refused} are not used here: ${shown(token)}`);
      if (token === '[' || token === '{') flowDepth += 1;
      if (token === ']' || token === '}') flowDepth -= 1;
      if (token === '-' || token === '?' || token === ':') indicators += 1;
      const deepBlock = flowDepth <= 0 && (indicators > MAX_DEPTH || (indicators > 0 && indent > MAX_INDENT));
      if (deepBlock || flowDepth > MAX_DEPTH) {
        this.report(this.position(at), '', 'the content is nested too deeply');
        return false;
      }
      if (tokens > MAX_TOKENS) {
        this.report(this.position(at), '', `the file has more than ${MAX_TOKENS} YAML tokens`);
        return false;
      }
    }
    return this.problems.length === 0;
  }

  private convert(node: ParsedNode | null, path: string, fallback: Position): YamlValue | undefined {
    if (node === null) return { kind: 'text', at: fallback, end: fallback.offset, text: '', quoted: false };
    const at = this.position(node.range[0]);
    if (isAlias(node)) return undefined; // refused already, by its token
    if (isScalar(node)) {
      const quoted = node.type !== Scalar.PLAIN;
      return { kind: 'text', at, end: node.range[1], text: String(node.value), quoted };
    }
    if (isSeq(node)) {
      const items: YamlValue[] = [];
      node.items.forEach((item, index) => {
        const value = this.convert(item, `${path}[${index}]`, at);
        if (value !== undefined) items.push(value);
      });
      return { kind: 'list', at, items };
    }
    const entries = new Map<string, YamlEntry>();
    if (isMap(node)) {
      for (const { key, value } of node.items) {
        const keyAt = this.position(key.range[0]);
        if (!isScalar(key)) {
          this.report(keyAt, path, 'a key must be plain text');
          continue;
        }
        const name = String(key.value);
        const inner = path === '' ? shown(name) : `${path}.${shown(name)}`;
        const converted = this.convert(value, inner, keyAt);
        const earlier = entries.get(name);
        if (earlier !== undefined) this.report(keyAt, inner, `given twice; first on line ${earlier.keyAt.line}`);
        else if (converted !== undefined) entries.set(name, { keyAt, value: converted });
      }
    }
    return { kind: 'map', at, entries };
  }

  private position(offset: number): Position {
    let low = 0;
    let high = this.lineStarts.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((this.lineStarts[middle] ?? 0) <= offset) low = middle;
      else high = middle - 1;
    }
    return { offset, line: low + 1, column: offset - (this.lineStarts[low] ?? 0) + 1 };
  }
}

/** Control tokens of the lexer, which stand for no text of the file. */
const DOCUMENT = '\u0002';
const FLOW_END = '\u0018';
const SCALAR = '\u001f';

/** First characters of tokens, outside of scalars, that are refused. */
const REFUSED: Readonly<Record<string, string>> = { '&': 'anchors', '*': 'aliases', '!': 'tags', '%': 'directives' };

/** A piece of the file for an error message: short, on one line, without control characters. */
export function shown(text: string): string {
  const plain = text.replaceAll(/[^\x20-\x7e]/g, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`);
  return plain.length > 60 ? `${plain.slice(0, 57)}...` : plain;
}

export const describeKind = (value: YamlValue): string => {
  if (value.kind !== 'text') return value.kind === 'map' ? 'a mapping' : 'a list';
  return value.text === '' && !value.quoted ? 'nothing' : 'a single value';
};
