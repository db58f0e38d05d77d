/** Names that a gatekeeper resolves, and how they may be shown. */

import { bmpString, choice, enumerated, type Infer, ia5String, nullType, optional, sequence } from '../asn1/index.ts';
import { IsupNumber } from './isup-number.ts';
import { MobileUIM } from './mobile-uim.ts';
import { PartyNumber } from './party-number.ts';
import { TransportAddress } from './transport-address.ts';

/** A name or number of an endpoint. A guardian's terminal identifier is a `url-ID`. */
export const AliasAddress = choice(
  {
    dialedDigits: ia5String({ min: 1, max: 128 }, '0123456789#*,'),
    'h323-ID': bmpString({ min: 1, max: 256 }),
  },
  {
    'url-ID': ia5String({ min: 1, max: 512 }),
    transportID: TransportAddress,
    'email-ID': ia5String({ min: 1, max: 512 }),
    partyNumber: PartyNumber,
    mobileUIM: MobileUIM,
    isupNumber: IsupNumber,
  },
);
export type AliasAddress = Infer<typeof AliasAddress>;

/** A prefix or a range of addresses. */
export const AddressPattern = choice(
  {
    wildcard: AliasAddress,
    range: sequence({
      startOfRange: PartyNumber,
      endOfRange: PartyNumber,
    }),
  },
  {},
);
export type AddressPattern = Infer<typeof AddressPattern>;

/** Whether an address may be shown. */
export const PresentationIndicator = choice(
  {
    presentationAllowed: nullType,
    presentationRestricted: nullType,
    addressNotAvailable: nullType,
  },
  {},
);
export type PresentationIndicator = Infer<typeof PresentationIndicator>;

/** Who vouches for an address. */
export const ScreeningIndicator = enumerated(
  ['userProvidedNotScreened', 'userProvidedVerifiedAndPassed', 'userProvidedVerifiedAndFailed', 'networkProvided'],
  [],
);
export type ScreeningIndicator = Infer<typeof ScreeningIndicator>;

/** An alias with its presentation and screening. */
export const ExtendedAliasAddress = sequence(
  {
    address: AliasAddress,
    presentationIndicator: optional(PresentationIndicator),
    screeningIndicator: optional(ScreeningIndicator),
  },
  {},
);
export interface ExtendedAliasAddress extends Infer<typeof ExtendedAliasAddress> {}

/** A name for people to read, in one language. */
export const DisplayName = sequence({
  language: optional(ia5String()),
  name: bmpString({ min: 1, max: 80 }),
});
export interface DisplayName extends Infer<typeof DisplayName> {}
