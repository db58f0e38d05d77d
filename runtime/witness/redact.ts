import { parseAddress } from '../config/index.ts';

const QUAD = /^(?:(?:25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)(?:\.(?!$)|$)){4}$/;

/**
 * An address without the part that tells one person from a neighbour: IPv4 to the /24 (`192.0.2.x`), IPv6 to the /48
 * (`2001:db8:7:x`). What is no address becomes `x`. Ports are not part of it.
 */
export function maskAddress(address: string): string {
  if (QUAD.test(address)) return `${address.slice(0, address.lastIndexOf('.'))}.x`; // the common case, fast
  const numbers = parseAddress(address.split('%', 1)[0] ?? '');
  if (numbers === undefined) return 'x';
  const known = numbers.slice(0, 3);
  return numbers.length === 4 ? `${known.join('.')}.x` : `${known.map((group) => group.toString(16)).join(':')}:x`;
}

/** A key, a seed or a signature in hex (a call identifier has 32 digits), and a signature in base64. */
const HEX_SECRET = /[0-9a-f]{64,}/gi;
const BASE64_RUN = /[0-9a-z+/]{80,}={0,2}/gi;
const isRandom = (run: string): boolean => /[A-Z]/.test(run) && /[a-z]/.test(run) && /[0-9]/.test(run);

/** The text with anything that has the shape of a key or a signature replaced. */
export const hideSecrets = (text: string): string =>
  text.replaceAll(HEX_SECRET, '[key]').replaceAll(BASE64_RUN, (run) => (isRandom(run) ? '[key]' : run));

/** In this order at each place of a text: e-mail and SIP addresses, IPv6, IPv4, telephone numbers. */
const NUMBER = /\+?\d[\d ().-]{5,30}\d/g;
const PERSONAL = new RegExp(
  [
    /[^\s<>"'@:;,]{1,64}@[^\s<>"'@;,]{1,255}/,
    /(?<![\w:])(?:[0-9a-f]{0,4}:){2,7}[0-9a-f.]{0,15}(?![\w:])/,
    /(?<![\d.])\d{1,3}(?:\.\d{1,3}){3}(?![\d.]*\d)/,
    NUMBER,
  ]
    .map(({ source }) => source)
    .join('|'),
  'gi',
);

/**
 * Free text (an error's message, a terminal's reason) made fit for a log: e-mail and SIP addresses, telephone numbers,
 * keys and signatures are replaced, addresses masked. Errs on the side of hiding.
 */
export const scrub = (text: string): string =>
  hideSecrets(text).replaceAll(PERSONAL, (found) => {
    if (found.includes('@')) return '[address]';
    return parseAddress(found) === undefined ? found.replaceAll(NUMBER, '[number]') : maskAddress(found);
  });
