/** How many calls an endpoint can take, and when it reports that. */

import { boolean, type Infer, ia5String, integer, nullType, optional, sequence, sequenceOf } from '../asn1/index.ts';
import { CarrierInfo } from './circuit.ts';

/** How many more calls, for one group or carrier. */
export const CallsAvailable = sequence(
  {
    calls: integer(0, 4294967295),
    group: optional(ia5String({ min: 1, max: 128 })),
  },
  {
    carrier: optional(CarrierInfo),
  },
);
export interface CallsAvailable extends Infer<typeof CallsAvailable> {}

/** Calls available for each protocol. */
export const CallCapacityInfo = sequence(
  {
    voiceGwCallsAvailable: optional(sequenceOf(CallsAvailable)),
    h310GwCallsAvailable: optional(sequenceOf(CallsAvailable)),
    h320GwCallsAvailable: optional(sequenceOf(CallsAvailable)),
    h321GwCallsAvailable: optional(sequenceOf(CallsAvailable)),
    h322GwCallsAvailable: optional(sequenceOf(CallsAvailable)),
    h323GwCallsAvailable: optional(sequenceOf(CallsAvailable)),
    h324GwCallsAvailable: optional(sequenceOf(CallsAvailable)),
    t120OnlyGwCallsAvailable: optional(sequenceOf(CallsAvailable)),
    t38FaxAnnexbOnlyGwCallsAvailable: optional(sequenceOf(CallsAvailable)),
    terminalCallsAvailable: optional(sequenceOf(CallsAvailable)),
    mcuCallsAvailable: optional(sequenceOf(CallsAvailable)),
  },
  {
    sipGwCallsAvailable: optional(sequenceOf(CallsAvailable)),
  },
);
export interface CallCapacityInfo extends Infer<typeof CallCapacityInfo> {}

/** Capacity at most, and at present. */
export const CallCapacity = sequence(
  {
    maximumCallCapacity: optional(CallCapacityInfo),
    currentCallCapacity: optional(CallCapacityInfo),
  },
  {},
);
export interface CallCapacity extends Infer<typeof CallCapacity> {}

export const CapacityReportingCapability = sequence(
  {
    canReportCallCapacity: boolean,
  },
  {},
);
export interface CapacityReportingCapability extends Infer<typeof CapacityReportingCapability> {}

/** When the gatekeeper wants capacity reported. */
export const CapacityReportingSpecification = sequence(
  {
    when: sequence(
      {
        callStart: optional(nullType),
        callEnd: optional(nullType),
      },
      {},
    ),
  },
  {},
);
export interface CapacityReportingSpecification extends Infer<typeof CapacityReportingSpecification> {}
