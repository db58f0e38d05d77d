/** The limit that the gatekeeper is measured against: a UDP server that sends every datagram back, and does nothing else. */
import { createSocket } from 'node:dgram';

const socket = createSocket({ type: 'udp4', recvBufferSize: 4_194_304, sendBufferSize: 4_194_304 });
socket.on('message', (octets, from) => socket.send(octets, from.port, from.address));
socket.bind(0, '127.0.0.1', () => process.send?.({ kind: 'ready', port: socket.address().port }));
process.on('disconnect', () => process.exit(0));
