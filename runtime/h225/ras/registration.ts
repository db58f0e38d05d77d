/** Registration: RRQ, RCF, RRJ (H.225.0 clause 7.9). */

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
import { AddressPattern, AliasAddress } from '../alias-address.ts';
import { AlternateGK, AltGKInfo, Endpoint, RehomingModel } from '../alternates.ts';
import { CallCapacity, CapacityReportingCapability, CapacityReportingSpecification } from '../capacity.ts';
import { CryptoH323Token } from '../crypto-token.ts';
import { EndpointType } from '../endpoint-type.ts';
import { FeatureSet, GenericData } from '../generic-data.ts';
import {
  BandWidth,
  EndpointIdentifier,
  GatekeeperIdentifier,
  ProtocolIdentifier,
  RequestSeqNum,
  TimeToLive,
} from '../identifiers.ts';
import { ICV } from '../integrity.ts';
import { TransportQOS } from '../media.ts';
import { NonStandardParameter } from '../non-standard.ts';
import { SecurityErrors } from '../security.ts';
import { CallCreditCapability, H248PackagesDescriptor, ServiceControlSession } from '../service-control.ts';
import { SupportedPrefix } from '../supported-protocols.ts';
import { AlternateTransportAddresses, TransportAddress, UseSpecifiedTransport } from '../transport-address.ts';
import { RasUsageInfoTypes, RasUsageSpecification } from '../usage.ts';
import { VendorIdentifier } from '../vendor.ts';

/** RRQ: full, additive (`additiveRegistration`), or a lightweight renewal (`keepAlive`). */
export const RegistrationRequest = sequence(
  {
    requestSeqNum: RequestSeqNum,
    protocolIdentifier: ProtocolIdentifier,
    nonStandardData: optional(NonStandardParameter),
    discoveryComplete: boolean,
    callSignalAddress: sequenceOf(TransportAddress),
    rasAddress: sequenceOf(TransportAddress),
    terminalType: EndpointType,
    terminalAlias: optional(sequenceOf(AliasAddress)),
    gatekeeperIdentifier: optional(GatekeeperIdentifier),
    endpointVendor: VendorIdentifier,
  },
  {
    alternateEndpoints: optional(sequenceOf(Endpoint)),
    timeToLive: optional(TimeToLive),
    tokens: optional(sequenceOf(ClearToken)),
    cryptoTokens: optional(sequenceOf(CryptoH323Token)),
    integrityCheckValue: optional(ICV),
    keepAlive: boolean,
    endpointIdentifier: optional(EndpointIdentifier),
    willSupplyUUIEs: boolean,
    maintainConnection: boolean,
    alternateTransportAddresses: optional(AlternateTransportAddresses),
    additiveRegistration: optional(nullType),
    terminalAliasPattern: optional(sequenceOf(AddressPattern)),
    supportsAltGK: optional(nullType),
    usageReportingCapability: optional(RasUsageInfoTypes),
    multipleCalls: optional(boolean),
    supportedH248Packages: optional(sequenceOf(H248PackagesDescriptor)),
    callCreditCapability: optional(CallCreditCapability),
    capacityReportingCapability: optional(CapacityReportingCapability),
    capacity: optional(CallCapacity),
    featureSet: optional(FeatureSet),
    genericData: optional(sequenceOf(GenericData)),
    restart: optional(nullType),
    supportsACFSequences: optional(nullType),
    supportsAssignedGK: boolean,
    assignedGatekeeper: optional(AlternateGK),
    transportQOS: optional(TransportQOS),
    language: optional(sequenceOf(ia5String({ min: 1, max: 32 }))),
  },
);
export interface RegistrationRequest extends Infer<typeof RegistrationRequest> {}

/** What a registered endpoint may do without asking for admission. */
export const PreGrantedARQ = sequence(
  {
    makeCall: boolean,
    useGKCallSignalAddressToMakeCall: boolean,
    answerCall: boolean,
    useGKCallSignalAddressToAnswer: boolean,
  },
  {
    irrFrequencyInCall: optional(integer(1, 65535)),
    totalBandwidthRestriction: optional(BandWidth),
    alternateTransportAddresses: optional(AlternateTransportAddresses),
    useSpecifiedTransport: optional(UseSpecifiedTransport),
  },
);
export interface PreGrantedARQ extends Infer<typeof PreGrantedARQ> {}

