/** IPv4 addresses and networks, as the lab needs them. */

export interface Ipv4Network {
  readonly bits: number;
  /** The first address after the network's own: EC2's gateway of a subnet. */
  readonly first: string;
  readonly base: number;
}

const toNumber = (address: string): number => {
  const octets = address.split('.').map(Number);
  if (octets.length !== 4 || !octets.every((octet) => Number.isInteger(octet) && octet >= 0 && octet <= 255))
    throw new RangeError(`no IPv4 address: ${JSON.stringify(address)}`);
  return octets.reduce((number, octet) => number * 256 + octet, 0);
};

const toText = (number: number): string => [24, 16, 8, 0].map((shift) => (number >>> shift) & 255).join('.');

/** @throws RangeError for what is no network, such as 10.0.0.0/20 */
export function parseNetwork(cidr: string): Ipv4Network {
  const [address = '', length = ''] = cidr.split('/');
  const bits = Number(length);
  if (!/^\d{1,2}$/.test(length) || bits > 32) throw new RangeError(`no IPv4 network: ${JSON.stringify(cidr)}`);
  const base = Math.floor(toNumber(address) / 2 ** (32 - bits)) * 2 ** (32 - bits);
  return { bits, base, first: toText(base + 1) };
}
