/** What a T.38 fax channel can do. */

import { boolean, choice, type Infer, integer, nullType, optional, sequence } from '../asn1/index.ts';

export const T38FaxRateManagement = choice(
  {
    localTCF: nullType,
    transferredTCF: nullType,
  },
  {},
);
export type T38FaxRateManagement = Infer<typeof T38FaxRateManagement>;

export const T38FaxUdpOptions = sequence({
  t38FaxMaxBuffer: optional(integer()),
  t38FaxMaxDatagram: optional(integer()),
  t38FaxUdpEC: choice(
    {
      t38UDPFEC: nullType,
      t38UDPRedundancy: nullType,
    },
    {},
  ),
});
export interface T38FaxUdpOptions extends Infer<typeof T38FaxUdpOptions> {}

export const T38FaxTcpOptions = sequence(
  {
    t38TCPBidirectionalMode: boolean,
  },
  {},
);
export interface T38FaxTcpOptions extends Infer<typeof T38FaxTcpOptions> {}

/** Options of T.38 that both ends have to agree on. */
export const T38FaxProfile = sequence(
  {
    fillBitRemoval: boolean,
    transcodingJBIG: boolean,
    transcodingMMR: boolean,
  },
  {
    version: integer(0, 255),
    t38FaxRateManagement: T38FaxRateManagement,
    t38FaxUdpOptions: optional(T38FaxUdpOptions),
    t38FaxTcpOptions: optional(T38FaxTcpOptions),
  },
);
export interface T38FaxProfile extends Infer<typeof T38FaxProfile> {}
