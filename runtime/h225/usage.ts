/** What is collected about a call for billing and statistics. */

import { type Infer, nullType, optional, sequence, sequenceOf } from '../asn1/index.ts';
import { TimeStamp } from '../h235/index.ts';
import { NonStandardParameter } from './non-standard.ts';

/** Which usage information is meant. */
export const RasUsageInfoTypes = sequence(
  {
    nonStandardUsageTypes: sequenceOf(NonStandardParameter),
    startTime: optional(nullType),
    endTime: optional(nullType),
    terminationCause: optional(nullType),
  },
  {},
);
export interface RasUsageInfoTypes extends Infer<typeof RasUsageInfoTypes> {}

/** Which usage information to report, and when. */
export const RasUsageSpecification = sequence(
  {
    when: sequence(
      {
        start: optional(nullType),
        end: optional(nullType),
        inIrr: optional(nullType),
      },
      {},
    ),
    callStartingPoint: optional(
      sequence(
        {
          alerting: optional(nullType),
          connect: optional(nullType),
        },
        {},
      ),
    ),
    required: RasUsageInfoTypes,
  },
  {},
);
export interface RasUsageSpecification extends Infer<typeof RasUsageSpecification> {}

/** Usage of one call; times in seconds since 1970. */
export const RasUsageInformation = sequence(
  {
    nonStandardUsageFields: sequenceOf(NonStandardParameter),
    alertingTime: optional(TimeStamp),
    connectTime: optional(TimeStamp),
    endTime: optional(TimeStamp),
  },
  {},
);
export interface RasUsageInformation extends Infer<typeof RasUsageInformation> {}
