/** Release Complete: the call is over. */

import { choice, type Infer, nullType, optional, sequence, sequenceOf } from '../../asn1/index.ts';
import { ClearToken } from '../../h235/index.ts';
import { AliasAddress, DisplayName, PresentationIndicator, ScreeningIndicator } from '../alias-address.ts';
import { CallCapacity } from '../capacity.ts';
import { CryptoH323Token } from '../crypto-token.ts';
import { EndpointType } from '../endpoint-type.ts';
import { FeatureSet } from '../generic-data.ts';
import { CallIdentifier, ConferenceIdentifier, ProtocolIdentifier } from '../identifiers.ts';
import { NonStandardParameter } from '../non-standard.ts';
import { SecurityErrors } from '../security.ts';
import { ServiceControlSession } from '../service-control.ts';

/** Why a call was released, beside the Q.931 cause. */
export const ReleaseCompleteReason = choice(
  {
    noBandwidth: nullType,
    gatekeeperResources: nullType,
    unreachableDestination: nullType,
    destinationRejection: nullType,
    invalidRevision: nullType,
    noPermission: nullType,
    unreachableGatekeeper: nullType,
    gatewayResources: nullType,
    badFormatAddress: nullType,
    adaptiveBusy: nullType,
    inConf: nullType,
    undefinedReason: nullType,
  },
  {
    facilityCallDeflection: nullType,
    securityDenied: nullType,
    calledPartyNotRegistered: nullType,
    callerNotRegistered: nullType,
    newConnectionNeeded: nullType,
    nonStandardReason: NonStandardParameter,
    replaceWithConferenceInvite: ConferenceIdentifier,
    genericDataReason: nullType,
    neededFeatureNotSupported: nullType,
    tunnelledSignallingRejected: nullType,
    invalidCID: nullType,
    securityError: SecurityErrors,
    hopCountExceeded: nullType,
  },
);
export type ReleaseCompleteReason = Infer<typeof ReleaseCompleteReason>;

/** Release Complete (H.225.0 clause 7.3.9). */
export const ReleaseCompleteUUIE = sequence(
  {
    protocolIdentifier: ProtocolIdentifier,
    reason: optional(ReleaseCompleteReason),
  },
  {
    callIdentifier: CallIdentifier,
    tokens: optional(sequenceOf(ClearToken)),
    cryptoTokens: optional(sequenceOf(CryptoH323Token)),
    busyAddress: optional(sequenceOf(AliasAddress)),
    presentationIndicator: optional(PresentationIndicator),
    screeningIndicator: optional(ScreeningIndicator),
    capacity: optional(CallCapacity),
    serviceControl: optional(sequenceOf(ServiceControlSession)),
    featureSet: optional(FeatureSet),
    destinationInfo: optional(EndpointType),
    displayName: optional(sequenceOf(DisplayName)),
  },
);
export interface ReleaseCompleteUUIE extends Infer<typeof ReleaseCompleteUUIE> {}
