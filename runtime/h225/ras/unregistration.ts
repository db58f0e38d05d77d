/** Unregistration: URQ, UCF, URJ (H.225.0 clause 7.10). */

import { choice, type Infer, nullType, optional, sequence, sequenceOf } from '../../asn1/index.ts';
import { ClearToken } from '../../h235/index.ts';
import { AddressPattern, AliasAddress } from '../alias-address.ts';
import { AlternateGK, AltGKInfo, Endpoint } from '../alternates.ts';
import { CryptoH323Token } from '../crypto-token.ts';
import { GenericData } from '../generic-data.ts';
import { EndpointIdentifier, GatekeeperIdentifier, RequestSeqNum } from '../identifiers.ts';
import { ICV } from '../integrity.ts';
import { NonStandardParameter } from '../non-standard.ts';
import { SecurityErrors2 } from '../security.ts';
import { SupportedPrefix } from '../supported-protocols.ts';
import { TransportAddress } from '../transport-address.ts';

export const UnregRequestReason = choice(
  {
    reregistrationRequired: nullType,
    ttlExpired: nullType,
    securityDenial: nullType,
    undefinedReason: nullType,
  },
  {
    maintenance: nullType,
    securityError: SecurityErrors2,
    registerWithAssignedGK: nullType,
  },
);
export type UnregRequestReason = Infer<typeof UnregRequestReason>;

/** URQ: from either side. */
export const UnregistrationRequest = sequence(
  {
    requestSeqNum: RequestSeqNum,
    callSignalAddress: sequenceOf(TransportAddress),
    endpointAlias: optional(sequenceOf(AliasAddress)),
    nonStandardData: optional(NonStandardParameter),
    endpointIdentifier: optional(EndpointIdentifier),
  },
  {
    alternateEndpoints: optional(sequenceOf(Endpoint)),
    gatekeeperIdentifier: optional(GatekeeperIdentifier),
    tokens: optional(sequenceOf(ClearToken)),
    cryptoTokens: optional(sequenceOf(CryptoH323Token)),
    integrityCheckValue: optional(ICV),
    reason: optional(UnregRequestReason),
    endpointAliasPattern: optional(sequenceOf(AddressPattern)),
    supportedPrefixes: optional(sequenceOf(SupportedPrefix)),
    alternateGatekeeper: optional(sequenceOf(AlternateGK)),
    genericData: optional(sequenceOf(GenericData)),
    assignedGatekeeper: optional(AlternateGK),
  },
);
export interface UnregistrationRequest extends Infer<typeof UnregistrationRequest> {}

/** UCF. */
export const UnregistrationConfirm = sequence(
  {
    requestSeqNum: RequestSeqNum,
    nonStandardData: optional(NonStandardParameter),
  },
  {
    tokens: optional(sequenceOf(ClearToken)),
    cryptoTokens: optional(sequenceOf(CryptoH323Token)),
    integrityCheckValue: optional(ICV),
    genericData: optional(sequenceOf(GenericData)),
    assignedGatekeeper: optional(AlternateGK),
  },
);
export interface UnregistrationConfirm extends Infer<typeof UnregistrationConfirm> {}

export const UnregRejectReason = choice(
  {
    notCurrentlyRegistered: nullType,
    callInProgress: nullType,
    undefinedReason: nullType,
  },
  {
    permissionDenied: nullType,
    securityDenial: nullType,
    securityError: SecurityErrors2,
  },
);
export type UnregRejectReason = Infer<typeof UnregRejectReason>;

/** URJ. */
export const UnregistrationReject = sequence(
  {
    requestSeqNum: RequestSeqNum,
    rejectReason: UnregRejectReason,
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
export interface UnregistrationReject extends Infer<typeof UnregistrationReject> {}
