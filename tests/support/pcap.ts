/** Capture files (libpcap format) of UDP datagrams, as Ethernet frames with IPv4 and right checksums. */
import type { SocketAddress } from '../../runtime/h225/index.ts';

export interface Datagram {
  readonly octets: Uint8Array;
  readonly from: SocketAddress;
  readonly to: SocketAddress;
}

const ETHERNET = 1;
const LONGEST = 262_144;

/** A file with one frame a datagram, one millisecond apart. IPv4 only. */
export function pcapFile(datagrams: readonly Datagram[]): Buffer {
  const header = Buffer.alloc(24);
  header.writeUInt32LE(0xa1b2c3d4, 0);
  header.writeUInt16LE(2, 4);
  header.writeUInt16LE(4, 6);
  header.writeUInt32LE(LONGEST, 16);
  header.writeUInt32LE(ETHERNET, 20);
  return Buffer.concat([header, ...datagrams.flatMap((datagram, i) => record(ethernetFrame(datagram), i))]);
}

function record(frame: Buffer, ms: number): Buffer[] {
  const header = Buffer.alloc(16);
  header.writeUInt32LE(1_795_262_400 + Math.floor(ms / 1000), 0);
  header.writeUInt32LE((ms % 1000) * 1000, 4);
  header.writeUInt32LE(frame.length, 8);
  header.writeUInt32LE(frame.length, 12);
  return [header, frame];
}

function ethernetFrame({ octets, from, to }: Datagram): Buffer {
  // Locally administered addresses 02:…:01 and 02:…:02, and the type of IPv4.
  const ethernet = Buffer.from('0200000000020200000000010800', 'hex');
  const [source, destination] = [ipv4(from.address), ipv4(to.address)];

  const udp = Buffer.alloc(8);
  udp.writeUInt16BE(from.port, 0);
  udp.writeUInt16BE(to.port, 2);
  udp.writeUInt16BE(8 + octets.length, 4);
  const pseudoHeader = Buffer.concat([source, destination, Buffer.of(0, 17), udp.subarray(4, 6)]);
  udp.writeUInt16BE(checksum(Buffer.concat([pseudoHeader, udp, octets])) || 0xffff, 6);

  const ip = Buffer.alloc(20);
  ip.writeUInt8(0x45, 0);
  ip.writeUInt16BE(28 + octets.length, 2);
  ip.writeUInt8(64, 8);
  ip.writeUInt8(17, 9);
  source.copy(ip, 12);
  destination.copy(ip, 16);
  ip.writeUInt16BE(checksum(ip), 10);
  return Buffer.concat([ethernet, ip, udp, octets]);
}

const ipv4 = (address: string): Buffer => Buffer.from(address.split('.').map(Number));

/** RFC 1071. */
function checksum(octets: Buffer): number {
  let sum = 0;
  for (let i = 0; i < octets.length; i += 2) sum += ((octets[i] ?? 0) << 8) | (octets[i + 1] ?? 0);
  while (sum > 0xffff) sum = (sum & 0xffff) + (sum >>> 16);
  return ~sum & 0xffff;
}
