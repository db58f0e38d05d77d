import type { RasMessage } from './ras-message.ts';

/** A RAS message that this version of H.225.0 knows. */
export type RasMessageKind = Exclude<RasMessage['kind'], 'unknownExtension'>;

/** The abbreviations that operators know the messages by. */
export const RAS_TAGS = {
  gatekeeperRequest: 'GRQ',
  gatekeeperConfirm: 'GCF',
  gatekeeperReject: 'GRJ',
  registrationRequest: 'RRQ',
  registrationConfirm: 'RCF',
  registrationReject: 'RRJ',
  unregistrationRequest: 'URQ',
  unregistrationConfirm: 'UCF',
  unregistrationReject: 'URJ',
  admissionRequest: 'ARQ',
  admissionConfirm: 'ACF',
  admissionReject: 'ARJ',
  bandwidthRequest: 'BRQ',
  bandwidthConfirm: 'BCF',
  bandwidthReject: 'BRJ',
  disengageRequest: 'DRQ',
  disengageConfirm: 'DCF',
  disengageReject: 'DRJ',
  locationRequest: 'LRQ',
  locationConfirm: 'LCF',
  locationReject: 'LRJ',
  infoRequest: 'IRQ',
  infoRequestResponse: 'IRR',
  nonStandardMessage: 'NSM',
  unknownMessageResponse: 'XRS',
  requestInProgress: 'RIP',
  resourcesAvailableIndicate: 'RAI',
  resourcesAvailableConfirm: 'RAC',
  infoRequestAck: 'IACK',
  infoRequestNak: 'INAK',
  serviceControlIndication: 'SCI',
  serviceControlResponse: 'SCR',
  admissionConfirmSequence: 'ACS',
} as const satisfies Record<RasMessageKind, string>;

export type RasTag = (typeof RAS_TAGS)[RasMessageKind];
