/** Service control: SCI, SCR (H.225.0 clause 7.20). */

import { boolean, choice, type Infer, nullType, optional, sequence, sequenceOf } from '../../asn1/index.ts';
import { ClearToken } from '../../h235/index.ts';
import { CryptoH323Token } from '../crypto-token.ts';
import { FeatureSet, GenericData } from '../generic-data.ts';
import { CallIdentifier, ConferenceIdentifier, EndpointIdentifier, RequestSeqNum } from '../identifiers.ts';
import { ICV } from '../integrity.ts';
import { NonStandardParameter } from '../non-standard.ts';
import { ServiceControlSession } from '../service-control.ts';

/** SCI: begins, refreshes or ends service control sessions. */
export const ServiceControlIndication = sequence(
  {
    requestSeqNum: RequestSeqNum,
    nonStandardData: optional(NonStandardParameter),
    serviceControl: sequenceOf(ServiceControlSession),
    endpointIdentifier: optional(EndpointIdentifier),
    callSpecific: optional(
      sequence(
        {
          callIdentifier: CallIdentifier,
          conferenceID: ConferenceIdentifier,
          answeredCall: boolean,
        },
        {},
      ),
    ),
    tokens: optional(sequenceOf(ClearToken)),
    cryptoTokens: optional(sequenceOf(CryptoH323Token)),
    integrityCheckValue: optional(ICV),
    featureSet: optional(FeatureSet),
    genericData: optional(sequenceOf(GenericData)),
  },
  {},
);
export interface ServiceControlIndication extends Infer<typeof ServiceControlIndication> {}

/** SCR. */
export const ServiceControlResponse = sequence(
  {
    requestSeqNum: RequestSeqNum,
    result: optional(
      choice(
        {
          started: nullType,
          failed: nullType,
          stopped: nullType,
          notAvailable: nullType,
          neededFeatureNotSupported: nullType,
        },
        {},
      ),
    ),
    nonStandardData: optional(NonStandardParameter),
    tokens: optional(sequenceOf(ClearToken)),
    cryptoTokens: optional(sequenceOf(CryptoH323Token)),
    integrityCheckValue: optional(ICV),
    featureSet: optional(FeatureSet),
    genericData: optional(sequenceOf(GenericData)),
  },
  {},
);
export interface ServiceControlResponse extends Infer<typeof ServiceControlResponse> {}
