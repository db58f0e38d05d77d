/** Identities of mobile subscribers. */

import {
  choice,
  type Infer,
  ia5String,
  octetString,
  optional,
  type Schema,
  type Size,
  sequence,
} from '../asn1/index.ts';

const tbcdString = (size: Size): Schema<string> => ia5String(size, '0123456789#*abc');

/** A subscriber of an ANSI-41 network. */
export const ANSI41UIM = sequence(
  {
    imsi: optional(tbcdString({ min: 3, max: 16 })),
    min: optional(tbcdString({ min: 3, max: 16 })),
    mdn: optional(tbcdString({ min: 3, max: 16 })),
    msisdn: optional(tbcdString({ min: 3, max: 16 })),
    esn: optional(tbcdString(16)),
    mscid: optional(tbcdString({ min: 3, max: 16 })),
    'system-id': choice(
      {
        sid: tbcdString({ min: 1, max: 4 }),
        mid: tbcdString({ min: 1, max: 4 }),
      },
      {},
    ),
    systemMyTypeCode: optional(octetString(1)),
    systemAccessType: optional(octetString(1)),
    qualificationInformationCode: optional(octetString(1)),
    sesn: optional(tbcdString(16)),
    soc: optional(tbcdString({ min: 3, max: 16 })),
  },
  {},
);
export interface ANSI41UIM extends Infer<typeof ANSI41UIM> {}

/** A subscriber of a GSM network. */
export const GSMUIM = sequence(
  {
    imsi: optional(tbcdString({ min: 3, max: 16 })),
    tmsi: optional(octetString({ min: 1, max: 4 })),
    msisdn: optional(tbcdString({ min: 3, max: 16 })),
    imei: optional(tbcdString({ min: 15, max: 16 })),
    hplmn: optional(tbcdString({ min: 1, max: 4 })),
    vplmn: optional(tbcdString({ min: 1, max: 4 })),
  },
  {},
);
export interface GSMUIM extends Infer<typeof GSMUIM> {}

/** The identity module of a mobile. */
export const MobileUIM = choice(
  {
    'ansi-41-uim': ANSI41UIM,
    'gsm-uim': GSMUIM,
  },
  {},
);
export type MobileUIM = Infer<typeof MobileUIM>;
