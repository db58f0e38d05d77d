/** Room for what no standard says. */

import { choice, type Infer, integer, objectIdentifier, octetString, sequence } from '../asn1/index.ts';

/** A manufacturer by its T.35 codes. */
export const H221NonStandard = sequence(
  {
    t35CountryCode: integer(0, 255),
    t35Extension: integer(0, 255),
    manufacturerCode: integer(0, 65535),
  },
  {},
);
export interface H221NonStandard extends Infer<typeof H221NonStandard> {}

export const NonStandardIdentifier = choice(
  {
    object: objectIdentifier,
    h221NonStandard: H221NonStandard,
  },
  {},
);
export type NonStandardIdentifier = Infer<typeof NonStandardIdentifier>;

/** Data that its identifier alone explains. */
export const NonStandardParameter = sequence({
  nonStandardIdentifier: NonStandardIdentifier,
  data: octetString(),
});
export interface NonStandardParameter extends Infer<typeof NonStandardParameter> {}
