/** Protocols under data and fax channels. */

import { choice, type Infer, integer, nullType, optional, sequence, sequenceOf } from '../asn1/index.ts';
import { GenericInformation } from './generic.ts';
import { NonStandardParameter } from './non-standard.ts';

export const V42bis = sequence(
  {
    numberOfCodewords: integer(1, 65536),
    maximumStringLength: integer(1, 256),
  },
  {},
);
export interface V42bis extends Infer<typeof V42bis> {}

export const CompressionType = choice(
  {
    v42bis: V42bis,
  },
  {},
);
export type CompressionType = Infer<typeof CompressionType>;

export const SCTPChunkType = integer(0, 255);
export type SCTPChunkType = Infer<typeof SCTPChunkType>;

/** Parameters of an SCTP association. */
export const SctpParam = sequence(
  {
    appPPID: optional(sequenceOf(integer(1, 4294967295))),
    maxMessageSize: optional(integer()),
    sctpExtensions: optional(sequenceOf(SCTPChunkType)),
    genericInformation: optional(sequenceOf(GenericInformation)),
    sctpPort: optional(integer(0, 65535)),
  },
  {},
);
export interface SctpParam extends Infer<typeof SctpParam> {}

/** The protocol that carries a data or fax stream. */
export const DataProtocolCapability = choice(
  {
    nonStandard: NonStandardParameter,
    v14buffered: nullType,
    v42lapm: nullType,
    hdlcFrameTunnelling: nullType,
    h310SeparateVCStack: nullType,
    h310SingleVCStack: nullType,
    transparent: nullType,
  },
  {
    segmentationAndReassembly: nullType,
    hdlcFrameTunnelingwSAR: nullType,
    v120: nullType,
    separateLANStack: nullType,
    v76wCompression: choice(
      {
        transmitCompression: CompressionType,
        receiveCompression: CompressionType,
        transmitAndReceiveCompression: CompressionType,
      },
      {},
    ),
    tcp: nullType,
    udp: nullType,
    sctp: SctpParam,
    'udp-dtls-sctp': sequenceOf(SctpParam),
    'tcp-dtls-sctp': sequenceOf(SctpParam),
    'sctp-dtls': SctpParam,
  },
);
export type DataProtocolCapability = Infer<typeof DataProtocolCapability>;
