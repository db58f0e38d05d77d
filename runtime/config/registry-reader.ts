import { type BitsPerSecond, bitsPerSecond } from '../units.ts';
import { pointFault } from './ed25519-point.ts';
import {
  describeKind,
  type Position,
  shown,
  type YamlLines,
  type YamlMap,
  type YamlText,
  type YamlValue,
} from './yaml-lines.ts';

export type TerminalKind = 'guardian' | 'infrastructure' | 'canary';

/** Who may come in, and how much of the council's capacity is theirs. */
export interface TerminalRecord {
  /** `if://…`, printable ASCII, at most 128 characters (H.235.0 `Identifier` is BMPString (SIZE (1..128))). */
  readonly terminalId: string;
  readonly kind: TerminalKind;
  /** For people, 1 to 128 characters. */
  readonly role: string;
  /** Ed25519 (RFC 8032), 32 octets. */
  readonly publicKey: Uint8Array;
  /** Media one way, 64 000 to 100 000 000 bit/s. */
  readonly quota: BitsPerSecond;
  /** Live sessions at once: 1 for guardians and canaries, 1 to 10 000 for infrastructure. */
  readonly maxSessions: number;
}

const MAX_TERMINALS = 10_000;
const MAX_TEXT = 128;
const QUOTA = { least: 64_000, most: 100_000_000 };
const SESSIONS = { least: 1, most: 10_000 };

const SECTIONS: readonly { readonly name: string; readonly kind: TerminalKind; readonly fields: readonly string[] }[] =
  [
    { name: 'guardians', kind: 'guardian', fields: ['terminal_id', 'role', 'public_key_hex', 'bandwidth_quota_bps'] },
    {
      name: 'infrastructure',
      kind: 'infrastructure',
      fields: ['terminal_id', 'role', 'public_key_hex', 'bandwidth_quota_bps', 'max_sessions'],
    },
    { name: 'canaries', kind: 'canary', fields: ['terminal_id', 'role', 'public_key_hex', 'bandwidth_quota_bps'] },
  ];

/** Collects terminals from the read file; every problem goes to the lines it came from. */
export class RegistryReader {
  readonly terminals = new Map<string, TerminalRecord>();
  readonly keyTexts = new Map<string, YamlText>();
  private readonly lines: YamlLines;
  private readonly ids = new Map<string, Position>();
  private readonly keys = new Map<string, Position>();
  private count = 0;

  constructor(lines: YamlLines) {
    this.lines = lines;
  }

  root(root: YamlMap): void {
    const known = SECTIONS.map(({ name }) => name);
    this.refuseUnknown(root, known, '');
    if (!root.entries.has('guardians')) this.lines.report(root.at, 'guardians', 'is missing');
    for (const section of SECTIONS) {
      const entry = root.entries.get(section.name);
      if (entry === undefined) continue;
      const { value } = entry;
      if (value.kind !== 'list') {
        this.lines.report(value.at, section.name, `must be a list of terminals, not ${describeKind(value)}`);
      } else if (section.name === 'guardians' && value.items.length === 0) {
        this.lines.report(value.at, section.name, 'must name at least one guardian');
      } else {
        for (const [index, item] of value.items.entries()) {
          if (!this.terminal(section, item, `${section.name}[${index}]`)) return;
        }
      }
    }
  }

  /** False when there are too many terminals to go on. */
  private terminal(section: (typeof SECTIONS)[number], value: YamlValue, path: string): boolean {
    this.count += 1;
    if (this.count > MAX_TERMINALS) {
      this.lines.report(value.at, path, `a registry holds at most ${MAX_TERMINALS} terminals`);
      return false;
    }
    if (value.kind !== 'map') {
      this.lines.report(value.at, path, `must be a mapping that describes a terminal, not ${describeKind(value)}`);
      return true;
    }
    this.refuseUnknown(value, section.fields, path);
    const terminalId = this.terminalId(value, path);
    const role = this.role(value, path);
    const key = this.publicKey(value, path);
    const quota = this.number(value, 'bandwidth_quota_bps', path, QUOTA, 'bit/s');
    const sessions = section.fields.includes('max_sessions') ? this.number(value, 'max_sessions', path, SESSIONS) : 1;
    if (terminalId === undefined || role === undefined || key === undefined) return true;
    if (quota === undefined || sessions === undefined) return true;
    const { kind } = section;
    this.keyTexts.set(terminalId, key.text);
    this.terminals.set(terminalId, {
      terminalId,
      kind,
      role,
      publicKey: key.octets,
      quota: bitsPerSecond(quota),
      maxSessions: sessions,
    });
    return true;
  }

