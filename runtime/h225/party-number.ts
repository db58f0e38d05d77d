/** Telephone numbers of public and private plans. */

import { choice, type Infer, ia5String, nullType, sequence } from '../asn1/index.ts';

/** Dialled digits. */
export const NumberDigits = ia5String({ min: 1, max: 128 }, '0123456789#*,');
export type NumberDigits = Infer<typeof NumberDigits>;

export const PublicTypeOfNumber = choice(
  {
    unknown: nullType,
    internationalNumber: nullType,
    nationalNumber: nullType,
    networkSpecificNumber: nullType,
    subscriberNumber: nullType,
    abbreviatedNumber: nullType,
  },
  {},
);
export type PublicTypeOfNumber = Infer<typeof PublicTypeOfNumber>;

export const PublicPartyNumber = sequence({
  publicTypeOfNumber: PublicTypeOfNumber,
  publicNumberDigits: NumberDigits,
});
export interface PublicPartyNumber extends Infer<typeof PublicPartyNumber> {}

export const PrivateTypeOfNumber = choice(
  {
    unknown: nullType,
    level2RegionalNumber: nullType,
    level1RegionalNumber: nullType,
    pISNSpecificNumber: nullType,
    localNumber: nullType,
    abbreviatedNumber: nullType,
  },
  {},
);
export type PrivateTypeOfNumber = Infer<typeof PrivateTypeOfNumber>;

export const PrivatePartyNumber = sequence({
  privateTypeOfNumber: PrivateTypeOfNumber,
  privateNumberDigits: NumberDigits,
});
export interface PrivatePartyNumber extends Infer<typeof PrivatePartyNumber> {}

/** A number with its numbering plan. */
export const PartyNumber = choice(
  {
    e164Number: PublicPartyNumber,
    dataPartyNumber: NumberDigits,
    telexPartyNumber: NumberDigits,
    privateNumber: PrivatePartyNumber,
    nationalStandardPartyNumber: NumberDigits,
  },
  {},
);
export type PartyNumber = Infer<typeof PartyNumber>;
