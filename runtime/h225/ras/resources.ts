/** Resource availability of gateways and MCUs: RAI, RAC (H.225.0 clause 7.18). */

import { boolean, type Infer, optional, sequence, sequenceOf } from '../../asn1/index.ts';
import { ClearToken } from '../../h235/index.ts';
import { CallCapacity } from '../capacity.ts';
import { CryptoH323Token } from '../crypto-token.ts';
import { GenericData } from '../generic-data.ts';
import { EndpointIdentifier, ProtocolIdentifier, RequestSeqNum } from '../identifiers.ts';
import { ICV } from '../integrity.ts';
import { NonStandardParameter } from '../non-standard.ts';
import { SupportedProtocols } from '../supported-protocols.ts';

/** RAI: a gateway is (or no longer is) almost out of resources. */
export const ResourcesAvailableIndicate = sequence(
  {
    requestSeqNum: RequestSeqNum,
    protocolIdentifier: ProtocolIdentifier,
    nonStandardData: optional(NonStandardParameter),
    endpointIdentifier: EndpointIdentifier,
    protocols: sequenceOf(SupportedProtocols),
    almostOutOfResources: boolean,
    tokens: optional(sequenceOf(ClearToken)),
    cryptoTokens: optional(sequenceOf(CryptoH323Token)),
    integrityCheckValue: optional(ICV),
  },
  {
    capacity: optional(CallCapacity),
    genericData: optional(sequenceOf(GenericData)),
  },
);
export interface ResourcesAvailableIndicate extends Infer<typeof ResourcesAvailableIndicate> {}

/** RAC. */
export const ResourcesAvailableConfirm = sequence(
  {
    requestSeqNum: RequestSeqNum,
    protocolIdentifier: ProtocolIdentifier,
    nonStandardData: optional(NonStandardParameter),
    tokens: optional(sequenceOf(ClearToken)),
    cryptoTokens: optional(sequenceOf(CryptoH323Token)),
    integrityCheckValue: optional(ICV),
  },
  {
    genericData: optional(sequenceOf(GenericData)),
  },
);
export interface ResourcesAvailableConfirm extends Infer<typeof ResourcesAvailableConfirm> {}
