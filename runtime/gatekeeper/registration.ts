import {
  type AliasAddress,
  type PolicyCode,
  PROTOCOL_IDENTIFIER,
  policyData,
  type RegistrationReject,
  type RegistrationRejectReason,
  type RegistrationRequest,
  type TransportAddress,
} from '../h225/index.ts';
import { milliseconds } from '../units.ts';
import { type Answer, type Caller, NULL_REASON } from './answer.ts';
import { type EndpointDescription, isLookedUp, isSameAddress, isSameAlias } from './endpoints.ts';
import type { Endpoint } from './model.ts';
import { findPersonalData } from './policy/pii.ts';
import type { GatekeeperState } from './state.ts';

/** More of either in one registration is nobody's honest wish. */
const MAX_ALIASES = 16;
const MAX_ADDRESSES = 8;

/** RRQ (H.225.0 clause 7.9): lightweight, additive or full. */
export function register(state: GatekeeperState, request: RegistrationRequest, caller: Caller): Answer {
  const { gatekeeperIdentifier } = request;
  if (gatekeeperIdentifier !== undefined && gatekeeperIdentifier !== state.config.gatekeeperId)
    return reject(state, request, NULL_REASON('discoveryRequired'));
  if (!isH225(request.protocolIdentifier)) return reject(state, request, NULL_REASON('invalidRevision'));
  if (request.keepAlive === true) return renew(state, request, caller);
  return request.additiveRegistration === null ? add(state, request, caller) : registerFully(state, request, caller);
}

const H225_VERSIONS = '0.0.8.2250.0.';

/** An object identifier of H.225.0, of whatever version. */
const isH225 = (identifier: string): boolean =>
  identifier.startsWith(H225_VERSIONS) && !identifier.includes('.', H225_VERSIONS.length);

/** The endpoint that a request names by its identifier, where the request bears the right signature for it. */
function named(state: GatekeeperState, request: RegistrationRequest, caller: Caller): Endpoint | undefined {
  const { endpointIdentifier } = request;
  const endpoint = endpointIdentifier === undefined ? undefined : state.endpoints.byIdentifier(endpointIdentifier);
  return endpoint !== undefined && endpoint.terminal === caller.terminal ? endpoint : undefined;
}

/** Lightweight registration (H.323 clause 7.2.2): nothing but the time-to-live changes. */
function renew(state: GatekeeperState, request: RegistrationRequest, caller: Caller): Answer {
  const endpoint = named(state, request, caller);
  if (endpoint === undefined) return reject(state, request, NULL_REASON('fullRegistrationRequired'));
  if (caller.mayMove) endpoint.movesTo(caller.from);
  return confirm(state, request, caller, endpoint);
}

/** Additive registration: aliases and addresses come to those that are there. */
function add(state: GatekeeperState, request: RegistrationRequest, caller: Caller): Answer {
  const endpoint = named(state, request, caller);
  if (endpoint === undefined) return reject(state, request, NULL_REASON('fullRegistrationRequired'));
  const described = describe(state, request, caller, endpoint);
  if ('message' in described) return described;
  const isNew = (alias: AliasAddress): boolean => !endpoint.aliases.some((known) => isSameAlias(known, alias));
  const aliases = [...endpoint.aliases, ...described.aliases.filter(isNew)];
  const isElsewhere = (address: TransportAddress): boolean =>
    !endpoint.signalAddresses.some((known) => isSameAddress(known, address));
  const signalAddresses = [...endpoint.signalAddresses, ...described.signalAddresses.filter(isElsewhere)];
  // A terminal_id, which is always there, does not count.
  if (aliases.length > Math.max(MAX_ALIASES, endpoint.aliases.length) || signalAddresses.length > MAX_ADDRESSES)
    return reject(state, request, NULL_REASON('resourceUnavailable'), 'CAPACITY_EXCEEDED');
  state.endpoints.describe(endpoint, { aliases, signalAddresses, peer: caller.from });
  return confirm(state, request, caller, endpoint);
}

function registerFully(state: GatekeeperState, request: RegistrationRequest, caller: Caller): Answer {
  if (!request.rasAddress.some(isReachable)) return reject(state, request, NULL_REASON('invalidRASAddress'));
  const before = predecessor(state, request, caller);
  const description = describe(state, request, caller, before);
  if ('message' in description) return description;
  if (description.signalAddresses.length === 0) return reject(state, request, NULL_REASON('invalidCallSignalAddress'));
  if (before !== undefined && isSameEndpoint(before, request, description)) {
    if (request.restart === null) state.endCalls(before);
    state.endpoints.describe(before, description);
    return confirm(state, request, caller, before);
  }
  // Another machine, or the same one started anew: it has no calls, and the identifier of before must stop working.
  if (before !== undefined) state.drop(before);
  else if (state.endpoints.size >= state.config.maxEndpoints)
    return reject(state, request, NULL_REASON('resourceUnavailable'), 'CAPACITY_EXCEEDED');
  const endpoint = state.endpoints.create(
    state.newIdentifier(),
    caller.terminal,
    description,
    milliseconds(caller.now.monotonic + lifetime(state, request) * 1000),
  );
  state.expiry.add(endpoint);
  return confirm(state, request, caller, endpoint, before === undefined ? undefined : 'supersedes');
}

