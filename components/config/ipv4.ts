/** An IPv4 network; its addresses are whole numbers from 0 to 2^32 - 1. */
export interface Ipv4Network {
  /** As it was written. */
  readonly text: string;
  readonly first: number;
  readonly last: number;
  /** Bits of the network part, 0 to 32. */
  readonly prefix: number;
}

/** Reads CIDR notation (RFC 4632 clause 3.1), also with host bits set; `undefined` when the text is none. */
export function parseNetwork(text: string): Ipv4Network | undefined {
  const parts = /^(\d+)\.(\d+)\.(\d+)\.(\d+)\/(\d+)$/.exec(text)?.slice(1) ?? [];
  const [a = 256, b = 256, c = 256, d = 256, prefix = 33] = parts.map(Number);
  // A leading zero makes some readers take a number for an octal one, so it is refused.
  if (parts.some((part) => /^0\d/.test(part)) || Math.max(a, b, c, d) > 255 || prefix > 32) return undefined;
  const size = 2 ** (32 - prefix);
  const address = ((a * 256 + b) * 256 + c) * 256 + d;
  const first = address - (address % size);
  return { text, first, last: first + size - 1, prefix };
}

/** With its network address: `10.20.0.0/16` also for one that was written `10.20.5.1/16`. */
export const formatNetwork = ({ first, prefix }: Ipv4Network): string =>
  `${[24, 16, 8, 0].map((shift) => Math.floor(first / 2 ** shift) % 256).join('.')}/${prefix}`;

export const contains = (outer: Ipv4Network, inner: Ipv4Network): boolean =>
  outer.first <= inner.first && inner.last <= outer.last;

/** Networks are powers of two at multiples of their size: two that overlap at all are one inside the other. */
export const overlap = (a: Ipv4Network, b: Ipv4Network): boolean => contains(a, b) || contains(b, a);

/** The first two that overlap, in the order of the list. */
export function overlappingPair(networks: readonly Ipv4Network[]): readonly [Ipv4Network, Ipv4Network] | undefined {
  for (const [index, one] of networks.entries()) {
    const other = networks.slice(index + 1).find((later) => overlap(one, later));
    if (other !== undefined) return [one, other];
  }
  return undefined;
}

const networks = (...texts: readonly string[]): readonly Ipv4Network[] =>
  texts.flatMap((text) => parseNetwork(text) ?? []);

/** RFC 1918 clause 3. */
export const PRIVATE_NETWORKS = networks('10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16');

/** Behind a carrier's or an overlay network's translation (RFC 6598): like private ones, never seen in the Internet. */
export const SHARED_NETWORKS = networks('100.64.0.0/10');

/** What no packet comes from: this network, loopback, link-local, multicast, reserved (RFC 6890 clause 2.2.2). */
export const SOURCELESS_NETWORKS = networks('0.0.0.0/8', '127.0.0.0/8', '169.254.0.0/16', '224.0.0.0/4', '240.0.0.0/4');
