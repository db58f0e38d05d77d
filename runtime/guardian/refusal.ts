import { type AlternateGK, type NonStandardParameter, policyCodeOf, type RasMessage } from '../h225/index.ts';
import type { Refusal } from './events.ts';

/** Why a message refuses what it answers; `undefined` for one that does not. */
export function refusalOf(message: RasMessage): Refusal | undefined {
  switch (message.kind) {
    case 'gatekeeperReject':
    case 'registrationReject':
    case 'unregistrationReject':
    case 'admissionReject':
    case 'bandwidthReject':
    case 'disengageReject':
      return refusal(message.value.rejectReason.kind, message.value.nonStandardData);
    case 'infoRequestNak':
      return refusal(message.value.nakReason.kind, message.value.nonStandardData);
    case 'unknownMessageResponse':
      return { reason: 'messageNotUnderstood' };
    default:
      return undefined;
  }
}

function refusal(reason: string, data: NonStandardParameter | undefined): Refusal {
  const policy = policyCodeOf(data);
  return { reason, ...(policy !== undefined && { policy }) };
}

/** What an answer says, for people: `securityDenial INVALID_SIGNATURE`, or its kind where it refuses nothing. */
export function describe(message: RasMessage): string {
  const { reason, policy } = refusalOf(message) ?? { reason: message.kind };
  return policy === undefined ? reason : `${reason} ${policy}`;
}

/** The gatekeepers that a reject sends the terminal to (H.225.0 `AltGKInfo`). */
export function redirectionOf({ value }: RasMessage): readonly AlternateGK[] {
  return 'altGKInfo' in value ? (value.altGKInfo?.alternateGatekeeper ?? []) : [];
}

/** Reasons that mean: you are not registered here. */
const STRANGER: ReadonlySet<string> = new Set([
  'callerNotRegistered',
  'invalidEndpointIdentifier',
  'notBound',
  'notRegistered',
  'fullRegistrationRequired',
  'discoveryRequired',
]);

/** Whether a live call may yet be admitted again: the other party is still on its way to this gatekeeper. */
export const mayPass = (refusal: Refusal): boolean =>
  lacksStore(refusal) ||
  (refusal.policy === undefined &&
    (refusal.reason === 'calledPartyNotRegistered' || refusal.reason === 'resourceUnavailable'));

/** The gatekeeper has no store just now: another of its zone may have one, or this one again soon. */
export const lacksStore = ({ policy }: Refusal): boolean => policy === 'STORE_UNAVAILABLE';

export const isStranger = ({ reason }: Refusal): boolean => STRANGER.has(reason);
