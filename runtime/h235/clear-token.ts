/** Tokens that travel in the clear. */

import {
  bitString,
  bmpString,
  boolean,
  choice,
  type Infer,
  integer,
  objectIdentifier,
  octetString,
  optional,
  sequence,
  sequenceOf,
} from '../asn1/index.ts';
import {
  ChallengeString,
  Identifier,
  NonStandardParameter,
  Params,
  Password,
  RandomVal,
  TimeStamp,
  TypedCertificate,
} from './basics.ts';
import { DHset, DHsetExt, ECKASDH, H235Key } from './keys.ts';

/** The value of a profile element. */
export const Element = choice(
  {
    octets: octetString(),
    integer: integer(),
    bits: bitString(),
    name: bmpString(),
    flag: boolean,
  },
  {},
);
export type Element = Infer<typeof Element>;

/** One element that a security profile defines. */
export const ProfileElement = sequence(
  {
    elementID: integer(0, 255),
    paramS: optional(Params),
    element: optional(Element),
  },
  {},
);
export interface ProfileElement extends Infer<typeof ProfileElement> {}

/** A token in the clear; `tokenOID` says what its fields mean. */
export const ClearToken = sequence(
  {
    tokenOID: objectIdentifier,
    timeStamp: optional(TimeStamp),
    password: optional(Password),
    dhkey: optional(DHset),
    challenge: optional(ChallengeString),
    random: optional(RandomVal),
    certificate: optional(TypedCertificate),
    generalID: optional(Identifier),
    nonStandard: optional(NonStandardParameter),
  },
  {
    eckasdhkey: optional(ECKASDH),
    sendersID: optional(Identifier),
    h235Key: optional(H235Key),
    profileInfo: optional(sequenceOf(ProfileElement)),
    dhkeyext: optional(DHsetExt),
  },
);
export interface ClearToken extends Infer<typeof ClearToken> {}
