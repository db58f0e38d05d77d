/** Admission: ARQ, ACF, ARJ (H.225.0 clause 7.11). */

import {
  boolean,
  choice,
  type Infer,
  ia5String,
  integer,
  nullType,
  optional,
  sequence,
  sequenceOf,
} from '../../asn1/index.ts';
import { ClearToken } from '../../h235/index.ts';
import { AliasAddress } from '../alias-address.ts';
import { AlternateGK, AltGKInfo, Endpoint } from '../alternates.ts';
import { CallLinkage, CallModel, CallType, QseriesOptions, UUIEsRequested } from '../call.ts';
import { CallCapacity } from '../capacity.ts';
import { CircuitInfo } from '../circuit.ts';
import { CryptoH323Token } from '../crypto-token.ts';
import { EndpointType } from '../endpoint-type.ts';
import { FeatureSet, GenericData } from '../generic-data.ts';
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
import { TransportQOS } from '../media.ts';
import { NonStandardParameter } from '../non-standard.ts';
import { PartyNumber } from '../party-number.ts';
import { SecurityErrors2 } from '../security.ts';
import { ServiceControlSession } from '../service-control.ts';
import { DataRate, SupportedProtocols } from '../supported-protocols.ts';
import { AlternateTransportAddresses, TransportAddress, UseSpecifiedTransport } from '../transport-address.ts';
import { TunnelledProtocol } from '../tunnelled-protocol.ts';
import { RasUsageSpecification } from '../usage.ts';

/** ARQ: may I make (or, with `answerCall`, take) this call at this bandwidth? */
export const AdmissionRequest = sequence(
  {
    requestSeqNum: RequestSeqNum,
    callType: CallType,
    callModel: optional(CallModel),
    endpointIdentifier: EndpointIdentifier,
    destinationInfo: optional(sequenceOf(AliasAddress)),
    destCallSignalAddress: optional(TransportAddress),
    destExtraCallInfo: optional(sequenceOf(AliasAddress)),
    srcInfo: sequenceOf(AliasAddress),
    srcCallSignalAddress: optional(TransportAddress),
    bandWidth: BandWidth,
    callReferenceValue: CallReferenceValue,
    nonStandardData: optional(NonStandardParameter),
    callServices: optional(QseriesOptions),
    conferenceID: ConferenceIdentifier,
    activeMC: boolean,
    answerCall: boolean,
  },
  {
    canMapAlias: boolean,
    callIdentifier: CallIdentifier,
    srcAlternatives: optional(sequenceOf(Endpoint)),
    destAlternatives: optional(sequenceOf(Endpoint)),
    gatekeeperIdentifier: optional(GatekeeperIdentifier),
    tokens: optional(sequenceOf(ClearToken)),
    cryptoTokens: optional(sequenceOf(CryptoH323Token)),
    integrityCheckValue: optional(ICV),
    transportQOS: optional(TransportQOS),
    willSupplyUUIEs: boolean,
    callLinkage: optional(CallLinkage),
    gatewayDataRate: optional(DataRate),
    capacity: optional(CallCapacity),
    circuitInfo: optional(CircuitInfo),
    desiredProtocols: optional(sequenceOf(SupportedProtocols)),
    desiredTunnelledProtocol: optional(TunnelledProtocol),
    featureSet: optional(FeatureSet),
    genericData: optional(sequenceOf(GenericData)),
    canMapSrcAlias: boolean,
  },
);
export interface AdmissionRequest extends Infer<typeof AdmissionRequest> {}

/** ACF: yes, with `bandWidth` at most, and this is where to signal. */
export const AdmissionConfirm = sequence(
  {
    requestSeqNum: RequestSeqNum,
    bandWidth: BandWidth,
    callModel: CallModel,
    destCallSignalAddress: TransportAddress,
    irrFrequency: optional(integer(1, 65535)),
    nonStandardData: optional(NonStandardParameter),
  },
  {
    destinationInfo: optional(sequenceOf(AliasAddress)),
    destExtraCallInfo: optional(sequenceOf(AliasAddress)),
    destinationType: optional(EndpointType),
    remoteExtensionAddress: optional(sequenceOf(AliasAddress)),
    alternateEndpoints: optional(sequenceOf(Endpoint)),
    tokens: optional(sequenceOf(ClearToken)),
    cryptoTokens: optional(sequenceOf(CryptoH323Token)),
    integrityCheckValue: optional(ICV),
    transportQOS: optional(TransportQOS),
    willRespondToIRR: boolean,
    uuiesRequested: UUIEsRequested,
    language: optional(sequenceOf(ia5String({ min: 1, max: 32 }))),
    alternateTransportAddresses: optional(AlternateTransportAddresses),
    useSpecifiedTransport: optional(UseSpecifiedTransport),
    circuitInfo: optional(CircuitInfo),
    usageSpec: optional(sequenceOf(RasUsageSpecification)),
    supportedProtocols: optional(sequenceOf(SupportedProtocols)),
    serviceControl: optional(sequenceOf(ServiceControlSession)),
    multipleCalls: optional(boolean),
    featureSet: optional(FeatureSet),
    genericData: optional(sequenceOf(GenericData)),
    modifiedSrcInfo: optional(sequenceOf(AliasAddress)),
    assignedGatekeeper: optional(AlternateGK),
  },
);
export interface AdmissionConfirm extends Infer<typeof AdmissionConfirm> {}

/** Why an admission was refused. */
export const AdmissionRejectReason = choice(
  {
    calledPartyNotRegistered: nullType,
    invalidPermission: nullType,
    requestDenied: nullType,
    undefinedReason: nullType,
    callerNotRegistered: nullType,
    routeCallToGatekeeper: nullType,
    invalidEndpointIdentifier: nullType,
    resourceUnavailable: nullType,
  },
  {
    securityDenial: nullType,
    qosControlNotSupported: nullType,
    incompleteAddress: nullType,
    aliasesInconsistent: nullType,
    routeCallToSCN: sequenceOf(PartyNumber),
    exceedsCallCapacity: nullType,
    collectDestination: nullType,
    collectPIN: nullType,
    genericDataReason: nullType,
    neededFeatureNotSupported: nullType,
    securityError: SecurityErrors2,
    securityDHmismatch: nullType,
    noRouteToDestination: nullType,
    unallocatedNumber: nullType,
    registerWithAssignedGK: nullType,
  },
);
export type AdmissionRejectReason = Infer<typeof AdmissionRejectReason>;

/** ARJ. */
export const AdmissionReject = sequence(
  {
    requestSeqNum: RequestSeqNum,
    rejectReason: AdmissionRejectReason,
    nonStandardData: optional(NonStandardParameter),
  },
  {
    altGKInfo: optional(AltGKInfo),
    tokens: optional(sequenceOf(ClearToken)),
    cryptoTokens: optional(sequenceOf(CryptoH323Token)),
    callSignalAddress: optional(sequenceOf(TransportAddress)),
    integrityCheckValue: optional(ICV),
    serviceControl: optional(sequenceOf(ServiceControlSession)),
    featureSet: optional(FeatureSet),
    genericData: optional(sequenceOf(GenericData)),
    assignedGatekeeper: optional(AlternateGK),
  },
);
export interface AdmissionReject extends Infer<typeof AdmissionReject> {}
