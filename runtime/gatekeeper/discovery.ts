import { type GatekeeperRequest, PROTOCOL_IDENTIFIER } from '../h225/index.ts';
import { type Answer, NULL_REASON } from './answer.ts';
import type { GatekeeperState } from './state.ts';

/**
 * GRQ (H.225.0 clause 7.8). Discovery changes nothing and tells nothing that is secret, so anybody may ask; a signed
 * request gets a signed answer.
 */
export function discover(state: GatekeeperState, request: GatekeeperRequest): Answer {
  const { requestSeqNum, gatekeeperIdentifier } = request;
  const { gatekeeperId } = state.config;
  if (gatekeeperIdentifier !== undefined && gatekeeperIdentifier !== gatekeeperId)
    return {
      message(tokens) {
        return {
          kind: 'gatekeeperReject',
          value: {
            requestSeqNum,
            protocolIdentifier: PROTOCOL_IDENTIFIER,
            gatekeeperIdentifier: gatekeeperId,
            rejectReason: NULL_REASON('terminalExcluded'),
            tokens,
          },
        };
      },
      event: { reason: 'terminalExcluded', detail: 'another gatekeeper was asked for' },
    };
  return {
    message(tokens) {
      return {
        kind: 'gatekeeperConfirm',
        value: {
          requestSeqNum,
          protocolIdentifier: PROTOCOL_IDENTIFIER,
          gatekeeperIdentifier: gatekeeperId,
          rasAddress: state.rasAddress,
          alternateGatekeeper: state.alternates,
          tokens,
        },
      };
    },
  };
}
