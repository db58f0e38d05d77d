/** Foreign signalling protocols carried inside H.225.0. */

import { choice, type Infer, ia5String, objectIdentifier, optional, sequence } from '../asn1/index.ts';

export const TunnelledProtocolAlternateIdentifier = sequence(
  {
    protocolType: ia5String({ min: 1, max: 64 }),
    protocolVariant: optional(ia5String({ min: 1, max: 64 })),
  },
  {},
);
export interface TunnelledProtocolAlternateIdentifier extends Infer<typeof TunnelledProtocolAlternateIdentifier> {}

/** Which protocol is tunnelled. */
export const TunnelledProtocol = sequence(
  {
    id: choice(
      {
        tunnelledProtocolObjectID: objectIdentifier,
        tunnelledProtocolAlternateID: TunnelledProtocolAlternateIdentifier,
      },
      {},
    ),
    subIdentifier: optional(ia5String({ min: 1, max: 64 })),
  },
  {},
);
export interface TunnelledProtocol extends Infer<typeof TunnelledProtocol> {}
