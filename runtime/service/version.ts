import { readFileSync } from 'node:fs';

/** The release, as package.json names it. */
export const VERSION: string = readVersion();

function readVersion(): string {
  const parsed: unknown = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'));
  if (typeof parsed === 'object' && parsed !== null && 'version' in parsed && typeof parsed.version === 'string')
    return parsed.version;
  return 'unknown';
}

/**
 * The SHA-256 of the bundle that this runs from, by the name of the folder that hosts unpack it into; `undefined`
 * elsewhere. The process that began before a switch goes on saying its own.
 */
export const RELEASE: string | undefined = /\/([0-9a-f]{64})\/$/.exec(new URL('../../', import.meta.url).pathname)?.[1];
