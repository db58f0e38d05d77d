/** The user-to-user information element of a Q.931 message. */

import { type Infer, integer, octetString, optional, sequence } from '../../asn1/index.ts';
import { H323UUPDU } from './h323-uu-pdu.ts';

/** The contents of the user-to-user information element. */
export const H323UserInformation = sequence(
  {
    'h323-uu-pdu': H323UUPDU,
    'user-data': optional(
      sequence(
        {
          'protocol-discriminator': integer(0, 255),
          'user-information': octetString({ min: 1, max: 131 }),
        },
        {},
      ),
    ),
  },
  {},
);
export interface H323UserInformation extends Infer<typeof H323UserInformation> {}
