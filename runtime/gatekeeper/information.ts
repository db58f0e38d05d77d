import type { InfoRequestResponse } from '../h225/index.ts';
import { type Answer, type Caller, NULL_REASON } from './answer.ts';
import type { GatekeeperState } from './state.ts';

/** IRR (H.225.0 clause 7.15): a sign of life with the state of calls; answered where it asks for it. */
export function inform(state: GatekeeperState, request: InfoRequestResponse, caller: Caller): Answer | undefined {
  const { requestSeqNum } = request;
  const endpoint = state.endpoints.byIdentifier(request.endpointIdentifier);
  const wanted = request.needResponse === true;
  if (endpoint === undefined || endpoint.terminal !== caller.terminal) {
    if (!wanted) return undefined;
    return {
      message(tokens) {
        return {
          kind: 'infoRequestNak',
          value: { requestSeqNum, nakReason: NULL_REASON('notRegistered'), tokens },
        };
      },
      event: { reason: 'notRegistered' },
    };
  }
  if (caller.mayMove) endpoint.movesTo(caller.from);
  if (!wanted) return undefined;
  return {
    message(tokens) {
      return { kind: 'infoRequestAck', value: { requestSeqNum, tokens } };
    },
    event: { endpoint: endpoint.serial },
  };
}
