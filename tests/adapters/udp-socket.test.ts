import assert from 'node:assert/strict';
import { networkInterfaces } from 'node:os';
import { PortInUseError } from '../../runtime/adapters/port-error.ts';
import { openUdpSocket, type UdpSocket } from '../../runtime/adapters/udp-socket.ts';
import type { SocketAddress } from '../../runtime/h225/index.ts';
import { skipLoudly } from '../support/skip.ts';

interface Peer {
  readonly socket: UdpSocket;
  readonly errors: Error[];
  /** The next datagram, from when it was asked for on. */
  next(): Promise<{ octets: Buffer; from: SocketAddress }>;
}

const hasIpv6 = (): boolean =>
  Object.values(networkInterfaces()).some((all) => all?.some(({ address }) => address === '::1') === true);

describe('a UDP socket', () => {
  const open: UdpSocket[] = [];
  afterEach(() => Promise.all(open.splice(0).map((socket) => socket.close())));

  async function peer(host: string, port = 0): Promise<Peer> {
    const errors: Error[] = [];
    const waiting: ((datagram: { octets: Buffer; from: SocketAddress }) => void)[] = [];
    const socket = await openUdpSocket({
      host,
      port,
      onDatagram: (octets, from) => waiting.shift()?.({ octets, from }),
      onError: (error) => errors.push(error),
    });
    open.push(socket);
    return { socket, errors, next: () => new Promise((resolve) => waiting.push(resolve)) };
  }

  it('says what is wrong where the port is in use, and leaves the first one alone', async () => {
    const first = await peer('127.0.0.1');
    const { port } = first.socket.localAddress;
    await assert.rejects(peer('127.0.0.1', port), (error) => {
      assert(error instanceof PortInUseError);
      assert.deepEqual([error.code, error.host, error.port], ['EADDRINUSE', '127.0.0.1', port]);
      assert.match(error.message, /^cannot listen on 127\.0\.0\.1 port \d+ for RAS \(UDP\): the address is in use/);
      return true;
    });
    const second = await peer('127.0.0.1');
    const came = first.next();
    second.socket.send(Buffer.from('still here'), first.socket.localAddress);
    assert.equal((await came).octets.toString(), 'still here');
  });

  it('says what is wrong where the address is not of this machine, or no name at all', async () => {
    await assert.rejects(peer('192.0.2.1'), { name: 'PortInUseError', code: 'EADDRNOTAVAIL' });
    await assert.rejects(peer('name.invalid'), { name: 'PortInUseError' });
  });

  it('reports what cannot be sent, and goes on', async () => {
    const { socket, errors, next } = await peer('127.0.0.1');
    socket.send(Buffer.from('x'), { address: 'not an address', port: 1719 });
    socket.send(Buffer.from('x'), { address: '127.0.0.1', port: 0 });
    socket.send(Buffer.from('x'), { address: '127.0.0.1', port: 65_536 });
    socket.send(Buffer.alloc(70_000), socket.localAddress);
    const came = next();
    socket.send(Buffer.from('good'), socket.localAddress);
    assert.equal((await came).octets.toString(), 'good');
    assert.equal(errors.length, 4);
  });

  it('still notices what keeps going wrong after it has sent a lot', async () => {
    const { socket, errors, next } = await peer('127.0.0.1');
    for (let i = 0; i < 200; i++) socket.send(Buffer.from('x'), { address: '127.0.0.1', port: 9 });
    const came = next();
    for (let i = 0; i < 200; i++) socket.send(Buffer.alloc(70_000), socket.localAddress);
    socket.send(Buffer.from('good'), socket.localAddress);
    await came;
    assert(errors.length > 0 && errors.length < 200, `${errors.length} errors`);
  });

  it('sends and receives, with the address that an answer goes to', async () => {
    const [one, other] = [await peer('127.0.0.1'), await peer('localhost')];
    const came = other.next();
    one.socket.send(Uint8Array.of(1, 2, 3), { ...other.socket.localAddress, address: '127.0.0.1' });
    const { octets, from } = await came;
    assert.deepEqual([...octets], [1, 2, 3]);
    assert.deepEqual(from, one.socket.localAddress);
  });

  it('does so over IPv6', async function () {
    if (!hasIpv6()) skipLoudly(this, 'this machine has no IPv6 (::1)');
    const [one, other] = [await peer('::1'), await peer('::1')];
    const came = other.next();
    one.socket.send(Uint8Array.of(6), other.socket.localAddress);
    const { octets, from } = await came;
    assert.deepEqual([...octets], [6]);
    assert.deepEqual(from, one.socket.localAddress);
  });

  it('gives octets that stay as they are when more come', async () => {
    const [one, other] = [await peer('127.0.0.1'), await peer('127.0.0.1')];
    const kept: Buffer[] = [];
    for (let i = 0; i < 20; i++) {
      const came = other.next();
      one.socket.send(Buffer.alloc(100, i), other.socket.localAddress);
      kept.push((await came).octets);
    }
    kept.forEach((octets, i) => {
      assert.deepEqual(octets, Buffer.alloc(100, i));
    });
  });

  it('lets its port go when it is closed, sends nothing afterwards, and may be closed again', async () => {
    const { socket, errors } = await peer('127.0.0.1');
    await socket.close();
    await socket.close();
    socket.send(Buffer.from('x'), socket.localAddress);
    const again = await peer('127.0.0.1', socket.localAddress.port);
    assert.equal(again.socket.localAddress.port, socket.localAddress.port);
    assert.deepEqual(errors, []);
  });
});
