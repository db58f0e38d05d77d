import type { EpochMilliseconds } from '../units.ts';
import type { WitnessRecord } from './record.ts';
import { hideSecrets } from './redact.ts';

/** What a sender can make longer is cut to this many UTF-16 units a text, and this many texts a list. */
const LONGEST_TEXT = 1024;
const LONGEST_LIST = 32;

/**
 * The record as one line of JSON with a space after each colon and comma, `ts` and `msg_type` first, and a newline at
 * the end. The line is ASCII (anything else is escaped), so it has as many octets as characters, and nothing a sender
 * put into it can break the line, move the reader's cursor or look like another field.
 * @throws RangeError when `ts` is no time that a date can show.
 */
export function witnessLine(record: WitnessRecord): string {
  let line = `{"ts": "${timestamp(record.ts)}", "msg_type": ${quote(record.msg_type)}`;
  for (const field in record) {
    const value = record[field];
    if (value === undefined || field === 'ts' || field === 'msg_type') continue;
    line += `, ${quote(field)}: `;
    if (typeof value === 'string') line += quote(value);
    else if (typeof value === 'number') line += Number.isFinite(value) ? value : 'null';
    else if (typeof value === 'boolean' || value === null) line += value;
    else line += list(value);
  }
  return `${line}}\n`;
}

/**
 * The line that keeps what a crash left of another: octet for octet, those beyond ASCII as `\u00xx`. `torn` is what is
 * left, or the beginning of it; `octets` is how many there are in all.
 */
export function recoveredLine(torn: Uint8Array, octets: number, ts: EpochMilliseconds): string {
  const text = Buffer.from(torn.buffer, torn.byteOffset, torn.length).toString('latin1');
  const head = witnessLine({ ts, msg_type: 'WITNESS_RECOVERED', torn_octets: octets });
  return `${head.slice(0, -2)}, "torn": ${escaped(text)}}\n`;
}

let second = Number.NaN;
let secondText = '';

/** ISO 8601 in UTC with milliseconds; all but those are worked out once a second. */
export function timestamp(ts: EpochMilliseconds): string {
  const whole = Math.floor(ts / 1000);
  if (whole !== second) {
    secondText = new Date(whole * 1000).toISOString().slice(0, -4);
    second = whole;
  }
  const rest = Math.floor(ts - whole * 1000);
  return `${secondText}${rest < 10 ? '00' : rest < 100 ? '0' : ''}${rest}Z`;
}

/** Anything but printable ASCII, `"` and `\` aside. */
const NEEDS_ESCAPE = /[^\x20\x21\x23-\x5b\x5d-\x7e]/;

/** A JSON string, fit for a witness line. */
export function quote(text: string): string {
  const safe = text.length < 64 ? text : shortened(hideSecrets(text));
  return NEEDS_ESCAPE.test(safe) ? escaped(safe) : `"${safe}"`;
}

function escaped(text: string): string {
  // JSON.stringify escapes lone surrogates already; pairs become two escapes, as JSON has it.
  return JSON.stringify(text).replaceAll(/[^\x20-\x7e]/g, (unit) => `\\u${hex4(unit.charCodeAt(0))}`);
}

const hex4 = (unit: number): string => unit.toString(16).padStart(4, '0');

function shortened(text: string): string {
  return text.length <= LONGEST_TEXT ? text : `${text.slice(0, LONGEST_TEXT)}[+${text.length - LONGEST_TEXT}]`;
}

function list(values: readonly string[]): string {
  const shown = values.slice(0, LONGEST_LIST).map(quote);
  if (values.length > LONGEST_LIST) shown.push(`"[+${values.length - LONGEST_LIST}]"`);
  return `[${shown.join(', ')}]`;
}
