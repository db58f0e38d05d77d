/** Disengage: DRQ, DCF, DRJ (H.225.0 clause 7.14). */

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
import { AlternateGK, AltGKInfo } from '../alternates.ts';
import { CallLinkage } from '../call.ts';
import { ReleaseCompleteReason } from '../call-signalling/release-complete.ts';
import { CallCapacity } from '../capacity.ts';
import { CircuitInfo } from '../circuit.ts';
import { CryptoH323Token } from '../crypto-token.ts';
import { GenericData } from '../generic-data.ts';
import {
  CallIdentifier,
  CallReferenceValue,
  ConferenceIdentifier,
  EndpointIdentifier,
  GatekeeperIdentifier,
  RequestSeqNum,
} from '../identifiers.ts';
import { ICV } from '../integrity.ts';
import { NonStandardParameter } from '../non-standard.ts';
import { SecurityErrors2 } from '../security.ts';
import { ServiceControlSession } from '../service-control.ts';
import { RasUsageInformation } from '../usage.ts';

/** Why the call ended. */
export const CallTerminationCause = choice(
  {
    releaseCompleteReason: ReleaseCompleteReason,
    releaseCompleteCauseIE: octetString({ min: 2, max: 32 }),
  },
  {},
);
export type CallTerminationCause = Infer<typeof CallTerminationCause>;

export const DisengageReason = choice(
  {
    forcedDrop: nullType,
    normalDrop: nullType,
    undefinedReason: nullType,
  },
  {},
);
export type DisengageReason = Infer<typeof DisengageReason>;

/** DRQ: a call ends; from either side. */
export const DisengageRequest = sequence(
  {
    requestSeqNum: RequestSeqNum,
    endpointIdentifier: EndpointIdentifier,
    conferenceID: ConferenceIdentifier,
    callReferenceValue: CallReferenceValue,
    disengageReason: DisengageReason,
    nonStandardData: optional(NonStandardParameter),
  },
  {
    callIdentifier: CallIdentifier,
    gatekeeperIdentifier: optional(GatekeeperIdentifier),
    tokens: optional(sequenceOf(ClearToken)),
    cryptoTokens: optional(sequenceOf(CryptoH323Token)),
    integrityCheckValue: optional(ICV),
    answeredCall: boolean,
    callLinkage: optional(CallLinkage),
    capacity: optional(CallCapacity),
    circuitInfo: optional(CircuitInfo),
    usageInformation: optional(RasUsageInformation),
    terminationCause: optional(CallTerminationCause),
    serviceControl: optional(sequenceOf(ServiceControlSession)),
    genericData: optional(sequenceOf(GenericData)),
  },
);
export interface DisengageRequest extends Infer<typeof DisengageRequest> {}

/** DCF. */
export const DisengageConfirm = sequence(
  {
    requestSeqNum: RequestSeqNum,
    nonStandardData: optional(NonStandardParameter),
  },
  {
    tokens: optional(sequenceOf(ClearToken)),
    cryptoTokens: optional(sequenceOf(CryptoH323Token)),
    integrityCheckValue: optional(ICV),
    capacity: optional(CallCapacity),
    circuitInfo: optional(CircuitInfo),
    usageInformation: optional(RasUsageInformation),
    genericData: optional(sequenceOf(GenericData)),
    assignedGatekeeper: optional(AlternateGK),
  },
);
export interface DisengageConfirm extends Infer<typeof DisengageConfirm> {}

export const DisengageRejectReason = choice(
  {
    notRegistered: nullType,
    requestToDropOther: nullType,
  },
  {
    securityDenial: nullType,
    securityError: SecurityErrors2,
  },
);
export type DisengageRejectReason = Infer<typeof DisengageRejectReason>;

/** DRJ. */
export const DisengageReject = sequence(
  {
    requestSeqNum: RequestSeqNum,
    rejectReason: DisengageRejectReason,
    nonStandardData: optional(NonStandardParameter),
  },
  {
    altGKInfo: optional(AltGKInfo),
    tokens: optional(sequenceOf(ClearToken)),
    cryptoTokens: optional(sequenceOf(CryptoH323Token)),
    integrityCheckValue: optional(ICV),
    genericData: optional(sequenceOf(GenericData)),
  },
);
export interface DisengageReject extends Infer<typeof DisengageReject> {}
