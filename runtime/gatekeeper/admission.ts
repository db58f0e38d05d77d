import {
  type AdmissionReject,
  type AdmissionRequest,
  type PolicyCode,
  policyData,
  type TransportAddress,
  type UUIEsRequested,
} from '../h225/index.ts';
import { type BandwidthUnits, bandwidthUnits, unitsForOneWayRate } from '../units.ts';
import { type Answer, type Caller, NULL_REASON } from './answer.ts';
import { callIdOf, callKey, legOf } from './calls.ts';
import type { Call, Endpoint, Leg } from './model.ts';
import { type AdmissionFacts, grantable, judge } from './policy/index.ts';
import type { GatekeeperState } from './state.ts';

/** Call signalling goes past the gatekeeper, so it asks for no copies of it. */
const NO_UUIES: UUIEsRequested = {
  setup: false,
  callProceeding: false,
  connect: false,
  alerting: false,
  information: false,
  releaseComplete: false,
  facility: false,
  progress: false,
  empty: false,
};

/**
 * A call has two ends, and some more while it is moved. No honest call comes near this; it keeps what is done once for
 * each end of a call from growing with the number of endpoints that name the same one.
 */
const MOST_ENDS = 64;

/** What bandwidth an endpoint's leg may have; `leg` is the one it has already, which does not count against it. */
export function bandwidthRoom(
  state: GatekeeperState,
  endpoint: Endpoint,
  leg: Leg | undefined,
  call: Call | undefined,
): Pick<AdmissionFacts, 'quotaRoom' | 'councilRoom'> {
  const quotaRoom = bandwidthUnits(state.quota(endpoint.terminal) - endpoint.units + (leg?.units ?? 0));
  return { quotaRoom, councilRoom: state.councilRoom(leg, call) };
}

/** ARQ (H.225.0 clause 7.11): the gates, then where the call goes, then the grant. Direct call model. */
export function admit(state: GatekeeperState, request: AdmissionRequest, caller: Caller): Answer {
  const endpoint = state.endpoints.byIdentifier(request.endpointIdentifier);
  if (endpoint === undefined) return reject(state, request, 'invalidEndpointIdentifier');
  const key = callKey(request);
  const call = state.calls.call(key);
  const leg = legOf(endpoint, call, request.answerCall);
  const already = leg === undefined ? 0 : 1;
  if (leg === undefined && state.draining) return reject(state, request, 'resourceUnavailable', 'DRAINING', endpoint);
  const facts: AdmissionFacts = {
    request,
    signer: caller.terminal,
    terminal: endpoint.terminal,
    lab: state.lab,
    sessions: endpoint.legs.size - already,
    councilSessions: state.calls.legs - already,
    councilLimit: state.lab ? state.config.maxCalls : state.config.maxSessions,
    ...bandwidthRoom(state, endpoint, leg, call),
    worthwhile: unitsForOneWayRate(state.config.minimumGrant),
  };
  const refusal = judge(facts);
  if (refusal !== undefined) return reject(state, request, refusal.reason, refusal.policy, endpoint);
  if (leg === undefined && call !== undefined && call.legs.length >= MOST_ENDS)
    return reject(state, request, 'resourceUnavailable', 'CAPACITY_EXCEEDED', endpoint);
  const destination = resolve(state, request, endpoint);
  if (destination === undefined)
    return reject(
      state,
      request,
      request.answerCall ? 'undefinedReason' : 'calledPartyNotRegistered',
      undefined,
      endpoint,
    );
  const granted = grantable(request.bandWidth, facts);
  if (leg === undefined) {
    state.calls.add(call ?? key, endpoint, request, request.answerCall, granted);
    state.statistics.admissions++;
  } else state.calls.change(leg, granted);
  return confirm(state, request, endpoint, destination, granted);
}

/** Where to signal to; `undefined` where the called party is nobody who is registered. */
function resolve(state: GatekeeperState, request: AdmissionRequest, self: Endpoint): TransportAddress | undefined {
  const { destCallSignalAddress, destinationInfo = [] } = request;
  // Who answers signals to nobody; the field is filled with its own address (H.225.0 clause 7.11.2).
  if (request.answerCall) return self.signalAddresses[0] ?? destCallSignalAddress;
  for (const alias of destinationInfo) {
    const called = state.endpoints.byAlias(alias)?.signalAddresses[0];
    if (called !== undefined) return called;
  }
  if (destCallSignalAddress === undefined) return undefined;
  // Only who is registered can be called; the lab leaves that to the caller.
  if (state.lab || state.endpoints.bySignalAddress(destCallSignalAddress) !== undefined) return destCallSignalAddress;
  return undefined;
}

function confirm(
  state: GatekeeperState,
  request: AdmissionRequest,
  endpoint: Endpoint,
  destCallSignalAddress: TransportAddress,
  bandWidth: BandwidthUnits,
): Answer {
  const { irrFrequency } = state.config;
  return {
    message(tokens) {
      return {
        kind: 'admissionConfirm',
        value: {
          requestSeqNum: request.requestSeqNum,
          bandWidth,
          callModel: NULL_REASON('direct'),
          destCallSignalAddress,
          irrFrequency: irrFrequency > 0 ? irrFrequency : undefined,
          willRespondToIRR: true,
          uuiesRequested: NO_UUIES,
          tokens,
        },
      };
    },
    event: {
      endpoint: endpoint.serial,
      bandwidth: bandWidth,
      callId: callIdOf(request),
    },
  };
}

type PlainReason = Exclude<
  AdmissionReject['rejectReason']['kind'],
  'routeCallToSCN' | 'securityError' | 'unknownExtension'
>;

function reject(
  state: GatekeeperState,
  request: AdmissionRequest,
  reason: PlainReason,
  policy?: PolicyCode,
  endpoint?: Endpoint,
): Answer {
  if (policy !== undefined) state.statistics.refused[policy]++;
  return {
    message(tokens) {
      return {
        kind: 'admissionReject',
        value: {
          requestSeqNum: request.requestSeqNum,
          rejectReason: NULL_REASON(reason),
          nonStandardData: policy && policyData(policy),
          tokens,
        },
      };
    },
    event: {
      reason,
      policy,
      endpoint: endpoint?.serial,
      callId: callIdOf(request),
    },
  };
}
