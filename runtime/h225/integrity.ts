/** Integrity checks over a whole RAS message (superseded by H.235 tokens). */

import { bitString, choice, type Infer, nullType, objectIdentifier, sequence } from '../asn1/index.ts';
import { NonStandardParameter } from './non-standard.ts';

export const EncryptIntAlg = choice(
  {
    nonStandard: NonStandardParameter,
    isoAlgorithm: objectIdentifier,
  },
  {},
);
export type EncryptIntAlg = Infer<typeof EncryptIntAlg>;

export const NonIsoIntegrityMechanism = choice(
  {
    'hMAC-MD5': nullType,
    'hMAC-iso10118-2-s': EncryptIntAlg,
    'hMAC-iso10118-2-l': EncryptIntAlg,
    'hMAC-iso10118-3': objectIdentifier,
  },
  {},
);
export type NonIsoIntegrityMechanism = Infer<typeof NonIsoIntegrityMechanism>;

export const IntegrityMechanism = choice(
  {
    nonStandard: NonStandardParameter,
    digSig: nullType,
    iso9797: objectIdentifier,
    nonIsoIM: NonIsoIntegrityMechanism,
  },
  {},
);
export type IntegrityMechanism = Infer<typeof IntegrityMechanism>;

/** An integrity check value over the message. */
export const ICV = sequence({
  algorithmOID: objectIdentifier,
  icv: bitString(),
});
export interface ICV extends Infer<typeof ICV> {}
