/** What a gatekeeper answers that does not lead. */

import {
  type AltGKInfo,
  type PolicyCode,
  PROTOCOL_IDENTIFIER,
  policyData,
  type SocketAddress,
  toTransportAddress,
} from '../h225/index.ts';
import { type Answer, NULL_REASON } from './answer.ts';
import { inProgress, type Request } from './refusals.ts';

/** How long an endpoint is asked to wait (RIP) while the store is out of reach; then it asks again. */
const UNTIL_THE_STORE_IS_BACK = 2000;

/**
 * A standby's answer: who leads is where to go, for this request and with the registration that is there already
 * (H.225.0 `AltGKInfo`). `undefined` for an indication that wants no answer. Discovery is told by GCF, which every
 * endpoint follows, however old.
 */
export function redirect(request: Request, leader: SocketAddress, gatekeeperId: string): Answer | undefined {
  const { requestSeqNum } = request.value;
  const rasAddress = toTransportAddress(leader);
  if (rasAddress === undefined) throw new TypeError(`'${leader.address}' is no IP address`);
  const altGKInfo: AltGKInfo = {
    alternateGatekeeper: [{ rasAddress, gatekeeperIdentifier: gatekeeperId, needToRegister: false, priority: 0 }],
    altGKisPermanent: false,
  };
  const common = { requestSeqNum, altGKInfo };
  const event = { detail: 'standby' };
  switch (request.kind) {
    case 'gatekeeperRequest': {
      const value = { requestSeqNum, protocolIdentifier: PROTOCOL_IDENTIFIER, gatekeeperIdentifier: gatekeeperId };
      return { event, message: (tokens) => ({ kind: 'gatekeeperConfirm', value: { ...value, rasAddress, tokens } }) };
    }
    case 'registrationRequest': {
      const rejectReason = NULL_REASON('resourceUnavailable');
      const value = { ...common, protocolIdentifier: PROTOCOL_IDENTIFIER, gatekeeperIdentifier: gatekeeperId };
      return {
        event,
        message: (tokens) => ({ kind: 'registrationReject', value: { ...value, rejectReason, tokens } }),
      };
    }
    case 'unregistrationRequest': {
      const rejectReason = NULL_REASON('undefinedReason');
      return {
        event,
        message: (tokens) => ({ kind: 'unregistrationReject', value: { ...common, rejectReason, tokens } }),
      };
    }
    case 'admissionRequest': {
      const rejectReason = NULL_REASON('resourceUnavailable');
      return { event, message: (tokens) => ({ kind: 'admissionReject', value: { ...common, rejectReason, tokens } }) };
    }
    case 'bandwidthRequest': {
      const rejectReason = NULL_REASON('undefinedReason');
      const value = { ...common, rejectReason, allowedBandWidth: 0 };
      return { event, message: (tokens) => ({ kind: 'bandwidthReject', value: { ...value, tokens } }) };
    }
    case 'disengageRequest': {
      // The only reason of DRJ that comes near.
      const rejectReason = NULL_REASON('notRegistered');
      return { event, message: (tokens) => ({ kind: 'disengageReject', value: { ...common, rejectReason, tokens } }) };
    }
    case 'infoRequestResponse': {
      if (request.value.needResponse !== true) return undefined;
      const nakReason = NULL_REASON('undefinedReason');
      return { event, message: (tokens) => ({ kind: 'infoRequestNak', value: { ...common, nakReason, tokens } }) };
    }
  }
}

/** ARJ for a call that cannot be taken on now, whoever asks. */
export function refuseAdmission(requestSeqNum: number, policy: PolicyCode): Answer {
  const value = {
    requestSeqNum,
    rejectReason: NULL_REASON('resourceUnavailable'),
    nonStandardData: policyData(policy),
  };
  return {
    message: (tokens) => ({ kind: 'admissionReject', value: { ...value, tokens } }),
    event: { reason: 'resourceUnavailable', policy },
  };
}

/** Whether a request can be served with nothing but what is known: it changes nothing that others must know. */
export const isLight = (request: Request): boolean =>
  request.kind === 'gatekeeperRequest' ||
  request.kind === 'infoRequestResponse' ||
  (request.kind === 'registrationRequest' && request.value.keepAlive === true);

/** The answer while the store cannot be reached, to what is not light: no new calls, and the rest a little later. */
export const postpone = (request: Request): Answer | undefined =>
  request.kind === 'admissionRequest'
    ? refuseAdmission(request.value.requestSeqNum, 'STORE_UNAVAILABLE')
    : inProgress(request.value.requestSeqNum, UNTIL_THE_STORE_IS_BACK);
