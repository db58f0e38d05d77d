/** What a gateway translates to, and at which rates and prefixes. */

import { choice, type Infer, integer, optional, sequence, sequenceOf } from '../asn1/index.ts';
import { DataProtocolCapability, T38FaxProfile } from '../h245/index.ts';
import { AliasAddress } from './alias-address.ts';
import { BandWidth } from './identifiers.ts';
import { NonStandardParameter } from './non-standard.ts';

/** A channel rate and how many such channels make the call. */
export const DataRate = sequence(
  {
    nonStandardData: optional(NonStandardParameter),
    channelRate: BandWidth,
    channelMultiplier: optional(integer(1, 256)),
  },
  {},
);
export interface DataRate extends Infer<typeof DataRate> {}

/** A prefix that selects this gateway or protocol. */
export const SupportedPrefix = sequence(
  {
    nonStandardData: optional(NonStandardParameter),
    prefix: AliasAddress,
  },
  {},
);
export interface SupportedPrefix extends Infer<typeof SupportedPrefix> {}

/** H310Caps, H320Caps and so on to VoiceCaps and T120OnlyCaps: one shape under eight names. */
export const ProtocolCaps = sequence(
  {
    nonStandardData: optional(NonStandardParameter),
  },
  {
    dataRatesSupported: optional(sequenceOf(DataRate)),
    supportedPrefixes: sequenceOf(SupportedPrefix),
  },
);
export interface ProtocolCaps extends Infer<typeof ProtocolCaps> {}

/** A protocol that only its vendor knows. */
export const NonStandardProtocol = sequence(
  {
    nonStandardData: optional(NonStandardParameter),
    dataRatesSupported: optional(sequenceOf(DataRate)),
    supportedPrefixes: sequenceOf(SupportedPrefix),
  },
  {},
);
export interface NonStandardProtocol extends Infer<typeof NonStandardProtocol> {}

/** A fax-only endpoint (T.38 Annex B). */
export const T38FaxAnnexbOnlyCaps = sequence(
  {
    nonStandardData: optional(NonStandardParameter),
    dataRatesSupported: optional(sequenceOf(DataRate)),
    supportedPrefixes: sequenceOf(SupportedPrefix),
    t38FaxProtocol: DataProtocolCapability,
    t38FaxProfile: T38FaxProfile,
  },
  {},
);
export interface T38FaxAnnexbOnlyCaps extends Infer<typeof T38FaxAnnexbOnlyCaps> {}

export const SIPCaps = sequence(
  {
    nonStandardData: optional(NonStandardParameter),
    dataRatesSupported: optional(sequenceOf(DataRate)),
    supportedPrefixes: optional(sequenceOf(SupportedPrefix)),
  },
  {},
);
export interface SIPCaps extends Infer<typeof SIPCaps> {}

/** A protocol on the far side of a gateway. */
export const SupportedProtocols = choice(
  {
    nonStandardData: NonStandardParameter,
    h310: ProtocolCaps,
    h320: ProtocolCaps,
    h321: ProtocolCaps,
    h322: ProtocolCaps,
    h323: ProtocolCaps,
    h324: ProtocolCaps,
    voice: ProtocolCaps,
    't120-only': ProtocolCaps,
  },
  {
    nonStandardProtocol: NonStandardProtocol,
    t38FaxAnnexbOnly: T38FaxAnnexbOnlyCaps,
    sip: SIPCaps,
  },
);
export type SupportedProtocols = Infer<typeof SupportedProtocols>;
