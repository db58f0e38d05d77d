/** The H.323 part of a call signalling message. */

import {
  boolean,
  choice,
  type Infer,
  nullType,
  octetString,
  optional,
  sequence,
  sequenceOf,
} from '../../asn1/index.ts';
import { CallLinkage } from '../call.ts';
import { GenericData } from '../generic-data.ts';
import { NonStandardParameter } from '../non-standard.ts';
import { TunnelledProtocol } from '../tunnelled-protocol.ts';
import { ConnectUUIE } from './connect.ts';
import { FacilityUUIE } from './facility.ts';
import { AlertingUUIE, CallProceedingUUIE, ProgressUUIE } from './progress.ts';
import { ReleaseCompleteUUIE } from './release-complete.ts';
import { SetupAcknowledgeUUIE, SetupUUIE } from './setup.ts';
import { InformationUUIE, NotifyUUIE, StatusInquiryUUIE, StatusUUIE } from './status.ts';

/** Which call signalling message this is. */
export const H323MessageBody = choice(
  {
    setup: SetupUUIE,
    callProceeding: CallProceedingUUIE,
    connect: ConnectUUIE,
    alerting: AlertingUUIE,
    information: InformationUUIE,
    releaseComplete: ReleaseCompleteUUIE,
    facility: FacilityUUIE,
  },
  {
    progress: ProgressUUIE,
    empty: nullType,
    status: StatusUUIE,
    statusInquiry: StatusInquiryUUIE,
    setupAcknowledge: SetupAcknowledgeUUIE,
    notify: NotifyUUIE,
  },
);
export type H323MessageBody = Infer<typeof H323MessageBody>;

/** Signalling of another protocol, carried along. */
export const TunnelledSignallingMessage = sequence(
  {
    tunnelledProtocolID: TunnelledProtocol,
    messageContent: sequenceOf(octetString()),
    tunnellingRequired: optional(nullType),
    nonStandardData: optional(NonStandardParameter),
  },
  {},
);
export interface TunnelledSignallingMessage extends Infer<typeof TunnelledSignallingMessage> {}

/** Stimulus signalling (H.323 Annex L). */
export const StimulusControl = sequence(
  {
    nonStandard: optional(NonStandardParameter),
    isText: optional(nullType),
    h248Message: optional(octetString()),
  },
  {},
);
export interface StimulusControl extends Infer<typeof StimulusControl> {}

/** A call signalling message with what it carries along: tunnelled H.245, supplementary services. */
export const H323UUPDU = sequence(
  {
    'h323-message-body': H323MessageBody,
    nonStandardData: optional(NonStandardParameter),
  },
  {
    h4501SupplementaryService: optional(sequenceOf(octetString())),
    h245Tunneling: boolean,
    h245Control: optional(sequenceOf(octetString())),
    nonStandardControl: optional(sequenceOf(NonStandardParameter)),
    callLinkage: optional(CallLinkage),
    tunnelledSignallingMessage: optional(TunnelledSignallingMessage),
    provisionalRespToH245Tunneling: optional(nullType),
    stimulusControl: optional(StimulusControl),
    genericData: optional(sequenceOf(GenericData)),
  },
);
export interface H323UUPDU extends Infer<typeof H323UUPDU> {}
