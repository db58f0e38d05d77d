/** H.245 has its own non-standard types; they are not those of H.225.0. */

import { choice, type Infer, integer, objectIdentifier, octetString, sequence } from '../asn1/index.ts';

export const NonStandardIdentifier = choice({
  object: objectIdentifier,
  h221NonStandard: sequence({
    t35CountryCode: integer(0, 255),
    t35Extension: integer(0, 255),
    manufacturerCode: integer(0, 65535),
  }),
});
export type NonStandardIdentifier = Infer<typeof NonStandardIdentifier>;

export const NonStandardParameter = sequence({
  nonStandardIdentifier: NonStandardIdentifier,
  data: octetString(),
});
export interface NonStandardParameter extends Infer<typeof NonStandardParameter> {}
