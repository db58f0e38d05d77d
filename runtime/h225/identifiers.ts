/** Identifiers and numbers that name calls, endpoints, gatekeepers and amounts. */

import { bmpString, type Infer, integer, objectIdentifier, octetString, sequence } from '../asn1/index.ts';

/** Sixteen octets that nobody else makes. */
export const GloballyUniqueID = octetString(16);
export type GloballyUniqueID = Infer<typeof GloballyUniqueID>;

/** Names a conference: the same in all its calls. */
export const ConferenceIdentifier = GloballyUniqueID;
export type ConferenceIdentifier = Infer<typeof ConferenceIdentifier>;

/** Names one call at all its ends and in all its messages. */
export const CallIdentifier = sequence(
  {
    guid: GloballyUniqueID,
  },
  {},
);
export interface CallIdentifier extends Infer<typeof CallIdentifier> {}

/** The Q.931 call reference of a call signalling channel. */
export const CallReferenceValue = integer(0, 65535);
export type CallReferenceValue = Infer<typeof CallReferenceValue>;

/** Given by the gatekeeper at registration and repeated by the endpoint in every request. */
export const EndpointIdentifier = bmpString({ min: 1, max: 128 });
export type EndpointIdentifier = Infer<typeof EndpointIdentifier>;

/** The name of a gatekeeper. */
export const GatekeeperIdentifier = bmpString({ min: 1, max: 128 });
export type GatekeeperIdentifier = Infer<typeof GatekeeperIdentifier>;

/** The version that the sender speaks: 0.0.8.2250.0.N. */
export const ProtocolIdentifier = objectIdentifier;
export type ProtocolIdentifier = Infer<typeof ProtocolIdentifier>;

/** Ties an answer to its request. */
export const RequestSeqNum = integer(1, 65535);
export type RequestSeqNum = Infer<typeof RequestSeqNum>;

/** How long a registration lives without renewal, in seconds. */
export const TimeToLive = integer(1, 4294967295);
export type TimeToLive = Infer<typeof TimeToLive>;

/** Units of 100 bit/s, both directions of a call together. */
export const BandWidth = integer(0, 4294967295);
export type BandWidth = Infer<typeof BandWidth>;

/** H.225.0 version 8, the newest that gatekeeper and terminals here speak. */
export const PROTOCOL_IDENTIFIER = '0.0.8.2250.0.8';
