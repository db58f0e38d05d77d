/** Tokens under cryptographic protection. */

import { choice, type Infer, objectIdentifier, sequence } from '../asn1/index.ts';
import { ClearToken } from './clear-token.ts';
import { Encrypted, Hashed, Signed } from './protected.ts';

/** A token of a security profile, for example H.235.1 (`cryptoHashedToken`). */
export const CryptoToken = choice(
  {
    cryptoEncryptedToken: sequence({
      tokenOID: objectIdentifier,
      token: Encrypted,
    }),
    cryptoSignedToken: sequence({
      tokenOID: objectIdentifier,
      token: Signed,
    }),
    cryptoHashedToken: sequence({
      tokenOID: objectIdentifier,
      hashedVals: ClearToken,
      token: Hashed,
    }),
    cryptoPwdEncr: Encrypted,
  },
  {},
);
export type CryptoToken = Infer<typeof CryptoToken>;
