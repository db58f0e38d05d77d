/** Gatekeeper discovery: GRQ, GCF, GRJ (H.225.0 clause 7.8). */

import {
  boolean,
  choice,
  type Infer,
  nullType,
  objectIdentifier,
  optional,
  sequence,
  sequenceOf,
} from '../../asn1/index.ts';
import { AuthenticationMechanism, ClearToken } from '../../h235/index.ts';
import { AliasAddress } from '../alias-address.ts';
import { AlternateGK, AltGKInfo, Endpoint, RehomingModel } from '../alternates.ts';
import { QseriesOptions } from '../call.ts';
import { CryptoH323Token } from '../crypto-token.ts';
import { EndpointType } from '../endpoint-type.ts';
import { FeatureSet, GenericData } from '../generic-data.ts';
import { GatekeeperIdentifier, ProtocolIdentifier, RequestSeqNum } from '../identifiers.ts';
import { ICV, IntegrityMechanism } from '../integrity.ts';
import { NonStandardParameter } from '../non-standard.ts';
import { SecurityErrors } from '../security.ts';
import { TransportAddress } from '../transport-address.ts';

/** GRQ: who will serve me? */
export const GatekeeperRequest = sequence(
  {
    requestSeqNum: RequestSeqNum,
    protocolIdentifier: ProtocolIdentifier,
    nonStandardData: optional(NonStandardParameter),
    rasAddress: TransportAddress,
    endpointType: EndpointType,
    gatekeeperIdentifier: optional(GatekeeperIdentifier),
    callServices: optional(QseriesOptions),
    endpointAlias: optional(sequenceOf(AliasAddress)),
  },
  {
    alternateEndpoints: optional(sequenceOf(Endpoint)),
    tokens: optional(sequenceOf(ClearToken)),
    cryptoTokens: optional(sequenceOf(CryptoH323Token)),
    authenticationCapability: optional(sequenceOf(AuthenticationMechanism)),
    algorithmOIDs: optional(sequenceOf(objectIdentifier)),
    integrity: optional(sequenceOf(IntegrityMechanism)),
    integrityCheckValue: optional(ICV),
    supportsAltGK: optional(nullType),
    featureSet: optional(FeatureSet),
    genericData: optional(sequenceOf(GenericData)),
    supportsAssignedGK: boolean,
    assignedGatekeeper: optional(AlternateGK),
  },
);
export interface GatekeeperRequest extends Infer<typeof GatekeeperRequest> {}

/** GCF: this gatekeeper will, at `rasAddress`. */
export const GatekeeperConfirm = sequence(
  {
    requestSeqNum: RequestSeqNum,
    protocolIdentifier: ProtocolIdentifier,
    nonStandardData: optional(NonStandardParameter),
    gatekeeperIdentifier: optional(GatekeeperIdentifier),
    rasAddress: TransportAddress,
  },
  {
    alternateGatekeeper: optional(sequenceOf(AlternateGK)),
    authenticationMode: optional(AuthenticationMechanism),
    tokens: optional(sequenceOf(ClearToken)),
    cryptoTokens: optional(sequenceOf(CryptoH323Token)),
    algorithmOID: optional(objectIdentifier),
    integrity: optional(sequenceOf(IntegrityMechanism)),
    integrityCheckValue: optional(ICV),
    featureSet: optional(FeatureSet),
    genericData: optional(sequenceOf(GenericData)),
    assignedGatekeeper: optional(AlternateGK),
    rehomingModel: optional(RehomingModel),
  },
);
export interface GatekeeperConfirm extends Infer<typeof GatekeeperConfirm> {}

export const GatekeeperRejectReason = choice(
  {
    resourceUnavailable: nullType,
    terminalExcluded: nullType,
    invalidRevision: nullType,
    undefinedReason: nullType,
  },
  {
    securityDenial: nullType,
    genericDataReason: nullType,
    neededFeatureNotSupported: nullType,
    securityError: SecurityErrors,
  },
);
export type GatekeeperRejectReason = Infer<typeof GatekeeperRejectReason>;

/** GRJ. */
export const GatekeeperReject = sequence(
  {
    requestSeqNum: RequestSeqNum,
    protocolIdentifier: ProtocolIdentifier,
    nonStandardData: optional(NonStandardParameter),
    gatekeeperIdentifier: optional(GatekeeperIdentifier),
    rejectReason: GatekeeperRejectReason,
  },
  {
    altGKInfo: optional(AltGKInfo),
    tokens: optional(sequenceOf(ClearToken)),
    cryptoTokens: optional(sequenceOf(CryptoH323Token)),
    integrityCheckValue: optional(ICV),
    featureSet: optional(FeatureSet),
    genericData: optional(sequenceOf(GenericData)),
  },
);
export interface GatekeeperReject extends Infer<typeof GatekeeperReject> {}
