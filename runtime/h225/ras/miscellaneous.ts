/** Messages outside the request families: NSM, XRS, RIP (H.225.0 clauses 7.16, 7.17 and 7.19). */

import { type Infer, integer, octetString, optional, sequence, sequenceOf } from '../../asn1/index.ts';
import { ClearToken } from '../../h235/index.ts';
import { CryptoH323Token } from '../crypto-token.ts';
import { FeatureSet, GenericData } from '../generic-data.ts';
import { RequestSeqNum } from '../identifiers.ts';
import { ICV } from '../integrity.ts';
import { NonStandardParameter } from '../non-standard.ts';

/** NSM. */
export const NonStandardMessage = sequence(
  {
    requestSeqNum: RequestSeqNum,
    nonStandardData: NonStandardParameter,
  },
  {
    tokens: optional(sequenceOf(ClearToken)),
    cryptoTokens: optional(sequenceOf(CryptoH323Token)),
    integrityCheckValue: optional(ICV),
    featureSet: optional(FeatureSet),
    genericData: optional(sequenceOf(GenericData)),
  },
);
export interface NonStandardMessage extends Infer<typeof NonStandardMessage> {}

/** XRS: returns a message that was not understood. */
export const UnknownMessageResponse = sequence(
  {
    requestSeqNum: RequestSeqNum,
  },
  {
    tokens: optional(sequenceOf(ClearToken)),
    cryptoTokens: optional(sequenceOf(CryptoH323Token)),
    integrityCheckValue: optional(ICV),
    messageNotUnderstood: octetString(),
  },
);
export interface UnknownMessageResponse extends Infer<typeof UnknownMessageResponse> {}

/** RIP: the answer will be late; wait `delay` milliseconds more. */
export const RequestInProgress = sequence(
  {
    requestSeqNum: RequestSeqNum,
    nonStandardData: optional(NonStandardParameter),
    tokens: optional(sequenceOf(ClearToken)),
    cryptoTokens: optional(sequenceOf(CryptoH323Token)),
    integrityCheckValue: optional(ICV),
    delay: integer(1, 65535),
  },
  {},
);
export interface RequestInProgress extends Infer<typeof RequestInProgress> {}
