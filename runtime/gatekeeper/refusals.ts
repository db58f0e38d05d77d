import { PROTOCOL_IDENTIFIER, policyData, type RasMessage, type RasMessageKind } from '../h225/index.ts';
import { type Answer, NULL_REASON } from './answer.ts';

/** The requests that a gatekeeper takes from endpoints. */
export type Request = Extract<
  RasMessage,
  {
    kind:
      | 'gatekeeperRequest'
      | 'registrationRequest'
      | 'unregistrationRequest'
      | 'admissionRequest'
      | 'bandwidthRequest'
      | 'disengageRequest'
      | 'infoRequestResponse';
  }
>;

/** Asked of this gatekeeper, but not (yet) what it does: answered with XRS. */
const NOT_UNDERSTOOD: ReadonlySet<RasMessageKind> = new Set([
  'locationRequest',
  'infoRequest',
  'nonStandardMessage',
  'resourcesAvailableIndicate',
  'serviceControlIndication',
]);

const REQUESTS: ReadonlySet<string> = new Set<Request['kind']>([
  'gatekeeperRequest',
  'registrationRequest',
  'unregistrationRequest',
  'admissionRequest',
  'bandwidthRequest',
  'disengageRequest',
  'infoRequestResponse',
]);

export const isRequest = (message: RasMessage): message is Request => REQUESTS.has(message.kind);

/** The number of a request that only XRS answers, or `undefined` where no answer is due. */
export function notUnderstood(message: RasMessage): number | undefined {
  // A message of a newer version: its number stands where this version cannot read it.
  if (message.kind === 'unknownExtension') return 1;
  if (!NOT_UNDERSTOOD.has(message.kind) || !('requestSeqNum' in message.value)) return undefined;
  return message.value.requestSeqNum;
}

/** XRS (H.225.0 clause 7.16), with the message that it is about. */
export const unknownMessage = (requestSeqNum: number, messageNotUnderstood: Uint8Array): Answer => ({
  message(tokens) {
    return {
      kind: 'unknownMessageResponse',
      value: { requestSeqNum, messageNotUnderstood, tokens },
    };
  },
});

/** RIP (H.225.0 clause 7.17): the answer comes within `delay` ms more. */
export const inProgress = (requestSeqNum: number, delay: number): Answer => ({
  message(tokens) {
    return { kind: 'requestInProgress', value: { requestSeqNum, delay, tokens } };
  },
});

/**
 * The reject for a request that is not authentic, whatever it asks for; `undefined` for an indication that wants no
 * answer. The same standard reason everywhere: securityDenial.
 */
export function securityDenial(request: Request, gatekeeperIdentifier: string): Answer | undefined {
  const { requestSeqNum } = request.value;
  const rejectReason = NULL_REASON('securityDenial');
  const common = { requestSeqNum, nonStandardData: policyData('INVALID_SIGNATURE') };
  const reject = rejectOf(request, { ...common, rejectReason }, gatekeeperIdentifier);
  return reject === undefined
    ? undefined
    : { message: reject, event: { reason: 'securityDenial', policy: 'INVALID_SIGNATURE' } };
}

function rejectOf(
  request: Request,
  value: {
    readonly requestSeqNum: number;
    readonly rejectReason: { readonly kind: 'securityDenial'; readonly value: null };
  },
  gatekeeperIdentifier: string,
): Answer['message'] | undefined {
  switch (request.kind) {
    case 'gatekeeperRequest':
      return (tokens) => ({
        kind: 'gatekeeperReject',
        value: { ...value, protocolIdentifier: PROTOCOL_IDENTIFIER, gatekeeperIdentifier, tokens },
      });
    case 'registrationRequest':
      return (tokens) => ({
        kind: 'registrationReject',
        value: { ...value, protocolIdentifier: PROTOCOL_IDENTIFIER, gatekeeperIdentifier, tokens },
      });
    case 'unregistrationRequest':
      return (tokens) => ({ kind: 'unregistrationReject', value: { ...value, tokens } });
    case 'admissionRequest':
      return (tokens) => ({ kind: 'admissionReject', value: { ...value, tokens } });
    case 'bandwidthRequest':
      return (tokens) => ({ kind: 'bandwidthReject', value: { ...value, allowedBandWidth: 0, tokens } });
    case 'disengageRequest':
      return (tokens) => ({ kind: 'disengageReject', value: { ...value, tokens } });
    case 'infoRequestResponse': {
      if (request.value.needResponse !== true) return undefined;
      const { rejectReason: nakReason, ...rest } = value;
      return (tokens) => ({ kind: 'infoRequestNak', value: { ...rest, nakReason, tokens } });
    }
  }
}
