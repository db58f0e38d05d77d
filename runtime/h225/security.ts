/** Security capabilities, and what to answer when a check fails. */

import { choice, type Infer, nullType, optional, sequence } from '../asn1/index.ts';
import { NonStandardParameter } from './non-standard.ts';

/** One security service of H.245. */
export const SecurityServiceMode = choice(
  {
    nonStandard: NonStandardParameter,
    none: nullType,
    default: nullType,
  },
  {},
);
export type SecurityServiceMode = Infer<typeof SecurityServiceMode>;

/** Which services protect H.245. The misspelling is the module's own. */
export const SecurityCapabilities = sequence(
  {
    nonStandard: optional(NonStandardParameter),
    encryption: SecurityServiceMode,
    authenticaton: SecurityServiceMode,
    integrity: SecurityServiceMode,
  },
  {},
);
export interface SecurityCapabilities extends Infer<typeof SecurityCapabilities> {}

/** How the H.245 channel is protected. */
export const H245Security = choice(
  {
    nonStandard: NonStandardParameter,
    noSecurity: nullType,
    tls: SecurityCapabilities,
    ipsec: SecurityCapabilities,
  },
  {},
);
export type H245Security = Infer<typeof H245Security>;

/** Why a security check failed, certificates included. */
export const SecurityErrors = choice(
  {
    securityWrongSyncTime: nullType,
    securityReplay: nullType,
    securityWrongGeneralID: nullType,
    securityWrongSendersID: nullType,
    securityIntegrityFailed: nullType,
    securityWrongOID: nullType,
    securityDHmismatch: nullType,
    securityCertificateExpired: nullType,
    securityCertificateDateInvalid: nullType,
    securityCertificateRevoked: nullType,
    securityCertificateNotReadable: nullType,
    securityCertificateSignatureInvalid: nullType,
    securityCertificateMissing: nullType,
    securityCertificateIncomplete: nullType,
    securityUnsupportedCertificateAlgOID: nullType,
    securityUnknownCA: nullType,
  },
  {},
);
export type SecurityErrors = Infer<typeof SecurityErrors>;

/** The same without certificates. */
export const SecurityErrors2 = choice(
  {
    securityWrongSyncTime: nullType,
    securityReplay: nullType,
    securityWrongGeneralID: nullType,
    securityWrongSendersID: nullType,
    securityIntegrityFailed: nullType,
    securityWrongOID: nullType,
  },
  {},
);
export type SecurityErrors2 = Infer<typeof SecurityErrors2>;