/** RCF: registered as `endpointIdentifier` for `timeToLive` seconds. */
export const RegistrationConfirm = sequence(
  {
    requestSeqNum: RequestSeqNum,
    protocolIdentifier: ProtocolIdentifier,
    nonStandardData: optional(NonStandardParameter),
    callSignalAddress: sequenceOf(TransportAddress),
    terminalAlias: optional(sequenceOf(AliasAddress)),
    gatekeeperIdentifier: optional(GatekeeperIdentifier),
    endpointIdentifier: EndpointIdentifier,
  },
  {
    alternateGatekeeper: optional(sequenceOf(AlternateGK)),
    timeToLive: optional(TimeToLive),
    tokens: optional(sequenceOf(ClearToken)),
    cryptoTokens: optional(sequenceOf(CryptoH323Token)),
    integrityCheckValue: optional(ICV),
    willRespondToIRR: boolean,
    preGrantedARQ: optional(PreGrantedARQ),
    maintainConnection: boolean,
    serviceControl: optional(sequenceOf(ServiceControlSession)),
    supportsAdditiveRegistration: optional(nullType),
    terminalAliasPattern: optional(sequenceOf(AddressPattern)),
    supportedPrefixes: optional(sequenceOf(SupportedPrefix)),
    usageSpec: optional(sequenceOf(RasUsageSpecification)),
    featureServerAlias: optional(AliasAddress),
    capacityReportingSpec: optional(CapacityReportingSpecification),
    featureSet: optional(FeatureSet),
    genericData: optional(sequenceOf(GenericData)),
    assignedGatekeeper: optional(AlternateGK),
    rehomingModel: optional(RehomingModel),
    transportQOS: optional(TransportQOS),
    language: optional(sequenceOf(ia5String({ min: 1, max: 32 }))),
  },
);
export interface RegistrationConfirm extends Infer<typeof RegistrationConfirm> {}

/** Why a registration was refused. */
export const RegistrationRejectReason = choice(
  {
    discoveryRequired: nullType,
    invalidRevision: nullType,
    invalidCallSignalAddress: nullType,
    invalidRASAddress: nullType,
    duplicateAlias: sequenceOf(AliasAddress),
    invalidTerminalType: nullType,
    undefinedReason: nullType,
    transportNotSupported: nullType,
  },
  {
    transportQOSNotSupported: nullType,
    resourceUnavailable: nullType,
    invalidAlias: nullType,
    securityDenial: nullType,
    fullRegistrationRequired: nullType,
    additiveRegistrationNotSupported: nullType,
    invalidTerminalAliases: sequence(
      {
        terminalAlias: optional(sequenceOf(AliasAddress)),
        terminalAliasPattern: optional(sequenceOf(AddressPattern)),
        supportedPrefixes: optional(sequenceOf(SupportedPrefix)),
      },
      {},
    ),
    genericDataReason: nullType,
    neededFeatureNotSupported: nullType,
    securityError: SecurityErrors,
    registerWithAssignedGK: nullType,
  },
);
export type RegistrationRejectReason = Infer<typeof RegistrationRejectReason>;

/** RRJ. */
export const RegistrationReject = sequence(
  {
    requestSeqNum: RequestSeqNum,
    protocolIdentifier: ProtocolIdentifier,
    nonStandardData: optional(NonStandardParameter),
    rejectReason: RegistrationRejectReason,
    gatekeeperIdentifier: optional(GatekeeperIdentifier),
  },
  {
    altGKInfo: optional(AltGKInfo),
    tokens: optional(sequenceOf(ClearToken)),
    cryptoTokens: optional(sequenceOf(CryptoH323Token)),
    integrityCheckValue: optional(ICV),
    featureSet: optional(FeatureSet),
    genericData: optional(sequenceOf(GenericData)),
    assignedGatekeeper: optional(AlternateGK),
  },
);
export interface RegistrationReject extends Infer<typeof RegistrationReject> {}
