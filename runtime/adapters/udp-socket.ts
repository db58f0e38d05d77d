import { createSocket, type Socket } from 'node:dgram';
import { lookup } from 'node:dns/promises';
import { isIP } from 'node:net';
import type { SocketAddress } from '../h225/index.ts';
import { PortInUseError } from './port-error.ts';

export interface UdpSocketArgs {
  /** An address of this machine, or a name that stands for one. IPv6 addresses take no IPv4 datagrams. */
  readonly host: string;
  /** 0 takes any free port. */
  readonly port: number;
  /** Names the port for people in errors, such as `RAS (UDP)`. */
  readonly service?: string;
  /** The octets are the receiver's own from then on. */
  readonly onDatagram: (octets: Buffer, from: SocketAddress) => void;
  /** A datagram could not be sent, or the system reports an error; the socket goes on. See UdpSocket.send(). */
  readonly onError: (error: Error) => void;
}

/** Asked of the kernel for each direction, so that a burst waits instead of getting lost; it may grant less. */
const BUFFER_OCTETS = 4 * 1024 * 1024;
const SMALLEST_BUFFER = 128 * 1024;

/**
 * Node tells of a datagram that could not be sent only to a callback, which costs a tenth of the sending. So the first
 * ones have one, and then every so many: what keeps going wrong (no route, a firewall) is noticed, at little cost.
 */
const WATCHED_SENDS = 64;

/** A bound UDP socket. */
export class UdpSocket {
  readonly localAddress: SocketAddress;
  readonly #socket: Socket;
  readonly #onError: (error: Error) => void;
  readonly #sent: (error: Error | null) => void;
  #sends = 0;
  #closed = false;

  constructor(socket: Socket, onError: (error: Error) => void) {
    const { address, port } = socket.address();
    this.localAddress = { address, port };
    this.#socket = socket;
    this.#onError = onError;
    this.#sent = (error) => {
      if (error !== null && !this.#closed) onError(error);
    };
  }

  /**
   * Sends a datagram. `to` must hold an IP address. Of what cannot be sent, `onError` hears a part (see WATCHED_SENDS).
   * Does nothing after close().
   */
  send(octets: Uint8Array, to: SocketAddress): void {
    if (this.#closed) return;
    // Node throws for port 0, and whoever forges a datagram may let it come from there.
    if (to.port < 1 || to.port > 65_535) return this.#onError(new RangeError(`nothing can be sent to port ${to.port}`));
    const isWatched = ++this.#sends <= WATCHED_SENDS || this.#sends % WATCHED_SENDS === 0;
    if (isWatched) this.#socket.send(octets, to.port, to.address, this.#sent);
    else this.#socket.send(octets, to.port, to.address);
  }

  /** Lets the port go. May be called again. */
  close(): Promise<void> {
    if (this.#closed) return Promise.resolve();
    this.#closed = true;
    return new Promise((resolve) => this.#socket.close(() => resolve()));
  }
}

/**
 * Opens a UDP socket.
 * @throws PortInUseError (the promise is rejected with it) where it cannot be bound.
 */
export async function openUdpSocket(args: UdpSocketArgs): Promise<UdpSocket> {
  const { host, port, onDatagram, onError, service = 'RAS (UDP)' } = args;
  const address = await addressOf(host).catch((cause: unknown) => {
    throw new PortInUseError(service, host, port, cause);
  });
  const v6 = isIP(address) === 6;
  const socket = createSocket({
    type: v6 ? 'udp6' : 'udp4',
    ipv6Only: v6,
    reuseAddr: false,
    // Only literals come here; the default would take a turn of the event loop for each datagram to see that. Of which family
    // they are nobody asks.
    lookup: (hostname, _options, callback) => callback(null, hostname, v6 ? 6 : 4),
  });
  await new Promise<void>((resolve, reject) => {
    socket.once('error', (cause) => {
      socket.close();
      reject(new PortInUseError(service, host, port, cause));
    });
    socket.bind(port, address, resolve);
  });
  socket.removeAllListeners('error');
  socket.on('error', onError);
  growBuffers(socket);
  socket.on('message', (octets, { address, port: from }) => onDatagram(octets, { address, port: from }));
  return new UdpSocket(socket, onError);
}

const addressOf = async (host: string): Promise<string> => (isIP(host) !== 0 ? host : (await lookup(host)).address);

/** Linux clamps to its limit silently, others refuse what is beyond theirs. */
function growBuffers(socket: Socket): void {
  const largest = (set: (octets: number) => void): void => {
    for (let octets = BUFFER_OCTETS; octets >= SMALLEST_BUFFER; octets /= 2) {
      try {
        return set(octets);
      } catch {
        // The next smaller one may do.
      }
    }
  };
  largest((octets) => socket.setRecvBufferSize(octets));
  largest((octets) => socket.setSendBufferSize(octets));
}
