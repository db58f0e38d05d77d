/** Status: IRQ, IRR, IACK, INAK (H.225.0 clause 7.15). */

import { boolean, choice, type Infer, integer, nullType, optional, sequence, sequenceOf } from '../../asn1/index.ts';
import { ClearToken } from '../../h235/index.ts';
import { AliasAddress } from '../alias-address.ts';
import { AlternateGK, AltGKInfo } from '../alternates.ts';
import { CallLinkage, CallModel, CallType, UUIEsRequested } from '../call.ts';
import { H323UUPDU } from '../call-signalling/h323-uu-pdu.ts';
import { CallCapacity } from '../capacity.ts';
import { CircuitInfo } from '../circuit.ts';
import { CryptoH323Token } from '../crypto-token.ts';
import { EndpointType } from '../endpoint-type.ts';
import { GenericData } from '../generic-data.ts';
import {
  BandWidth,
  CallIdentifier,
  CallReferenceValue,
  ConferenceIdentifier,
  EndpointIdentifier,
  RequestSeqNum,
} from '../identifiers.ts';
import { ICV } from '../integrity.ts';
import { RTPSession } from '../media.ts';
import { NonStandardParameter } from '../non-standard.ts';
import { SecurityErrors2 } from '../security.ts';
import { TransportAddress, TransportChannelInfo } from '../transport-address.ts';
import { RasUsageInformation, RasUsageInfoTypes } from '../usage.ts';

/** IRQ: asks an endpoint for its state. Call reference 0 means all calls. */
export const InfoRequest = sequence(
  {
    requestSeqNum: RequestSeqNum,
    callReferenceValue: CallReferenceValue,
    nonStandardData: optional(NonStandardParameter),
    replyAddress: optional(TransportAddress),
  },
  {
    callIdentifier: CallIdentifier,
    tokens: optional(sequenceOf(ClearToken)),
    cryptoTokens: optional(sequenceOf(CryptoH323Token)),
    integrityCheckValue: optional(ICV),
    uuiesRequested: optional(UUIEsRequested),
    callLinkage: optional(CallLinkage),
    usageInfoRequested: optional(RasUsageInfoTypes),
    segmentedResponseSupported: optional(nullType),
    nextSegmentRequested: optional(integer(0, 65535)),
    capacityInfoRequested: optional(nullType),
    genericData: optional(sequenceOf(GenericData)),
    assignedGatekeeper: optional(AlternateGK),
  },
);
export interface InfoRequest extends Infer<typeof InfoRequest> {}

/** The state of one call. */
export const PerCallInfo = sequence(
  {
    nonStandardData: optional(NonStandardParameter),
    callReferenceValue: CallReferenceValue,
    conferenceID: ConferenceIdentifier,
    originator: optional(boolean),
    audio: optional(sequenceOf(RTPSession)),
    video: optional(sequenceOf(RTPSession)),
    data: optional(sequenceOf(TransportChannelInfo)),
    h245: TransportChannelInfo,
    callSignaling: TransportChannelInfo,
    callType: CallType,
    bandWidth: BandWidth,
    callModel: CallModel,
  },
  {
    callIdentifier: CallIdentifier,
    tokens: optional(sequenceOf(ClearToken)),
    cryptoTokens: optional(sequenceOf(CryptoH323Token)),
    substituteConfIDs: sequenceOf(ConferenceIdentifier),
    pdu: optional(
      sequenceOf(
        sequence({
          h323pdu: H323UUPDU,
          sent: boolean,
        }),
      ),
    ),
    callLinkage: optional(CallLinkage),
    usageInformation: optional(RasUsageInformation),
    circuitInfo: optional(CircuitInfo),
  },
);
export interface PerCallInfo extends Infer<typeof PerCallInfo> {}

/** Whether the report is whole. */
export const InfoRequestResponseStatus = choice(
  {
    complete: nullType,
    incomplete: nullType,
    segment: integer(0, 65535),
    invalidCall: nullType,
  },
  {},
);
export type InfoRequestResponseStatus = Infer<typeof InfoRequestResponseStatus>;

/** IRR: the state of an endpoint, asked for or at intervals. */
export const InfoRequestResponse = sequence(
  {
    nonStandardData: optional(NonStandardParameter),
    requestSeqNum: RequestSeqNum,
    endpointType: EndpointType,
    endpointIdentifier: EndpointIdentifier,
    rasAddress: TransportAddress,
    callSignalAddress: sequenceOf(TransportAddress),
    endpointAlias: optional(sequenceOf(AliasAddress)),
    perCallInfo: optional(sequenceOf(PerCallInfo)),
  },
  {
    tokens: optional(sequenceOf(ClearToken)),
    cryptoTokens: optional(sequenceOf(CryptoH323Token)),
    integrityCheckValue: optional(ICV),
    needResponse: boolean,
    capacity: optional(CallCapacity),
    irrStatus: optional(InfoRequestResponseStatus),
    unsolicited: boolean,
    genericData: optional(sequenceOf(GenericData)),
  },
);
export interface InfoRequestResponse extends Infer<typeof InfoRequestResponse> {}

/** IACK: an unasked IRR has arrived. */
export const InfoRequestAck = sequence(
  {
    requestSeqNum: RequestSeqNum,
    nonStandardData: optional(NonStandardParameter),
    tokens: optional(sequenceOf(ClearToken)),
    cryptoTokens: optional(sequenceOf(CryptoH323Token)),
    integrityCheckValue: optional(ICV),
  },
  {},
);
export interface InfoRequestAck extends Infer<typeof InfoRequestAck> {}

export const InfoRequestNakReason = choice(
  {
    notRegistered: nullType,
    securityDenial: nullType,
    undefinedReason: nullType,
  },
  {
    securityError: SecurityErrors2,
  },
);
export type InfoRequestNakReason = Infer<typeof InfoRequestNakReason>;

/** INAK: and it was wrong. */
export const InfoRequestNak = sequence(
  {
    requestSeqNum: RequestSeqNum,
    nonStandardData: optional(NonStandardParameter),
    nakReason: InfoRequestNakReason,
    altGKInfo: optional(AltGKInfo),
    tokens: optional(sequenceOf(ClearToken)),
    cryptoTokens: optional(sequenceOf(CryptoH323Token)),
    integrityCheckValue: optional(ICV),
  },
  {},
);
export interface InfoRequestNak extends Infer<typeof InfoRequestNak> {}
