import type { TerminalRecord } from '../config/index.ts';
import type { DisengageReason, SocketAddress, UnregRequestReason } from '../h225/index.ts';
import { type Answer, NULL_REASON } from './answer.ts';
import { callIdOf, referenceOf } from './calls.ts';
import type { Endpoint, Leg } from './model.ts';
import type { AnswersTo } from './outbox.ts';
import type { GatekeeperState } from './state.ts';

/** A message to an endpoint that did not ask for it. */
export interface Unsolicited {
  readonly answer: Answer;
  readonly to: SocketAddress;
  readonly terminalId?: string;
}

type Cause = Extract<UnregRequestReason['kind'], 'ttlExpired' | 'securityDenial'>;

const FORCED: DisengageReason = NULL_REASON('forcedDrop');

/** Removes an endpoint and its calls; gives what it is to be told: a DRQ for each call, then a URQ. */
export function eject(state: GatekeeperState, endpoint: Endpoint, reason: Cause): Unsolicited[] {
  const legs = state.drop(endpoint);
  const to = endpoint.peer;
  const who = endpoint.terminal === undefined ? { to } : { to, terminalId: endpoint.terminal.terminalId };
  const farewell: Answer = {
    message(tokens) {
      return {
        kind: 'unregistrationRequest',
        value: {
          requestSeqNum: state.nextSeqNum(),
          callSignalAddress: endpoint.signalAddresses,
          gatekeeperIdentifier: state.config.gatekeeperId,
          endpointIdentifier: endpoint.identifier,
          reason: NULL_REASON(reason),
          tokens,
        },
      };
    },
    event: { endpoint: endpoint.serial, reason },
  };
  return [...legs.map((leg) => ({ ...who, answer: drop(state, leg) })), { ...who, answer: farewell }];
}

function drop(state: GatekeeperState, leg: Leg): Answer {
  const reference = referenceOf(leg);
  return {
    message(tokens) {
      return {
        kind: 'disengageRequest',
        value: {
          requestSeqNum: state.nextSeqNum(),
          endpointIdentifier: leg.endpoint.identifier,
          disengageReason: FORCED,
          ...reference,
          gatekeeperIdentifier: state.config.gatekeeperId,
          answeredCall: leg.answer,
          tokens,
        },
      };
    },
    event: {
      endpoint: leg.endpoint.serial,
      reason: 'forcedDrop',
      callId: callIdOf(reference),
    },
  };
}

/** What an unsolicited message is signed with: a random of its own. */
export const ownToken = (terminalId: string, randomOctets: (octets: number) => Uint8Array): AnswersTo => ({
  sendersID: terminalId,
  random: Buffer.from(randomOctets(4)).readInt32BE(),
});

export const hasSameKey = (a: TerminalRecord, b: TerminalRecord): boolean =>
  Buffer.compare(a.publicKey, b.publicKey) === 0;

/** Points an endpoint to its terminal's record in a new registry; false where it has none, or another key. */
export function relink(state: GatekeeperState, endpoint: Endpoint): boolean {
  const { terminal } = endpoint;
  if (terminal === undefined) return state.lab;
  const current = state.registry.terminals.get(terminal.terminalId);
  if (current === undefined || !hasSameKey(current, terminal)) return false;
  endpoint.terminal = current;
  return true;
}
