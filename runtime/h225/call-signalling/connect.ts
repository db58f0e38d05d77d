/** Connect: the called side has answered. */

import {
  boolean,
  type Infer,
  ia5String,
  nullType,
  octetString,
  optional,
  sequence,
  sequenceOf,
} from '../../asn1/index.ts';
import { ClearToken } from '../../h235/index.ts';
import { AliasAddress, DisplayName, PresentationIndicator, ScreeningIndicator } from '../alias-address.ts';
import { CallCapacity } from '../capacity.ts';
import { CryptoH323Token } from '../crypto-token.ts';
import { EndpointType } from '../endpoint-type.ts';
import { FeatureSet } from '../generic-data.ts';
import { CallIdentifier, ConferenceIdentifier, ProtocolIdentifier } from '../identifiers.ts';
import { H245Security } from '../security.ts';
import { ServiceControlSession } from '../service-control.ts';
import { TransportAddress } from '../transport-address.ts';

/** Connect (H.225.0 clause 7.3.3). */
export const ConnectUUIE = sequence(
  {
    protocolIdentifier: ProtocolIdentifier,
    h245Address: optional(TransportAddress),
    destinationInfo: EndpointType,
    conferenceID: ConferenceIdentifier,
  },
  {
    callIdentifier: CallIdentifier,
    h245SecurityMode: optional(H245Security),
    tokens: optional(sequenceOf(ClearToken)),
    cryptoTokens: optional(sequenceOf(CryptoH323Token)),
    fastStart: optional(sequenceOf(octetString())),
    multipleCalls: boolean,
    maintainConnection: boolean,
    language: optional(sequenceOf(ia5String({ min: 1, max: 32 }))),
    connectedAddress: optional(sequenceOf(AliasAddress)),
    presentationIndicator: optional(PresentationIndicator),
    screeningIndicator: optional(ScreeningIndicator),
    fastConnectRefused: optional(nullType),
    serviceControl: optional(sequenceOf(ServiceControlSession)),
    capacity: optional(CallCapacity),
    featureSet: optional(FeatureSet),
    displayName: optional(sequenceOf(DisplayName)),
  },
);
export interface ConnectUUIE extends Infer<typeof ConnectUUIE> {}
