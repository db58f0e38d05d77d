/** Sessions in which a gatekeeper or a service talks to a user (H.323 Annex K, call credit). */

import {
  bmpString,
  boolean,
  choice,
  type Infer,
  ia5String,
  integer,
  nullType,
  octetString,
  optional,
  sequence,
} from '../asn1/index.ts';
import { NonStandardParameter } from './non-standard.ts';

export const CallCreditCapability = sequence(
  {
    canDisplayAmountString: optional(boolean),
    canEnforceDurationLimit: optional(boolean),
  },
  {},
);
export interface CallCreditCapability extends Infer<typeof CallCreditCapability> {}

/** Credit left, and what happens when it ends; the limit in seconds. */
export const CallCreditServiceControl = sequence(
  {
    amountString: optional(bmpString({ min: 1, max: 512 })),
    billingMode: optional(
      choice(
        {
          credit: nullType,
          debit: nullType,
        },
        {},
      ),
    ),
    callDurationLimit: optional(integer(1, 4294967295)),
    enforceCallDurationLimit: optional(boolean),
    callStartingPoint: optional(
      choice(
        {
          alerting: nullType,
          connect: nullType,
        },
        {},
      ),
    ),
  },
  {},
);
export interface CallCreditServiceControl extends Infer<typeof CallCreditServiceControl> {}

export const H248PackagesDescriptor = octetString();
export type H248PackagesDescriptor = Infer<typeof H248PackagesDescriptor>;

export const H248SignalsDescriptor = octetString();
export type H248SignalsDescriptor = Infer<typeof H248SignalsDescriptor>;

export const ServiceControlDescriptor = choice(
  {
    url: ia5String({ min: 0, max: 512 }),
    signal: H248SignalsDescriptor,
    nonStandard: NonStandardParameter,
    callCreditServiceControl: CallCreditServiceControl,
  },
  {},
);
export type ServiceControlDescriptor = Infer<typeof ServiceControlDescriptor>;

/** A service control session and its contents. */
export const ServiceControlSession = sequence(
  {
    sessionId: integer(0, 255),
    contents: optional(ServiceControlDescriptor),
    reason: choice(
      {
        open: nullType,
        refresh: nullType,
        close: nullType,
      },
      {},
    ),
  },
  {},
);
export interface ServiceControlSession extends Infer<typeof ServiceControlSession> {}
