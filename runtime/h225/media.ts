/** Media sessions and their quality of service, as RAS reports them. */

import {
  boolean,
  choice,
  type Infer,
  integer,
  nullType,
  optional,
  printableString,
  sequence,
  sequenceOf,
} from '../asn1/index.ts';
import { QOSCapability } from '../h245/index.ts';
import { BandWidth } from './identifiers.ts';
import { TransportChannelInfo } from './transport-address.ts';

/** One RTP session of a call. */
export const RTPSession = sequence(
  {
    rtpAddress: TransportChannelInfo,
    rtcpAddress: TransportChannelInfo,
    cname: printableString(),
    ssrc: integer(1, 4294967295),
    sessionId: integer(1, 255),
    associatedSessionIds: sequenceOf(integer(1, 255)),
  },
  {
    multicast: optional(nullType),
    bandwidth: optional(BandWidth),
  },
);
export interface RTPSession extends Infer<typeof RTPSession> {}

/** Bandwidth of one media stream. */
export const BandwidthDetails = sequence(
  {
    sender: boolean,
    multicast: boolean,
    bandwidth: BandWidth,
    rtcpAddresses: TransportChannelInfo,
  },
  {},
);
export interface BandwidthDetails extends Infer<typeof BandwidthDetails> {}

/** Who sees to the quality of service. */
export const TransportQOS = choice(
  {
    endpointControlled: nullType,
    gatekeeperControlled: nullType,
    noControl: nullType,
  },
  {
    qOSCapabilities: sequenceOf(QOSCapability, { min: 1, max: 256 }),
  },
);
export type TransportQOS = Infer<typeof TransportQOS>;
