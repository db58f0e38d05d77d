import type { TransportAddress } from './transport-address.ts';

/** An IP address in text form and a port, as sockets take them. */
export interface SocketAddress {
  readonly address: string;
  readonly port: number;
}

/**
 * The H.225.0 form of an IPv4 or IPv6 address; `undefined` where the text is neither. An IPv4 address written inside
 * IPv6 (`::ffff:192.0.2.1`, RFC 4291 clause 2.5.5.2) is the IPv4 address, as peers that know no IPv6 must reach it.
 */
export function toTransportAddress({ address, port }: SocketAddress): TransportAddress | undefined {
  const v4 = ipv4Octets(address.replace(/^::ffff:(?=[\d.]+$)/i, ''));
  if (v4 !== undefined) return { kind: 'ipAddress', value: { ip: v4, port } };
  const v6 = ipv6Octets(address);
  return v6 === undefined ? undefined : { kind: 'ip6Address', value: { ip: v6, port } };
}

/** The socket's form of an H.225.0 address, or `undefined` where no IP socket has one. */
export function toSocketAddress(transport: TransportAddress): SocketAddress | undefined {
  if (transport.kind === 'ipAddress') {
    const { ip, port } = transport.value;
    return { address: `${ip[0]}.${ip[1]}.${ip[2]}.${ip[3]}`, port };
  }
  if (transport.kind !== 'ip6Address') return undefined;
  const { ip, port } = transport.value;
  const groups: string[] = [];
  for (let i = 0; i < 16; i += 2) groups.push((((ip[i] ?? 0) << 8) | (ip[i + 1] ?? 0)).toString(16));
  return { address: groups.join(':'), port };
}

/** One text for one address, to compare and to look up by. */
export function addressKey(transport: TransportAddress): string | undefined {
  const socket = toSocketAddress(transport);
  return socket === undefined ? undefined : socketKey(socket);
}

export const socketKey = ({ address, port }: SocketAddress): string => `${address}|${port}`;

function ipv4Octets(text: string): Uint8Array | undefined {
  const parts = text.split('.');
  if (parts.length !== 4) return undefined;
  const octets = parts.map((part) => (/^(0|[1-9]\d{0,2})$/.test(part) ? Number(part) : 256));
  return octets.every((octet) => octet < 256) ? Uint8Array.from(octets) : undefined;
}

function ipv6Octets(text: string): Uint8Array | undefined {
  const [head = '', tail, ...more] = text.split('::');
  if (more.length > 0) return undefined;
  const left = head === '' ? [] : head.split(':');
  const right = tail === undefined || tail === '' ? [] : tail.split(':');
  const missing = 8 - left.length - right.length;
  if (tail === undefined ? missing !== 0 : missing < 1) return undefined;
  const groups = [...left, ...new Array<string>(missing).fill('0'), ...right];
  if (!groups.every((group) => /^[0-9a-f]{1,4}$/i.test(group))) return undefined;
  return Uint8Array.from(
    groups.flatMap((group) => [Number.parseInt(group, 16) >> 8, Number.parseInt(group, 16) & 0xff]),
  );
}
