/** How the two ends of RAS may prove who they are. */

import { choice, type Infer, nullType, objectIdentifier } from '../asn1/index.ts';
import { NonStandardParameter } from './basics.ts';

/** Authentication by a back-end service. */
export const AuthenticationBES = choice(
  {
    default: nullType,
    radius: nullType,
  },
  {},
);
export type AuthenticationBES = Infer<typeof AuthenticationBES>;

/** A way to authenticate that an endpoint offers or a gatekeeper chooses. */
export const AuthenticationMechanism = choice(
  {
    dhExch: nullType,
    pwdSymEnc: nullType,
    pwdHash: nullType,
    certSign: nullType,
    ipsec: nullType,
    tls: nullType,
    nonStandard: NonStandardParameter,
  },
  {
    authenticationBES: AuthenticationBES,
    keyExch: objectIdentifier,
  },
);
export type AuthenticationMechanism = Infer<typeof AuthenticationMechanism>;