  private terminalId(map: YamlMap, path: string): string | undefined {
    const value = this.text(map, 'terminal_id', path);
    if (value === undefined) return undefined;
    const where = `${path}.terminal_id`;
    if (!/^if:\/\/[\x21-\x7e]+$/.test(value.text) || value.text.length > MAX_TEXT) {
      const rule = `must be if:// and printable ASCII without spaces, at most ${MAX_TEXT} characters`;
      this.lines.report(value.at, where, `${rule}: ${shown(value.text)}`);
      return undefined;
    }
    const first = this.ids.get(value.text);
    if (first !== undefined) {
      this.lines.report(value.at, where, `${shown(value.text)} is named twice; first on line ${first.line}`);
      return undefined;
    }
    this.ids.set(value.text, value.at);
    return value.text;
  }

  private role(map: YamlMap, path: string): string | undefined {
    const value = this.text(map, 'role', path);
    if (value === undefined) return undefined;
    if (!/^[^\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]{1,128}$/u.test(value.text) || value.text.trim() === '') {
      this.lines.report(value.at, `${path}.role`, `must be 1 to ${MAX_TEXT} characters that can be shown on one line`);
      return undefined;
    }
    return value.text;
  }

  private publicKey(map: YamlMap, path: string): { octets: Uint8Array; text: YamlText } | undefined {
    const value = this.text(map, 'public_key_hex', path);
    if (value === undefined) return undefined;
    const where = `${path}.public_key_hex`;
    const other = value.text.search(/[^0-9a-f]/i);
    if (other !== -1 || value.text.length !== 64) {
      const found = other !== -1 ? `character ${other + 1} is no hex digit` : `it has ${value.text.length}`;
      this.lines.report(value.at, where, `must be 64 hex digits, an Ed25519 public key; ${found}`);
      return undefined;
    }
    const octets = new Uint8Array(Buffer.from(value.text, 'hex'));
    const fault = pointFault(octets);
    if (fault !== undefined) {
      const why =
        fault === 'small order'
          ? 'is a point of small order: anyone could sign for it without a private key'
          : 'is not a point of Ed25519, so no private key belongs to it';
      this.lines.report(value.at, where, why);
      return undefined;
    }
    const hex = value.text.toLowerCase();
    const first = this.keys.get(hex);
    if (first !== undefined) {
      const rule = 'one key a terminal';
      this.lines.report(value.at, where, `${rule}: line ${value.at.line} repeats the key of line ${first.line}`);
      return undefined;
    }
    this.keys.set(hex, value.at);
    return { octets, text: value };
  }

  private number(
    map: YamlMap,
    name: string,
    path: string,
    range: { readonly least: number; readonly most: number },
    unit = '',
  ): number | undefined {
    const value = this.text(map, name, path);
    if (value === undefined) return undefined;
    const number = Number(value.text);
    const whole = !value.quoted && /^(0|[1-9][0-9]{0,14})$/.test(value.text);
    if (whole && number >= range.least && number <= range.most) return number;
    const allowed = `must be a whole number from ${range.least} to ${range.most}${unit === '' ? '' : ` ${unit}`}`;
    this.lines.report(
      value.at,
      `${path}.${name}`,
      `${allowed}: ${value.quoted ? `"${shown(value.text)}"` : shown(value.text)}`,
    );
    return undefined;
  }

  private text(map: YamlMap, name: string, path: string): YamlText | undefined {
    const entry = map.entries.get(name);
    if (entry === undefined) {
      this.lines.report(map.at, `${path}.${name}`, 'is missing');
      return undefined;
    }
    if (entry.value.kind === 'text' && (entry.value.quoted || entry.value.text !== '')) return entry.value;
    this.lines.report(entry.keyAt, `${path}.${name}`, `must be a single value, not ${describeKind(entry.value)}`);
    return undefined;
  }

  private refuseUnknown(map: YamlMap, known: readonly string[], path: string): void {
    for (const [name, { keyAt }] of map.entries) {
      if (known.includes(name)) continue;
      this.lines.report(keyAt, path, `unknown key ${shown(name)}; known are ${known.join(', ')}`);
    }
  }
}
