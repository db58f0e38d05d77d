const SMALL = Array.from({ length: 1000 }, (_, n) => String(n));
const THREE_DIGITS = SMALL.map((text) => text.padStart(3, '0'));

/**
 * A whole number from 0 in decimal digits. V8 keeps the texts of numbers that it makes, for a while, which costs more than
 * making them where every request has another one; those below a million are put together from a thousand that are there.
 */
export function decimal(n: number): string {
  if (!Number.isInteger(n) || n < 0 || n >= 1_000_000) return String(n);
  if (n < 1000) return SMALL[n] ?? '';
  return `${SMALL[Math.floor(n / 1000)]}${THREE_DIGITS[n % 1000]}`;
}
