/** Key material and key agreement. */

import { bitString, choice, type Infer, objectIdentifier, octetString, optional, sequence } from '../asn1/index.ts';
import { Identifier, Params, RandomVal, TimeStamp } from './basics.ts';
import { Encrypted, Signed } from './protected.ts';

/** A key of up to 2048 bits. */
export const KeyMaterial = bitString({ min: 1, max: 2048 });
export type KeyMaterial = Infer<typeof KeyMaterial>;

/** A longer key. */
export const KeyMaterialExt = bitString({ min: 2049, max: 65536 });
export type KeyMaterialExt = Infer<typeof KeyMaterialExt>;

/** A Diffie-Hellman half key with its group, up to 2048 bits. */
export const DHset = sequence(
  {
    halfkey: bitString({ min: 0, max: 2048 }),
    modSize: bitString({ min: 0, max: 2048 }),
    generator: bitString({ min: 0, max: 2048 }),
  },
  {},
);
export interface DHset extends Infer<typeof DHset> {}

/** The same for longer keys. */
export const DHsetExt = sequence(
  {
    halfkey: bitString({ min: 2049, max: 65536 }),
    modSize: optional(bitString({ min: 2049, max: 65536 })),
    generator: optional(bitString({ min: 2049, max: 65536 })),
  },
  {},
);
export interface DHsetExt extends Infer<typeof DHsetExt> {}

/** A point of an elliptic curve in affine coordinates. */
export const ECpoint = sequence(
  {
    x: optional(bitString({ min: 0, max: 511 })),
    y: optional(bitString({ min: 0, max: 511 })),
  },
  {},
);
export interface ECpoint extends Infer<typeof ECpoint> {}

/** Key agreement over a curve of a prime field. */
export const ECKASDHp = sequence({
  'public-key': ECpoint,
  modulus: bitString({ min: 0, max: 511 }),
  base: ECpoint,
  weierstrassA: bitString({ min: 0, max: 511 }),
  weierstrassB: bitString({ min: 0, max: 511 }),
});
export interface ECKASDHp extends Infer<typeof ECKASDHp> {}

/** Key agreement over a curve of characteristic 2. */
export const ECKASDH2 = sequence({
  'public-key': ECpoint,
  fieldSize: bitString({ min: 0, max: 511 }),
  base: ECpoint,
  weierstrassA: bitString({ min: 0, max: 511 }),
  weierstrassB: bitString({ min: 0, max: 511 }),
});
export interface ECKASDH2 extends Infer<typeof ECKASDH2> {}

/** Elliptic-curve Diffie-Hellman. */
export const ECKASDH = choice(
  {
    eckasdhp: ECKASDHp,
    eckasdh2: ECKASDH2,
  },
  {},
);
export type ECKASDH = Infer<typeof ECKASDH>;

/** A session key as H.235 version 3 distributes it. */
export const V3KeySyncMaterial = sequence(
  {
    generalID: optional(Identifier),
    algorithmOID: optional(objectIdentifier),
    paramS: Params,
    encryptedSessionKey: optional(octetString()),
    encryptedSaltingKey: optional(octetString()),
    clearSaltingKey: optional(octetString()),
    paramSsalt: optional(Params),
    keyDerivationOID: optional(objectIdentifier),
  },
  {
    genericKeyMaterial: optional(octetString()),
  },
);
export interface V3KeySyncMaterial extends Infer<typeof V3KeySyncMaterial> {}

/** What `H235Key.certProtectedKey` signs. */
export const KeySignedMaterial = sequence({
  generalId: Identifier,
  mrandom: RandomVal,
  srandom: optional(RandomVal),
  timeStamp: optional(TimeStamp),
  encrptval: Encrypted,
});
export interface KeySignedMaterial extends Infer<typeof KeySignedMaterial> {}

/** A session key, in the clear or protected. */
export const H235Key = choice(
  {
    secureChannel: KeyMaterial,
    sharedSecret: Encrypted,
    certProtectedKey: Signed,
  },
  {
    secureSharedSecret: V3KeySyncMaterial,
    secureChannelExt: KeyMaterialExt,
  },
);
export type H235Key = Infer<typeof H235Key>;
