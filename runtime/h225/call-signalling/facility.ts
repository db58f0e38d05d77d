/** Facility: redirects a call and carries what no other message does. */

import {
  boolean,
  choice,
  type Infer,
  nullType,
  octetString,
  optional,
  sequence,
  sequenceOf,
} from '../../asn1/index.ts';
import { ClearToken } from '../../h235/index.ts';
import { AliasAddress } from '../alias-address.ts';
import { CircuitInfo } from '../circuit.ts';
import { CryptoH323Token } from '../crypto-token.ts';
import { EndpointType } from '../endpoint-type.ts';
import { FeatureSet } from '../generic-data.ts';
import { CallIdentifier, ConferenceIdentifier, ProtocolIdentifier } from '../identifiers.ts';
import { NonStandardParameter } from '../non-standard.ts';
import { H245Security } from '../security.ts';
import { ServiceControlSession } from '../service-control.ts';
import { TransportAddress } from '../transport-address.ts';

/** A conference to choose from. */
export const ConferenceList = sequence(
  {
    conferenceID: optional(ConferenceIdentifier),
    conferenceAlias: optional(AliasAddress),
    nonStandardData: optional(NonStandardParameter),
  },
  {},
);
export interface ConferenceList extends Infer<typeof ConferenceList> {}

/** Why a Facility was sent. */
export const FacilityReason = choice(
  {
    routeCallToGatekeeper: nullType,
    callForwarded: nullType,
    routeCallToMC: nullType,
    undefinedReason: nullType,
  },
  {
    conferenceListChoice: nullType,
    startH245: nullType,
    noH245: nullType,
    newTokens: nullType,
    featureSetUpdate: nullType,
    forwardedElements: nullType,
    transportedInformation: nullType,
  },
);
export type FacilityReason = Infer<typeof FacilityReason>;

/** Facility (H.225.0 clause 7.4.1). */
export const FacilityUUIE = sequence(
  {
    protocolIdentifier: ProtocolIdentifier,
    alternativeAddress: optional(TransportAddress),
    alternativeAliasAddress: optional(sequenceOf(AliasAddress)),
    conferenceID: optional(ConferenceIdentifier),
    reason: FacilityReason,
  },
  {
    callIdentifier: CallIdentifier,
    destExtraCallInfo: optional(sequenceOf(AliasAddress)),
    remoteExtensionAddress: optional(AliasAddress),
    tokens: optional(sequenceOf(ClearToken)),
    cryptoTokens: optional(sequenceOf(CryptoH323Token)),
    conferences: optional(sequenceOf(ConferenceList)),
    h245Address: optional(TransportAddress),
    fastStart: optional(sequenceOf(octetString())),
    multipleCalls: boolean,
    maintainConnection: boolean,
    fastConnectRefused: optional(nullType),
    serviceControl: optional(sequenceOf(ServiceControlSession)),
    circuitInfo: optional(CircuitInfo),
    featureSet: optional(FeatureSet),
    destinationInfo: optional(EndpointType),
    h245SecurityMode: optional(H245Security),
  },
);
export interface FacilityUUIE extends Infer<typeof FacilityUUIE> {}
