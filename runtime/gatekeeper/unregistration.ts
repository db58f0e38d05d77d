import type { UnregistrationRequest } from '../h225/index.ts';
import { type Answer, type Caller, NULL_REASON } from './answer.ts';
import type { GatekeeperState } from './state.ts';

/** URQ from an endpoint (H.225.0 clause 7.10): it leaves, and its calls with it. */
export function unregister(state: GatekeeperState, request: UnregistrationRequest, caller: Caller): Answer {
  const { requestSeqNum, endpointIdentifier, callSignalAddress } = request;
  const found =
    endpointIdentifier !== undefined
      ? state.endpoints.byIdentifier(endpointIdentifier)
      : callSignalAddress.map((address) => state.endpoints.bySignalAddress(address)).find((e) => e !== undefined);
  if (found === undefined || found.terminal !== caller.terminal)
    return {
      message(tokens) {
        return {
          kind: 'unregistrationReject',
          value: { requestSeqNum, rejectReason: NULL_REASON('notCurrentlyRegistered'), tokens },
        };
      },
      event: { reason: 'notCurrentlyRegistered' },
    };
  state.drop(found);
  return {
    message(tokens) {
      return { kind: 'unregistrationConfirm', value: { requestSeqNum, tokens } };
    },
    event: { endpoint: found.serial },
  };
}
