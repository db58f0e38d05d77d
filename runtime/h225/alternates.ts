/** Other places to try: endpoints and gatekeepers. */

import { boolean, choice, type Infer, integer, nullType, optional, sequence, sequenceOf } from '../asn1/index.ts';
import { ClearToken } from '../h235/index.ts';
import { AliasAddress } from './alias-address.ts';
import { CircuitInfo } from './circuit.ts';
import { CryptoH323Token } from './crypto-token.ts';
import { EndpointType } from './endpoint-type.ts';
import { FeatureSet } from './generic-data.ts';
import { GatekeeperIdentifier } from './identifiers.ts';
import { NonStandardParameter } from './non-standard.ts';
import { AlternateTransportAddresses, TransportAddress } from './transport-address.ts';

/** Another endpoint that could take the call. */
export const Endpoint = sequence(
  {
    nonStandardData: optional(NonStandardParameter),
    aliasAddress: optional(sequenceOf(AliasAddress)),
    callSignalAddress: optional(sequenceOf(TransportAddress)),
    rasAddress: optional(sequenceOf(TransportAddress)),
    endpointType: optional(EndpointType),
    tokens: optional(sequenceOf(ClearToken)),
    cryptoTokens: optional(sequenceOf(CryptoH323Token)),
    priority: optional(integer(0, 127)),
    remoteExtensionAddress: optional(sequenceOf(AliasAddress)),
    destExtraCallInfo: optional(sequenceOf(AliasAddress)),
  },
  {
    alternateTransportAddresses: optional(AlternateTransportAddresses),
    circuitInfo: optional(CircuitInfo),
    featureSet: optional(FeatureSet),
  },
);
export interface Endpoint extends Infer<typeof Endpoint> {}

/** A gatekeeper to turn to when this one does not answer; the lowest `priority` first. */
export const AlternateGK = sequence(
  {
    rasAddress: TransportAddress,
    gatekeeperIdentifier: optional(GatekeeperIdentifier),
    needToRegister: boolean,
    priority: integer(0, 127),
  },
  {},
);
export interface AlternateGK extends Infer<typeof AlternateGK> {}

/** Where to go instead, and whether for good. */
export const AltGKInfo = sequence(
  {
    alternateGatekeeper: sequenceOf(AlternateGK),
    altGKisPermanent: boolean,
  },
  {},
);
export interface AltGKInfo extends Infer<typeof AltGKInfo> {}

/** Who decides when an endpoint returns to its assigned gatekeeper. */
export const RehomingModel = choice({
  gatekeeperBased: nullType,
  endpointBased: nullType,
});
export type RehomingModel = Infer<typeof RehomingModel>;
