/** Bandwidth change: BRQ, BCF, BRJ (H.225.0 clause 7.12). */

import { boolean, choice, type Infer, nullType, optional, sequence, sequenceOf } from '../../asn1/index.ts';
import { ClearToken } from '../../h235/index.ts';
import { AltGKInfo } from '../alternates.ts';
import { CallLinkage, CallType } from '../call.ts';
import { CallCapacity } from '../capacity.ts';
import { CryptoH323Token } from '../crypto-token.ts';
import { GenericData } from '../generic-data.ts';
import {
  BandWidth,
  CallIdentifier,
  CallReferenceValue,
  ConferenceIdentifier,
  EndpointIdentifier,
  GatekeeperIdentifier,
  RequestSeqNum,
} from '../identifiers.ts';
import { ICV } from '../integrity.ts';
import { BandwidthDetails, TransportQOS } from '../media.ts';
import { NonStandardParameter } from '../non-standard.ts';
import { SecurityErrors2 } from '../security.ts';
import { RasUsageInformation } from '../usage.ts';

/** BRQ: change the bandwidth of a call; from either side. */
export const BandwidthRequest = sequence(
  {
    requestSeqNum: RequestSeqNum,
    endpointIdentifier: EndpointIdentifier,
    conferenceID: ConferenceIdentifier,
    callReferenceValue: CallReferenceValue,
    callType: optional(CallType),
    bandWidth: BandWidth,
    nonStandardData: optional(NonStandardParameter),
  },
  {
    callIdentifier: CallIdentifier,
    gatekeeperIdentifier: optional(GatekeeperIdentifier),
    tokens: optional(sequenceOf(ClearToken)),
    cryptoTokens: optional(sequenceOf(CryptoH323Token)),
    integrityCheckValue: optional(ICV),
    answeredCall: boolean,
    callLinkage: optional(CallLinkage),
    capacity: optional(CallCapacity),
    usageInformation: optional(RasUsageInformation),
    bandwidthDetails: optional(sequenceOf(BandwidthDetails)),
    genericData: optional(sequenceOf(GenericData)),
    transportQOS: optional(TransportQOS),
  },
);
export interface BandwidthRequest extends Infer<typeof BandwidthRequest> {}

/** BCF. */
export const BandwidthConfirm = sequence(
  {
    requestSeqNum: RequestSeqNum,
    bandWidth: BandWidth,
    nonStandardData: optional(NonStandardParameter),
  },
  {
    tokens: optional(sequenceOf(ClearToken)),
    cryptoTokens: optional(sequenceOf(CryptoH323Token)),
    integrityCheckValue: optional(ICV),
    capacity: optional(CallCapacity),
    genericData: optional(sequenceOf(GenericData)),
    transportQOS: optional(TransportQOS),
  },
);
export interface BandwidthConfirm extends Infer<typeof BandwidthConfirm> {}

export const BandRejectReason = choice(
  {
    notBound: nullType,
    invalidConferenceID: nullType,
    invalidPermission: nullType,
    insufficientResources: nullType,
    invalidRevision: nullType,
    undefinedReason: nullType,
  },
  {
    securityDenial: nullType,
    securityError: SecurityErrors2,
  },
);
export type BandRejectReason = Infer<typeof BandRejectReason>;

/** BRJ: refused; `allowedBandWidth` would be granted. */
export const BandwidthReject = sequence(
  {
    requestSeqNum: RequestSeqNum,
    rejectReason: BandRejectReason,
    allowedBandWidth: BandWidth,
    nonStandardData: optional(NonStandardParameter),
  },
  {
    altGKInfo: optional(AltGKInfo),
    tokens: optional(sequenceOf(ClearToken)),
    cryptoTokens: optional(sequenceOf(CryptoH323Token)),
    integrityCheckValue: optional(ICV),
    genericData: optional(sequenceOf(GenericData)),
  },
);
export interface BandwidthReject extends Infer<typeof BandwidthReject> {}
