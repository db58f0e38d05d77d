/** Circuits, trunk groups and carriers behind a gateway. */

import { type Infer, ia5String, integer, octetString, optional, sequence, sequenceOf } from '../asn1/index.ts';
import { GenericData } from './generic-data.ts';

/** A carrier by code or name. */
export const CarrierInfo = sequence(
  {
    carrierIdentificationCode: optional(octetString({ min: 3, max: 4 })),
    carrierName: optional(ia5String({ min: 1, max: 128 })),
  },
  {},
);
export interface CarrierInfo extends Infer<typeof CarrierInfo> {}

/** Members of a trunk group. */
export const GroupID = sequence(
  {
    member: optional(sequenceOf(integer(0, 65535))),
    group: ia5String({ min: 1, max: 128 }),
  },
  {},
);
export interface GroupID extends Infer<typeof GroupID> {}

/** SS7 circuit identification codes. */
export const CicInfo = sequence(
  {
    cic: sequenceOf(octetString({ min: 2, max: 4 })),
    pointCode: octetString({ min: 2, max: 5 }),
  },
  {},
);
export interface CicInfo extends Infer<typeof CicInfo> {}

export const CircuitIdentifier = sequence(
  {
    cic: optional(CicInfo),
    group: optional(GroupID),
  },
  {
    carrier: optional(CarrierInfo),
  },
);
export interface CircuitIdentifier extends Infer<typeof CircuitIdentifier> {}

/** The circuits at both sides of a call. */
export const CircuitInfo = sequence(
  {
    sourceCircuitID: optional(CircuitIdentifier),
    destinationCircuitID: optional(CircuitIdentifier),
    genericData: optional(sequenceOf(GenericData)),
  },
  {},
);
export interface CircuitInfo extends Infer<typeof CircuitInfo> {}