/** The registration that this one updates or supersedes. */
function predecessor(state: GatekeeperState, request: RegistrationRequest, caller: Caller): Endpoint | undefined {
  if (caller.terminal !== undefined) return state.endpoints.byTerminal(caller.terminal.terminalId);
  const identified = named(state, request, caller);
  if (identified !== undefined) return identified;
  for (const address of request.callSignalAddress) {
    const endpoint = state.endpoints.bySignalAddress(address);
    if (endpoint !== undefined && endpoint.terminal === undefined) return endpoint;
  }
  return undefined;
}

/**
 * A refresh, not a new start. Who has a registration names it, so a signed request without its identifier comes from a
 * terminal that was started anew (a lost RCF is asked for again with the same octets). Stock endpoints also forget
 * their identifier when they discover again, calls and all: there the address tells.
 */
function isSameEndpoint(before: Endpoint, request: RegistrationRequest, { peer }: EndpointDescription): boolean {
  if (request.endpointIdentifier !== undefined) return request.endpointIdentifier === before.identifier;
  if (before.terminal !== undefined) return false;
  return before.peer.address === peer.address && before.peer.port === peer.port;
}

/** What the request says of its endpoint, or the answer that refuses it. */
function describe(
  state: GatekeeperState,
  request: RegistrationRequest,
  caller: Caller,
  self: Endpoint | undefined,
): EndpointDescription | Answer {
  const asked = request.terminalAlias ?? [];
  if (asked.length > MAX_ALIASES || request.callSignalAddress.length > MAX_ADDRESSES)
    return reject(state, request, NULL_REASON('resourceUnavailable'), 'CAPACITY_EXCEEDED');
  const { terminal } = caller;
  if (terminal !== undefined && findPersonalData(asked) !== undefined)
    return reject(state, request, NULL_REASON('invalidAlias'), 'PII_POLICY_VIOLATION');
  const taken = asked.filter((alias) => {
    // A terminal_id is its terminal's alone, as whatever kind of alias, and even if it was taken before it was given.
    if (typeof alias.value === 'string') {
      if (alias.value === terminal?.terminalId) return false;
      if (state.registry.terminals.has(alias.value)) return true;
    }
    // What it holds already it is found by: a refresh need not look that up among all endpoints.
    if (self?.aliases.some((known) => isSameAlias(known, alias)) === true) return false;
    const holder = state.endpoints.byAlias(alias);
    return holder !== undefined && holder !== self;
  });
  if (taken.length > 0) return reject(state, request, { kind: 'duplicateAlias', value: taken }, 'SYBIL_DUPLICATE');
  const aliases = asked.filter(isLookedUp);
  if (
    terminal !== undefined &&
    !aliases.some((alias) => alias.kind === 'url-ID' && alias.value === terminal.terminalId)
  )
    aliases.push({ kind: 'url-ID', value: terminal.terminalId });
  return {
    aliases,
    signalAddresses: request.callSignalAddress.filter(isReachable),
    peer: caller.from,
  };
}

/** An address of an IP network, with a port. */
const isReachable = ({ kind, value }: TransportAddress): boolean =>
  (kind === 'ipAddress' || kind === 'ip6Address') &&
  'port' in value &&
  typeof value.port === 'number' &&
  value.port > 0;

/** Seconds until the registration runs out: what was asked for, at most what the gatekeeper grants. */
const lifetime = (state: GatekeeperState, request: RegistrationRequest): number =>
  Math.min(request.timeToLive ?? state.config.timeToLive, state.config.timeToLive);

function confirm(
  state: GatekeeperState,
  request: RegistrationRequest,
  caller: Caller,
  endpoint: Endpoint,
  detail?: string,
): Answer {
  const timeToLive = lifetime(state, request);
  const expiresAt = milliseconds(caller.now.monotonic + timeToLive * 1000);
  const sooner = expiresAt < endpoint.expiresAt;
  endpoint.expiresAt = expiresAt;
  // The wheel looks again when the old end comes; only an earlier end needs telling.
  if (sooner) state.expiry.add(endpoint);
  return {
    message(tokens) {
      return {
        kind: 'registrationConfirm',
        value: {
          requestSeqNum: request.requestSeqNum,
          protocolIdentifier: PROTOCOL_IDENTIFIER,
          callSignalAddress: [],
          terminalAlias: request.keepAlive !== true && endpoint.aliases.length > 0 ? endpoint.aliases : undefined,
          gatekeeperIdentifier: state.config.gatekeeperId,
          endpointIdentifier: endpoint.identifier,
          alternateGatekeeper: state.alternates,
          timeToLive,
          willRespondToIRR: true,
          maintainConnection: false,
          supportsAdditiveRegistration: null,
          tokens,
        },
      };
    },
    event: { endpoint: endpoint.serial, detail },
  };
}

function reject(
  state: GatekeeperState,
  { requestSeqNum }: RegistrationRequest,
  rejectReason: RegistrationRejectReason,
  policy?: PolicyCode,
): Answer {
  if (policy !== undefined) state.statistics.refused[policy]++;
  const value: RegistrationReject = {
    requestSeqNum,
    protocolIdentifier: PROTOCOL_IDENTIFIER,
    rejectReason,
    gatekeeperIdentifier: state.config.gatekeeperId,
    nonStandardData: policy && policyData(policy),
  };
  return {
    message(tokens) {
      return { kind: 'registrationReject', value: { ...value, tokens } };
    },
    event: { reason: rejectReason.kind, policy },
  };
}
