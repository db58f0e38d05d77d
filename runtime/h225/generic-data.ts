/** The generic extensibility framework (H.460.1) and the feature negotiation built on it. */

import {
  bmpString,
  boolean,
  choice,
  type ExtensionTail,
  type Infer,
  ia5String,
  integer,
  lazy,
  objectIdentifier,
  octetString,
  optional,
  type Schema,
  sequence,
  sequenceOf,
} from '../asn1/index.ts';
import { AliasAddress } from './alias-address.ts';
import { GloballyUniqueID } from './identifiers.ts';
import { TransportAddress } from './transport-address.ts';

/** Which extension, or which of its parameters. */
export const GenericIdentifier = choice(
  {
    standard: integer(0, 16383, true),
    oid: objectIdentifier,
    nonStandard: GloballyUniqueID,
  },
  {},
);
export type GenericIdentifier = Infer<typeof GenericIdentifier>;

/** The value of a generic parameter; parameters and data nest. */
export const Content = choice(
  {
    raw: octetString(),
    text: ia5String(),
    unicode: bmpString(),
    bool: boolean,
    number8: integer(0, 255),
    number16: integer(0, 65535),
    number32: integer(0, 4294967295),
    id: GenericIdentifier,
    alias: AliasAddress,
    transport: TransportAddress,
    compound: sequenceOf(
      lazy((): Schema<EnumeratedParameter> => EnumeratedParameter),
      { min: 1, max: 512 },
    ),
    nested: sequenceOf(
      lazy((): Schema<GenericData> => GenericData),
      { min: 1, max: 16 },
    ),
  },
  {},
);
export type Content = Infer<typeof Content>;

/** A parameter of a generic extension. */
export interface EnumeratedParameter extends ExtensionTail {
  readonly id: GenericIdentifier;
  readonly content?: Content | undefined;
}
export const EnumeratedParameter: Schema<EnumeratedParameter> = sequence(
  {
    id: GenericIdentifier,
    content: optional(Content),
  },
  {},
);

/** An extension of the H.460 series and its parameters. */
export interface GenericData extends ExtensionTail {
  readonly id: GenericIdentifier;
  readonly parameters?: readonly EnumeratedParameter[] | undefined;
}
export const GenericData: Schema<GenericData> = sequence(
  {
    id: GenericIdentifier,
    parameters: optional(sequenceOf(EnumeratedParameter, { min: 1, max: 512 })),
  },
  {},
);

/** A feature to negotiate. */
export const FeatureDescriptor = GenericData;
export interface FeatureDescriptor extends Infer<typeof FeatureDescriptor> {}

/** Features that a sender needs, wants and has. */
export const FeatureSet = sequence(
  {
    replacementFeatureSet: boolean,
    neededFeatures: optional(sequenceOf(FeatureDescriptor)),
    desiredFeatures: optional(sequenceOf(FeatureDescriptor)),
    supportedFeatures: optional(sequenceOf(FeatureDescriptor)),
  },
  {},
);
export interface FeatureSet extends Infer<typeof FeatureSet> {}
