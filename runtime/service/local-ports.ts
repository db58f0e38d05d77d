import { createServer, type Server } from 'node:net';
import { PortInUseError } from '../adapters/port-error.ts';
import { openUdpSocket } from '../adapters/udp-socket.ts';

/** A port that nobody else can take until it is released. */
export interface PortClaim {
  readonly port: number;
  release(): Promise<void>;
}

export interface WantedPort {
  readonly kind: 'udp' | 'tcp';
  readonly host: string;
  /** 0: any free one. */
  readonly port: number;
}

/**
 * Takes ports for who is started later, so that one in use is told before anything runs, and those that were left open
 * differ. Between release() and their use somebody else could take one: then whoever is started says so.
 * @throws PortInUseError; none is held then
 */
export async function claimPorts(wanted: readonly WantedPort[]): Promise<readonly PortClaim[]> {
  const claims: PortClaim[] = [];
  try {
    // One after the other: of two that are the same, the second one is to blame.
    for (const each of wanted) claims.push(await (each.kind === 'udp' ? claimUdp(each) : claimTcp(each)));
    return claims;
  } catch (error) {
    await Promise.all(claims.map((claim) => claim.release()));
    throw error;
  }
}

async function claimUdp({ host, port }: WantedPort): Promise<PortClaim> {
  const socket = await openUdpSocket({ host, port, onDatagram: () => {}, onError: () => {} });
  return { port: socket.localAddress.port, release: () => socket.close() };
}

async function claimTcp({ host, port }: WantedPort): Promise<PortClaim> {
  const server = await new Promise<Server>((resolve, reject) => {
    const listening = createServer((connection) => connection.destroy());
    listening.once('error', (cause) => reject(new PortInUseError('metrics and health (TCP)', host, port, cause)));
    listening.listen(port, host, () => resolve(listening));
  });
  const address = server.address();
  return {
    port: typeof address === 'object' && address !== null ? address.port : port,
    release: () => new Promise((resolve) => server.close(() => resolve())),
  };
}
