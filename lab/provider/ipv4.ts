/** A network: its first address as a number, and its prefix length. */
export interface Network {
  readonly first: number;
  readonly bits: number;
}

/** An address as a number below 2^32; undefined where the text is none. */
export function parseAddress(text: string): number | undefined {
  const parts = text.split('.');
  if (parts.length !== 4 || !parts.every((part) => /^(0|[1-9]\d{0,2})$/.test(part) && Number(part) <= 255))
    return undefined;
  return parts.reduce((sum, part) => sum * 256 + Number(part), 0);
}

export const formatAddress = (address: number): string =>
  [24, 16, 8, 0].map((shift) => Math.floor(address / 2 ** shift) % 256).join('.');

/** A network in CIDR notation without bits set behind the prefix; undefined where the text is none. */
export function parseNetwork(text: string): Network | undefined {
  const [address = '', length = '', ...rest] = text.split('/');
  const [first, bits] = [parseAddress(address), Number(length)];
  if (first === undefined || rest.length > 0 || !/^\d{1,2}$/.test(length) || bits > 32) return undefined;
  return first % sizeOf(bits) === 0 ? { first, bits } : undefined;
}

/** How many addresses a prefix of this length has. */
export const sizeOf = (bits: number): number => 2 ** (32 - bits);

export const contains = (network: Network, address: number): boolean =>
  address >= network.first && address < network.first + sizeOf(network.bits);

export const within = (outer: Network, inner: Network): boolean =>
  inner.bits >= outer.bits && contains(outer, inner.first);

export const overlap = (a: Network, b: Network): boolean => within(a, b) || within(b, a);
