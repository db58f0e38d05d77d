/** Where signalling and media are sent. */

import { choice, type Infer, integer, nullType, octetString, optional, sequence, sequenceOf } from '../asn1/index.ts';
import { NonStandardParameter } from './non-standard.ts';

/** A network address with its port. */
export const TransportAddress = choice(
  {
    ipAddress: sequence({
      ip: octetString(4),
      port: integer(0, 65535),
    }),
    ipSourceRoute: sequence(
      {
        ip: octetString(4),
        port: integer(0, 65535),
        route: sequenceOf(octetString(4)),
        routing: choice(
          {
            strict: nullType,
            loose: nullType,
          },
          {},
        ),
      },
      {},
    ),
    ipxAddress: sequence({
      node: octetString(6),
      netnum: octetString(4),
      port: octetString(2),
    }),
    ip6Address: sequence(
      {
        ip: octetString(16),
        port: integer(0, 65535),
      },
      {},
    ),
    netBios: octetString(16),
    nsap: octetString({ min: 1, max: 20 }),
    nonStandardAddress: NonStandardParameter,
  },
  {},
);
export type TransportAddress = Infer<typeof TransportAddress>;

/** The same endpoint over other transports. */
export const AlternateTransportAddresses = sequence(
  {
    annexE: optional(sequenceOf(TransportAddress)),
  },
  {
    sctp: optional(sequenceOf(TransportAddress)),
  },
);
export interface AlternateTransportAddresses extends Infer<typeof AlternateTransportAddresses> {}

/** The transport that call signalling has to use. */
export const UseSpecifiedTransport = choice(
  {
    tcp: nullType,
    annexE: nullType,
  },
  {
    sctp: nullType,
  },
);
export type UseSpecifiedTransport = Infer<typeof UseSpecifiedTransport>;

/** Where one channel is sent from and received at. */
export const TransportChannelInfo = sequence(
  {
    sendAddress: optional(TransportAddress),
    recvAddress: optional(TransportAddress),
  },
  {},
);
export interface TransportChannelInfo extends Infer<typeof TransportChannelInfo> {}
