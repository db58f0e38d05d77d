/** Location: LRQ, LCF, LRJ (H.225.0 clause 7.13). */

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
import { AltGKInfo, Endpoint } from '../alternates.ts';
import { CircuitInfo } from '../circuit.ts';
import { CryptoH323Token } from '../crypto-token.ts';
import { EndpointType } from '../endpoint-type.ts';
import { FeatureSet, GenericData } from '../generic-data.ts';
import { BandWidth, CallIdentifier, EndpointIdentifier, GatekeeperIdentifier, RequestSeqNum } from '../identifiers.ts';
import { ICV } from '../integrity.ts';
import { NonStandardParameter } from '../non-standard.ts';
import { PartyNumber } from '../party-number.ts';
import { SecurityErrors2 } from '../security.ts';
import { ServiceControlSession } from '../service-control.ts';
import { SupportedProtocols } from '../supported-protocols.ts';
import { AlternateTransportAddresses, TransportAddress } from '../transport-address.ts';
import { TunnelledProtocol } from '../tunnelled-protocol.ts';

/** LRQ: where is this destination? */
export const LocationRequest = sequence(
  {
    requestSeqNum: RequestSeqNum,
    endpointIdentifier: optional(EndpointIdentifier),
    destinationInfo: sequenceOf(AliasAddress),
    nonStandardData: optional(NonStandardParameter),
    replyAddress: TransportAddress,
  },
  {
    sourceInfo: optional(sequenceOf(AliasAddress)),
    canMapAlias: boolean,
    gatekeeperIdentifier: optional(GatekeeperIdentifier),
    tokens: optional(sequenceOf(ClearToken)),
    cryptoTokens: optional(sequenceOf(CryptoH323Token)),
    integrityCheckValue: optional(ICV),
    desiredProtocols: optional(sequenceOf(SupportedProtocols)),
    desiredTunnelledProtocol: optional(TunnelledProtocol),
    featureSet: optional(FeatureSet),
    genericData: optional(sequenceOf(GenericData)),
    hopCount: optional(integer(1, 255)),
    circuitInfo: optional(CircuitInfo),
    callIdentifier: optional(CallIdentifier),
    bandWidth: optional(BandWidth),
    sourceEndpointInfo: optional(sequenceOf(AliasAddress)),
    canMapSrcAlias: boolean,
    language: optional(sequenceOf(ia5String({ min: 1, max: 32 }))),
  },
);
export interface LocationRequest extends Infer<typeof LocationRequest> {}

/** LCF: here. */
export const LocationConfirm = sequence(
  {
    requestSeqNum: RequestSeqNum,
    callSignalAddress: TransportAddress,
    rasAddress: TransportAddress,
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
    alternateTransportAddresses: optional(AlternateTransportAddresses),
    supportedProtocols: optional(sequenceOf(SupportedProtocols)),
    multipleCalls: optional(boolean),
    featureSet: optional(FeatureSet),
    genericData: optional(sequenceOf(GenericData)),
    circuitInfo: optional(CircuitInfo),
    serviceControl: optional(sequenceOf(ServiceControlSession)),
    modifiedSrcInfo: optional(sequenceOf(AliasAddress)),
    bandWidth: optional(BandWidth),
    language: optional(sequenceOf(ia5String({ min: 1, max: 32 }))),
  },
);
export interface LocationConfirm extends Infer<typeof LocationConfirm> {}

export const LocationRejectReason = choice(
  {
    notRegistered: nullType,
    invalidPermission: nullType,
    requestDenied: nullType,
    undefinedReason: nullType,
  },
  {
    securityDenial: nullType,
    aliasesInconsistent: nullType,
    routeCalltoSCN: sequenceOf(PartyNumber),
    resourceUnavailable: nullType,
    genericDataReason: nullType,
    neededFeatureNotSupported: nullType,
    hopCountExceeded: nullType,
    incompleteAddress: nullType,
    securityError: SecurityErrors2,
    securityDHmismatch: nullType,
    noRouteToDestination: nullType,
    unallocatedNumber: nullType,
  },
);
export type LocationRejectReason = Infer<typeof LocationRejectReason>;

/** LRJ. */
export const LocationReject = sequence(
  {
    requestSeqNum: RequestSeqNum,
    rejectReason: LocationRejectReason,
    nonStandardData: optional(NonStandardParameter),
  },
  {
    altGKInfo: optional(AltGKInfo),
    tokens: optional(sequenceOf(ClearToken)),
    cryptoTokens: optional(sequenceOf(CryptoH323Token)),
    integrityCheckValue: optional(ICV),
    featureSet: optional(FeatureSet),
    genericData: optional(sequenceOf(GenericData)),
    serviceControl: optional(sequenceOf(ServiceControlSession)),
  },
);
export interface LocationReject extends Infer<typeof LocationReject> {}
