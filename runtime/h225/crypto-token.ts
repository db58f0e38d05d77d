/** The protected tokens that H.225.0 messages carry. */

import { choice, type Infer, sequence } from '../asn1/index.ts';
import { CryptoToken, Encrypted, Hashed, Signed, TimeStamp } from '../h235/index.ts';
import { AliasAddress } from './alias-address.ts';
import { GatekeeperIdentifier } from './identifiers.ts';

/** A token that proves who sent the message, by password, certificate or a profile of H.235. */
export const CryptoH323Token = choice(
  {
    cryptoEPPwdHash: sequence({
      alias: AliasAddress,
      timeStamp: TimeStamp,
      token: Hashed,
    }),
    cryptoGKPwdHash: sequence({
      gatekeeperId: GatekeeperIdentifier,
      timeStamp: TimeStamp,
      token: Hashed,
    }),
    cryptoEPPwdEncr: Encrypted,
    cryptoGKPwdEncr: Encrypted,
    cryptoEPCert: Signed,
    cryptoGKCert: Signed,
    cryptoFastStart: Signed,
    nestedcryptoToken: CryptoToken,
  },
  {},
);
export type CryptoH323Token = Infer<typeof CryptoH323Token>;
