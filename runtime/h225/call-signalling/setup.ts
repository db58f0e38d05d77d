/** Setup: asks for a call. */

import {
  boolean,
  choice,
  type Infer,
  ia5String,
  integer,
  nullType,
  octetString,
  optional,
  sequence,
  sequenceOf,
} from '../../asn1/index.ts';
import { ClearToken } from '../../h235/index.ts';
import {
  AliasAddress,
  DisplayName,
  ExtendedAliasAddress,
  PresentationIndicator,
  ScreeningIndicator,
} from '../alias-address.ts';
import { CallType, QseriesOptions } from '../call.ts';
import { CallCapacity } from '../capacity.ts';
import { CircuitInfo } from '../circuit.ts';
import { CryptoH323Token } from '../crypto-token.ts';
import { EndpointType } from '../endpoint-type.ts';
import { FeatureDescriptor } from '../generic-data.ts';
import {
  CallIdentifier,
  CallReferenceValue,
  ConferenceIdentifier,
  EndpointIdentifier,
  ProtocolIdentifier,
} from '../identifiers.ts';
import { H245Security } from '../security.ts';
import { ServiceControlSession } from '../service-control.ts';
import { SupportedProtocols } from '../supported-protocols.ts';
import { TransportAddress } from '../transport-address.ts';

export const ScnConnectionType = choice(
  {
    unknown: nullType,
    bChannel: nullType,
    hybrid2x64: nullType,
    hybrid384: nullType,
    hybrid1536: nullType,
    hybrid1920: nullType,
    multirate: nullType,
  },
  {},
);
export type ScnConnectionType = Infer<typeof ScnConnectionType>;

export const ScnConnectionAggregation = choice(
  {
    auto: nullType,
    none: nullType,
    h221: nullType,
    'bonded-mode1': nullType,
    'bonded-mode2': nullType,
    'bonded-mode3': nullType,
  },
  {},
);
export type ScnConnectionAggregation = Infer<typeof ScnConnectionAggregation>;

/** What the caller wants from the conference. */
export const ConferenceGoal = choice(
  {
    create: nullType,
    join: nullType,
    invite: nullType,
  },
  {
    'capability-negotiation': nullType,
    callIndependentSupplementaryService: nullType,
  },
);
export type ConferenceGoal = Infer<typeof ConferenceGoal>;

/** Setup (H.225.0 clause 7.3.10). */
export const SetupUUIE = sequence(
  {
    protocolIdentifier: ProtocolIdentifier,
    h245Address: optional(TransportAddress),
    sourceAddress: optional(sequenceOf(AliasAddress)),
    sourceInfo: EndpointType,
    destinationAddress: optional(sequenceOf(AliasAddress)),
    destCallSignalAddress: optional(TransportAddress),
    destExtraCallInfo: optional(sequenceOf(AliasAddress)),
    destExtraCRV: optional(sequenceOf(CallReferenceValue)),
    activeMC: boolean,
    conferenceID: ConferenceIdentifier,
    conferenceGoal: ConferenceGoal,
    callServices: optional(QseriesOptions),
    callType: CallType,
  },
  {
    sourceCallSignalAddress: optional(TransportAddress),
    remoteExtensionAddress: optional(AliasAddress),
    callIdentifier: CallIdentifier,
    h245SecurityCapability: optional(sequenceOf(H245Security)),
    tokens: optional(sequenceOf(ClearToken)),
    cryptoTokens: optional(sequenceOf(CryptoH323Token)),
    fastStart: optional(sequenceOf(octetString())),
    mediaWaitForConnect: boolean,
    canOverlapSend: boolean,
    endpointIdentifier: optional(EndpointIdentifier),
    multipleCalls: boolean,
    maintainConnection: boolean,
    connectionParameters: optional(
      sequence(
        {
          connectionType: ScnConnectionType,
          numberOfScnConnections: integer(0, 65535),
          connectionAggregation: ScnConnectionAggregation,
        },
        {},
      ),
    ),
    language: optional(sequenceOf(ia5String({ min: 1, max: 32 }))),
    presentationIndicator: optional(PresentationIndicator),
    screeningIndicator: optional(ScreeningIndicator),
    serviceControl: optional(sequenceOf(ServiceControlSession)),
    symmetricOperationRequired: optional(nullType),
    capacity: optional(CallCapacity),
    circuitInfo: optional(CircuitInfo),
    desiredProtocols: optional(sequenceOf(SupportedProtocols)),
    neededFeatures: optional(sequenceOf(FeatureDescriptor)),
    desiredFeatures: optional(sequenceOf(FeatureDescriptor)),
    supportedFeatures: optional(sequenceOf(FeatureDescriptor)),
    parallelH245Control: optional(sequenceOf(octetString())),
    additionalSourceAddresses: optional(sequenceOf(ExtendedAliasAddress)),
    hopCount: optional(integer(1, 31)),
    displayName: optional(sequenceOf(DisplayName)),
  },
);
export interface SetupUUIE extends Infer<typeof SetupUUIE> {}

/** Setup Acknowledge, for overlap sending. */
export const SetupAcknowledgeUUIE = sequence(
  {
    protocolIdentifier: ProtocolIdentifier,
    callIdentifier: CallIdentifier,
    tokens: optional(sequenceOf(ClearToken)),
    cryptoTokens: optional(sequenceOf(CryptoH323Token)),
  },
  {},
);
export interface SetupAcknowledgeUUIE extends Infer<typeof SetupAcknowledgeUUIE> {}
