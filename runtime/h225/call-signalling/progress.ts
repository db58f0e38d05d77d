/** What the called side says before it answers. */

import { boolean, type Infer, nullType, octetString, optional, sequence, sequenceOf } from '../../asn1/index.ts';
import { ClearToken } from '../../h235/index.ts';
import { AliasAddress, DisplayName, PresentationIndicator, ScreeningIndicator } from '../alias-address.ts';
import { CallCapacity } from '../capacity.ts';
import { CryptoH323Token } from '../crypto-token.ts';
import { EndpointType } from '../endpoint-type.ts';
import { FeatureSet } from '../generic-data.ts';
import { CallIdentifier, ProtocolIdentifier } from '../identifiers.ts';
import { H245Security } from '../security.ts';
import { ServiceControlSession } from '../service-control.ts';
import { TransportAddress } from '../transport-address.ts';

/** Call Proceeding (H.225.0 clause 7.3.2). */
export const CallProceedingUUIE = sequence(
  {
    protocolIdentifier: ProtocolIdentifier,
    destinationInfo: EndpointType,
    h245Address: optional(TransportAddress),
  },
  {
    callIdentifier: CallIdentifier,
    h245SecurityMode: optional(H245Security),
    tokens: optional(sequenceOf(ClearToken)),
    cryptoTokens: optional(sequenceOf(CryptoH323Token)),
    fastStart: optional(sequenceOf(octetString())),
    multipleCalls: boolean,
    maintainConnection: boolean,
    fastConnectRefused: optional(nullType),
    featureSet: optional(FeatureSet),
  },
);
export interface CallProceedingUUIE extends Infer<typeof CallProceedingUUIE> {}

/** Alerting (H.225.0 clause 7.3.1). */
export const AlertingUUIE = sequence(
  {
    protocolIdentifier: ProtocolIdentifier,
    destinationInfo: EndpointType,
    h245Address: optional(TransportAddress),
  },
  {
    callIdentifier: CallIdentifier,
    h245SecurityMode: optional(H245Security),
    tokens: optional(sequenceOf(ClearToken)),
    cryptoTokens: optional(sequenceOf(CryptoH323Token)),
    fastStart: optional(sequenceOf(octetString())),
    multipleCalls: boolean,
    maintainConnection: boolean,
    alertingAddress: optional(sequenceOf(AliasAddress)),
    presentationIndicator: optional(PresentationIndicator),
    screeningIndicator: optional(ScreeningIndicator),
    fastConnectRefused: optional(nullType),
    serviceControl: optional(sequenceOf(ServiceControlSession)),
    capacity: optional(CallCapacity),
    featureSet: optional(FeatureSet),
    displayName: optional(sequenceOf(DisplayName)),
  },
);
export interface AlertingUUIE extends Infer<typeof AlertingUUIE> {}

/** Progress (H.225.0 clause 7.3.7). */
export const ProgressUUIE = sequence(
  {
    protocolIdentifier: ProtocolIdentifier,
    destinationInfo: EndpointType,
    h245Address: optional(TransportAddress),
    callIdentifier: CallIdentifier,
    h245SecurityMode: optional(H245Security),
    tokens: optional(sequenceOf(ClearToken)),
    cryptoTokens: optional(sequenceOf(CryptoH323Token)),
    fastStart: optional(sequenceOf(octetString())),
  },
  {
    multipleCalls: boolean,
    maintainConnection: boolean,
    fastConnectRefused: optional(nullType),
  },
);
export interface ProgressUUIE extends Infer<typeof ProgressUUIE> {}
