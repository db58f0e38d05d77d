/** The small types that the H.235.0 tokens are made of. */

import { bmpString, type Infer, integer, objectIdentifier, octetString, optional, sequence } from '../asn1/index.ts';

/** Something unpredictable that the other side has to answer. */
export const ChallengeString = octetString({ min: 8, max: 128 });
export type ChallengeString = Infer<typeof ChallengeString>;

/** Seconds since 1970-01-01T00:00:00Z. */
export const TimeStamp = integer(1, 4294967295);
export type TimeStamp = Infer<typeof TimeStamp>;

/** Makes two tokens of one second differ; 32 bits by convention, though the type has no bound. */
export const RandomVal = integer();
export type RandomVal = Infer<typeof RandomVal>;

/** A password or a PIN. */
export const Password = bmpString({ min: 1, max: 128 });
export type Password = Infer<typeof Password>;

/** Names a sender (an endpoint identifier or alias) or a recipient (a gatekeeper identifier). */
export const Identifier = bmpString({ min: 1, max: 128 });
export type Identifier = Infer<typeof Identifier>;

/** Data that its identifier alone explains. This project keeps a guardian's signature in one (ClearToken.nonStandard). */
export const NonStandardParameter = sequence({
  nonStandardIdentifier: objectIdentifier,
  data: octetString(),
});
export interface NonStandardParameter extends Infer<typeof NonStandardParameter> {}

/** A certificate; `type` says in which format. */
export const TypedCertificate = sequence(
  {
    type: objectIdentifier,
    certificate: octetString(),
  },
  {},
);
export interface TypedCertificate extends Infer<typeof TypedCertificate> {}

/** Parameters of a cryptographic algorithm. */
export const Params = sequence(
  {
    ranInt: optional(integer()),
    iv8: optional(octetString(8)),
  },
  {
    iv16: optional(octetString(16)),
    iv: optional(octetString()),
    clearSalt: optional(octetString()),
  },
);
export interface Params extends Infer<typeof Params> {}
