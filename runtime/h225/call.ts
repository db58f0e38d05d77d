/** Properties of a call. */

import { boolean, choice, type Infer, nullType, optional, sequence } from '../asn1/index.ts';
import { GloballyUniqueID } from './identifiers.ts';

/** Between how many parties. */
export const CallType = choice(
  {
    pointToPoint: nullType,
    oneToN: nullType,
    nToOne: nullType,
    nToN: nullType,
  },
  {},
);
export type CallType = Infer<typeof CallType>;

/** Whether call signalling goes through the gatekeeper. */
export const CallModel = choice(
  {
    direct: nullType,
    gatekeeperRouted: nullType,
  },
  {},
);
export type CallModel = Infer<typeof CallModel>;

/** Ties calls that belong together. */
export const CallLinkage = sequence(
  {
    globalCallId: optional(GloballyUniqueID),
    threadId: optional(GloballyUniqueID),
  },
  {},
);
export interface CallLinkage extends Infer<typeof CallLinkage> {}

export const Q954Details = sequence(
  {
    conferenceCalling: boolean,
    threePartyService: boolean,
  },
  {},
);
export interface Q954Details extends Infer<typeof Q954Details> {}

/** Supplementary services of the Q.95x series. */
export const QseriesOptions = sequence(
  {
    q932Full: boolean,
    q951Full: boolean,
    q952Full: boolean,
    q953Full: boolean,
    q955Full: boolean,
    q956Full: boolean,
    q957Full: boolean,
    q954Info: Q954Details,
  },
  {},
);
export interface QseriesOptions extends Infer<typeof QseriesOptions> {}

/** Call signalling messages that the gatekeeper wants copies of. */
export const UUIEsRequested = sequence(
  {
    setup: boolean,
    callProceeding: boolean,
    connect: boolean,
    alerting: boolean,
    information: boolean,
    releaseComplete: boolean,
    facility: boolean,
    progress: boolean,
    empty: boolean,
  },
  {
    status: boolean,
    statusInquiry: boolean,
    setupAcknowledge: boolean,
    notify: boolean,
  },
);
export interface UUIEsRequested extends Infer<typeof UUIEsRequested> {}
