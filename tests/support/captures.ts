import { readdirSync, readFileSync } from 'node:fs';

/** A datagram between stock H.323 software; see tests/fixtures/captures/README.md. */
export interface CapturedDatagram {
  /** For example `ARQ of bob` or `ACF to bob`. */
  readonly name: string;
  /** UDP ports. */
  readonly from: number;
  readonly to: number;
  readonly bytes: Buffer;
}

const FOLDER = new URL('../fixtures/captures/', import.meta.url);

function isEntry(entry: unknown): entry is { name: string; from: number; to: number; hex: string } {
  return (
    typeof entry === 'object' &&
    entry !== null &&
    'name' in entry &&
    typeof entry.name === 'string' &&
    'from' in entry &&
    typeof entry.from === 'number' &&
    'to' in entry &&
    typeof entry.to === 'number' &&
    'hex' in entry &&
    typeof entry.hex === 'string'
  );
}

/** The captured RAS datagrams of each call, in the order they were sent. */
export function capturedCalls(): ReadonlyMap<string, readonly CapturedDatagram[]> {
  const names = readdirSync(FOLDER).filter((name) => name.endsWith('.json'));
  return new Map(
    names.map((name) => {
      const entries: unknown = JSON.parse(readFileSync(new URL(name, FOLDER), 'utf8'));
      if (!Array.isArray(entries) || !entries.every(isEntry)) throw new TypeError(`${name} is no list of datagrams`);
      return [
        name.slice(0, -'.json'.length),
        entries.map(({ hex, ...rest }) => ({ ...rest, bytes: Buffer.from(hex, 'hex') })),
      ];
    }),
  );
}
