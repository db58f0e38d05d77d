/** Who made an endpoint. */

import { type Infer, objectIdentifier, octetString, optional, sequence } from '../asn1/index.ts';
import { H221NonStandard } from './non-standard.ts';

/** Manufacturer, product and version. */
export const VendorIdentifier = sequence(
  {
    vendor: H221NonStandard,
    productId: optional(octetString({ min: 1, max: 256 })),
    versionId: optional(octetString({ min: 1, max: 256 })),
  },
  {
    enterpriseNumber: optional(objectIdentifier),
  },
);
export interface VendorIdentifier extends Infer<typeof VendorIdentifier> {}
