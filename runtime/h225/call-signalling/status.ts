/** Messages about a call that do not change it. */

import { type Infer, nullType, octetString, optional, sequence, sequenceOf } from '../../asn1/index.ts';
import { ClearToken } from '../../h235/index.ts';
import { AliasAddress, DisplayName, PresentationIndicator, ScreeningIndicator } from '../alias-address.ts';
import { CircuitInfo } from '../circuit.ts';
import { CryptoH323Token } from '../crypto-token.ts';
import { EndpointType } from '../endpoint-type.ts';
import { CallIdentifier, ProtocolIdentifier } from '../identifiers.ts';

/** Information. */
export const InformationUUIE = sequence(
  {
    protocolIdentifier: ProtocolIdentifier,
  },
  {
    callIdentifier: CallIdentifier,
    tokens: optional(sequenceOf(ClearToken)),
    cryptoTokens: optional(sequenceOf(CryptoH323Token)),
    fastStart: optional(sequenceOf(octetString())),
    fastConnectRefused: optional(nullType),
    circuitInfo: optional(CircuitInfo),
  },
);
export interface InformationUUIE extends Infer<typeof InformationUUIE> {}

/** Notify (H.225.0 clause 7.4.2). */
export const NotifyUUIE = sequence(
  {
    protocolIdentifier: ProtocolIdentifier,
    callIdentifier: CallIdentifier,
    tokens: optional(sequenceOf(ClearToken)),
    cryptoTokens: optional(sequenceOf(CryptoH323Token)),
  },
  {
    connectedAddress: optional(sequenceOf(AliasAddress)),
    presentationIndicator: optional(PresentationIndicator),
    screeningIndicator: optional(ScreeningIndicator),
    destinationInfo: optional(EndpointType),
    displayName: optional(sequenceOf(DisplayName)),
  },
);
export interface NotifyUUIE extends Infer<typeof NotifyUUIE> {}

/** Status. */
export const StatusUUIE = sequence(
  {
    protocolIdentifier: ProtocolIdentifier,
    callIdentifier: CallIdentifier,
    tokens: optional(sequenceOf(ClearToken)),
    cryptoTokens: optional(sequenceOf(CryptoH323Token)),
  },
  {},
);
export interface StatusUUIE extends Infer<typeof StatusUUIE> {}

/** Status Inquiry. */
export const StatusInquiryUUIE = sequence(
  {
    protocolIdentifier: ProtocolIdentifier,
    callIdentifier: CallIdentifier,
    tokens: optional(sequenceOf(ClearToken)),
    cryptoTokens: optional(sequenceOf(CryptoH323Token)),
  },
  {},
);
export interface StatusInquiryUUIE extends Infer<typeof StatusInquiryUUIE> {}
