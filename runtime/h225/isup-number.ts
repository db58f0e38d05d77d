/** Numbers as ISUP writes them, with hexadecimal digits. */

import { choice, type Infer, ia5String, nullType, sequence } from '../asn1/index.ts';
import { PrivateTypeOfNumber } from './party-number.ts';

export const IsupDigits = ia5String({ min: 1, max: 128 }, '0123456789ABCDE');
export type IsupDigits = Infer<typeof IsupDigits>;

export const NatureOfAddress = choice(
  {
    unknown: nullType,
    subscriberNumber: nullType,
    nationalNumber: nullType,
    internationalNumber: nullType,
    networkSpecificNumber: nullType,
    routingNumberNationalFormat: nullType,
    routingNumberNetworkSpecificFormat: nullType,
    routingNumberWithCalledDirectoryNumber: nullType,
  },
  {},
);
export type NatureOfAddress = Infer<typeof NatureOfAddress>;

export const IsupPublicPartyNumber = sequence(
  {
    natureOfAddress: NatureOfAddress,
    address: IsupDigits,
  },
  {},
);
export interface IsupPublicPartyNumber extends Infer<typeof IsupPublicPartyNumber> {}

export const IsupPrivatePartyNumber = sequence(
  {
    privateTypeOfNumber: PrivateTypeOfNumber,
    address: IsupDigits,
  },
  {},
);
export interface IsupPrivatePartyNumber extends Infer<typeof IsupPrivatePartyNumber> {}

/** A number from the ISUP of a switched network. */
export const IsupNumber = choice(
  {
    e164Number: IsupPublicPartyNumber,
    dataPartyNumber: IsupDigits,
    telexPartyNumber: IsupDigits,
    privateNumber: IsupPrivatePartyNumber,
    nationalStandardPartyNumber: IsupDigits,
  },
  {},
);
export type IsupNumber = Infer<typeof IsupNumber>;
