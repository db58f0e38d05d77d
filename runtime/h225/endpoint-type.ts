/** What kind of H.323 entity an endpoint is; several kinds at once are allowed. */

import { bitString, boolean, type Infer, optional, sequence, sequenceOf } from '../asn1/index.ts';
import { NonStandardParameter } from './non-standard.ts';
import { SupportedProtocols } from './supported-protocols.ts';
import { TunnelledProtocol } from './tunnelled-protocol.ts';
import { VendorIdentifier } from './vendor.ts';

export const GatekeeperInfo = sequence(
  {
    nonStandardData: optional(NonStandardParameter),
  },
  {},
);
export interface GatekeeperInfo extends Infer<typeof GatekeeperInfo> {}

export const GatewayInfo = sequence(
  {
    protocol: optional(sequenceOf(SupportedProtocols)),
    nonStandardData: optional(NonStandardParameter),
  },
  {},
);
export interface GatewayInfo extends Infer<typeof GatewayInfo> {}

export const McuInfo = sequence(
  {
    nonStandardData: optional(NonStandardParameter),
  },
  {
    protocol: optional(sequenceOf(SupportedProtocols)),
  },
);
export interface McuInfo extends Infer<typeof McuInfo> {}

export const TerminalInfo = sequence(
  {
    nonStandardData: optional(NonStandardParameter),
  },
  {},
);
export interface TerminalInfo extends Infer<typeof TerminalInfo> {}

/** What an endpoint is; `mc` says that it holds a multipoint controller. */
export const EndpointType = sequence(
  {
    nonStandardData: optional(NonStandardParameter),
    vendor: optional(VendorIdentifier),
    gatekeeper: optional(GatekeeperInfo),
    gateway: optional(GatewayInfo),
    mcu: optional(McuInfo),
    terminal: optional(TerminalInfo),
    mc: boolean,
    undefinedNode: boolean,
  },
  {
    set: optional(bitString(32)),
    supportedTunnelledProtocols: optional(sequenceOf(TunnelledProtocol)),
  },
);
export interface EndpointType extends Infer<typeof EndpointType> {}
