import { type BandwidthReject, type BandwidthRequest, type PolicyCode, policyData } from '../h225/index.ts';
import { type BandwidthUnits, bandwidthUnits } from '../units.ts';
import { bandwidthRoom } from './admission.ts';
import { type Answer, type Caller, NULL_REASON } from './answer.ts';
import { callIdOf, callKey, legOf } from './calls.ts';
import { grantable } from './policy/index.ts';
import type { GatekeeperState } from './state.ts';

/** BRQ (H.225.0 clause 7.12): less is always granted, more as far as there is room for it. */
export function changeBandwidth(state: GatekeeperState, request: BandwidthRequest, caller: Caller): Answer {
  const { requestSeqNum } = request;
  const endpoint = state.endpoints.byIdentifier(request.endpointIdentifier);
  if (endpoint === undefined || endpoint.terminal !== caller.terminal)
    return reject(state, request, 'notBound', bandwidthUnits(0));
  const call = state.calls.call(callKey(request));
  const leg = legOf(endpoint, call, request.answeredCall);
  if (leg === undefined) return reject(state, request, 'invalidConferenceID', bandwidthUnits(0));
  const granted =
    request.bandWidth < leg.units
      ? bandwidthUnits(request.bandWidth)
      : grantable(request.bandWidth, bandwidthRoom(state, endpoint, leg, call));
  if (granted < request.bandWidth && granted <= leg.units)
    return reject(state, request, 'insufficientResources', granted, 'QUOTA_EXCEEDED');
  state.calls.change(leg, granted);
  return {
    message(tokens) {
      return {
        kind: 'bandwidthConfirm',
        value: { requestSeqNum, bandWidth: granted, tokens },
      };
    },
    event: {
      endpoint: endpoint.serial,
      bandwidth: granted,
      callId: callIdOf(request),
    },
  };
}

type PlainReason = Extract<
  BandwidthReject['rejectReason']['kind'],
  'notBound' | 'invalidConferenceID' | 'insufficientResources'
>;

function reject(
  state: GatekeeperState,
  request: BandwidthRequest,
  reason: PlainReason,
  allowedBandWidth: BandwidthUnits,
  policy?: PolicyCode,
): Answer {
  if (policy !== undefined) state.statistics.refused[policy]++;
  return {
    message(tokens) {
      return {
        kind: 'bandwidthReject',
        value: {
          requestSeqNum: request.requestSeqNum,
          rejectReason: NULL_REASON(reason),
          allowedBandWidth,
          nonStandardData: policy && policyData(policy),
          tokens,
        },
      };
    },
    event: { reason, policy, callId: callIdOf(request) },
  };
}
