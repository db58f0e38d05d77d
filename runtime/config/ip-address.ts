/**
 * The numbers of an IP address: four octets of an IPv4 one (also where it is written inside IPv6, `::ffff:192.0.2.1`),
 * eight groups of 16 bits of an IPv6 one (RFC 4291 clause 2.2), undefined when the text is neither. Zones (`%eth0`)
 * belong to no address.
 */
export function parseAddress(text: string): readonly number[] | undefined {
  if (!text.includes(':')) return octets(text);
  if (text.length > 45) return undefined;
  const halves = text.split('::');
  if (halves.length > 2) return undefined;
  const [left, right] = halves.map(groups);
  if (left === undefined) return undefined;
  if (halves.length === 1) return left.length === 8 ? unmapped(left) : undefined;
  if (right === undefined || left.length + right.length > 7 || (halves[0] ?? '').includes('.')) return undefined;
  return unmapped([...left, ...Array<number>(8 - left.length - right.length).fill(0), ...right]);
}

/** Can only this machine reach it? 127.0.0.0/8 and ::1 (RFC 1122 clause 3.2.1.3, RFC 4291 clause 2.5.3). */
export function isLoopback(text: string): boolean {
  const numbers = parseAddress(text);
  if (numbers?.length === 8) return numbers.every((number, index) => number === (index === 7 ? 1 : 0));
  return numbers?.[0] === 127;
}

/** Is it 0.0.0.0 or ::, which stand for every address of a machine? */
export const isWildcard = (text: string): boolean => parseAddress(text)?.every((number) => number === 0) === true;

function octets(text: string): number[] | undefined {
  if (!/^\d{1,3}(?:\.\d{1,3}){3}$/.test(text)) return undefined;
  const parts = text.split('.');
  const numbers = parts.map(Number);
  return parts.every((part, index) => String(numbers[index]) === part && Number(part) <= 255) ? numbers : undefined;
}

/** The groups of one side of `::`; a dotted quad at its end counts for two. */
function groups(text: string): number[] | undefined {
  if (text === '') return [];
  const numbers: number[] = [];
  const parts = text.split(':');
  for (const [index, part] of parts.entries()) {
    const quad = index === parts.length - 1 && part.includes('.') ? octets(part) : undefined;
    if (quad !== undefined) {
      const [a = 0, b = 0, c = 0, d = 0] = quad;
      numbers.push(a * 256 + b, c * 256 + d);
    } else if (/^[0-9a-f]{1,4}$/i.test(part)) numbers.push(Number.parseInt(part, 16));
    else return undefined;
  }
  return numbers;
}

/** IPv4-mapped addresses (RFC 4291 clause 2.5.5.2) are the IPv4 address. */
function unmapped(numbers: readonly number[]): readonly number[] {
  const [a, b, c, d, e, f, high = 0, low = 0] = numbers;
  if (a !== 0 || b !== 0 || c !== 0 || d !== 0 || e !== 0 || f !== 0xffff) return numbers;
  return [high >> 8, high & 255, low >> 8, low & 255];
}
