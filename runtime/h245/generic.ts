/** Generic messages and parameters as SCTP parameters carry them. */

import {
  choice,
  type ExtensionTail,
  type Infer,
  ia5String,
  integer,
  lazy,
  nullType,
  objectIdentifier,
  octetString,
  optional,
  type Schema,
  sequence,
  sequenceOf,
} from '../asn1/index.ts';
import { NonStandardParameter } from './non-standard.ts';

/** Which generic capability or message this is. */
export const CapabilityIdentifier = choice(
  {
    standard: objectIdentifier,
    h221NonStandard: NonStandardParameter,
    uuid: octetString(16),
    domainBased: ia5String({ min: 1, max: 64 }),
  },
  {},
);
export type CapabilityIdentifier = Infer<typeof CapabilityIdentifier>;

export const ParameterIdentifier = choice(
  {
    standard: integer(0, 127),
    h221NonStandard: NonStandardParameter,
    uuid: octetString(16),
    domainBased: ia5String({ min: 1, max: 64 }),
  },
  {},
);
export type ParameterIdentifier = Infer<typeof ParameterIdentifier>;

/** The value of a generic parameter; parameters nest. */
export const ParameterValue = choice(
  {
    logical: nullType,
    booleanArray: integer(0, 255),
    unsignedMin: integer(0, 65535),
    unsignedMax: integer(0, 65535),
    unsigned32Min: integer(0, 4294967295),
    unsigned32Max: integer(0, 4294967295),
    octetString: octetString(),
    genericParameter: sequenceOf(lazy((): Schema<GenericParameter> => GenericParameter)),
  },
  {},
);
export type ParameterValue = Infer<typeof ParameterValue>;

/** A parameter of a generic capability or message. */
export interface GenericParameter extends ExtensionTail {
  readonly parameterIdentifier: ParameterIdentifier;
  readonly parameterValue: ParameterValue;
  readonly supersedes?: readonly ParameterIdentifier[] | undefined;
}
export const GenericParameter: Schema<GenericParameter> = sequence(
  {
    parameterIdentifier: ParameterIdentifier,
    parameterValue: ParameterValue,
    supersedes: optional(sequenceOf(ParameterIdentifier)),
  },
  {},
);

/** A generic message, carried as information. */
export const GenericInformation = sequence(
  {
    messageIdentifier: CapabilityIdentifier,
    subMessageIdentifier: optional(integer(0, 127)),
    messageContent: optional(sequenceOf(GenericParameter)),
  },
  {},
);
export interface GenericInformation extends Infer<typeof GenericInformation> {}
