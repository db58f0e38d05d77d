/** What H.235.0 wraps around a token: a signature, a cipher or a hash. */

import { bitString, type Infer, objectIdentifier, octetString, openType, sequence } from '../asn1/index.ts';
import { Params } from './basics.ts';

/** SIGNED{}: what is signed stays encoded, because the signature covers these octets. */
export const Signed = sequence({
  toBeSigned: openType,
  algorithmOID: objectIdentifier,
  paramS: Params,
  signature: bitString(),
});
export interface Signed extends Infer<typeof Signed> {}

/** ENCRYPTED{}: the plain text is the PER encoding of the parameter type. */
export const Encrypted = sequence({
  algorithmOID: objectIdentifier,
  paramS: Params,
  encryptedData: octetString(),
});
export interface Encrypted extends Infer<typeof Encrypted> {}

/** HASHED{}: the hashed value itself does not travel. */
export const Hashed = sequence({
  algorithmOID: objectIdentifier,
  paramS: Params,
  hash: bitString(),
});
export interface Hashed extends Infer<typeof Hashed> {}
