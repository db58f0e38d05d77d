import type { DisengageRequest } from '../h225/index.ts';
import { type Answer, type Caller, NULL_REASON } from './answer.ts';
import { callIdOf, callKey, legOf } from './calls.ts';
import type { GatekeeperState } from './state.ts';

/**
 * DRQ from an endpoint (H.225.0 clause 7.13): its leg is over. A call that is not known is over already, so that a
 * DRQ may be repeated.
 */
export function disengage(state: GatekeeperState, request: DisengageRequest, caller: Caller): Answer {
  const { requestSeqNum } = request;
  const endpoint = state.endpoints.byIdentifier(request.endpointIdentifier);
  if (endpoint === undefined || endpoint.terminal !== caller.terminal)
    return {
      message(tokens) {
        return {
          kind: 'disengageReject',
          value: { requestSeqNum, rejectReason: NULL_REASON('notRegistered'), tokens },
        };
      },
      event: { reason: 'notRegistered' },
    };
  const leg = legOf(endpoint, state.calls.call(callKey(request)), request.answeredCall);
  if (leg !== undefined) state.calls.remove(leg);
  return {
    message(tokens) {
      return { kind: 'disengageConfirm', value: { requestSeqNum, tokens } };
    },
    event: {
      endpoint: endpoint.serial,
      detail: leg === undefined ? 'no such call' : undefined,
      callId: callIdOf(request),
    },
  };
}
