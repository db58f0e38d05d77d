import {
  type AlternateGK,
  type BandwidthRequest,
  type DisengageRequest,
  type RasMessage,
  type SocketAddress,
  toSocketAddress,
  type UnregistrationRequest,
} from '../h225/index.ts';
import { bandwidthUnits } from '../units.ts';
import type { CallDesk } from './call-desk.ts';
import { answerToInquiry } from './reports.ts';
import type { Build, Registration, Terminal } from './requests.ts';

/** What a gatekeeper asks of a terminal. */
export type Order = Extract<
  RasMessage,
  { kind: 'unregistrationRequest' | 'disengageRequest' | 'bandwidthRequest' | 'infoRequest' }
>;

const ORDERS: ReadonlySet<string> = new Set<Order['kind']>([
  'unregistrationRequest',
  'disengageRequest',
  'bandwidthRequest',
  'infoRequest',
]);

export const isOrder = (message: RasMessage): message is Order => ORDERS.has(message.kind);

/** The gatekeeper has ended the registration. */
export interface Ejection {
  readonly reason: string;
  readonly alternates: readonly AlternateGK[] | undefined;
}

/** How an order is answered. What it does to calls is done when this is given. */
export interface Obedience {
  readonly reply: Build;
  /** Where the answer goes instead of to the gatekeeper. */
  readonly to?: SocketAddress | undefined;
  readonly ejection?: Ejection;
}

/** Does what the gatekeeper asks, which must be known to be its own (H.225.0 clauses 7.10, 7.12, 7.13, 7.15). */
export function obey(order: Order, terminal: Terminal, registration: Registration, desk: CallDesk): Obedience {
  switch (order.kind) {
    case 'unregistrationRequest':
      return leave(order.value, registration);
    case 'disengageRequest':
      return disengage(order.value, registration, desk);
    case 'bandwidthRequest':
      return changeBandwidth(order.value, registration, desk);
    case 'infoRequest': {
      const { replyAddress } = order.value;
      const to = replyAddress === undefined ? undefined : toSocketAddress(replyAddress);
      return { reply: answerToInquiry(terminal, registration, desk, order.value), to };
    }
  }
}

const isOurs = (identifier: string | undefined, { endpointIdentifier }: Registration): boolean =>
  identifier === undefined || identifier === endpointIdentifier;

function leave(request: UnregistrationRequest, registration: Registration): Obedience {
  const { endpointIdentifier, reason, alternateGatekeeper } = request;
  if (!isOurs(endpointIdentifier, registration)) {
    const rejectReason = { kind: 'notCurrentlyRegistered', value: null } as const;
    return { reply: (header) => ({ kind: 'unregistrationReject', value: { rejectReason, ...header } }) };
  }
  return {
    reply: (header) => ({ kind: 'unregistrationConfirm', value: header }),
    ejection: { reason: reason?.kind ?? 'undefinedReason', alternates: alternateGatekeeper },
  };
}

function disengage(request: DisengageRequest, registration: Registration, desk: CallDesk): Obedience {
  const { endpointIdentifier, callIdentifier, callReferenceValue, answeredCall, disengageReason } = request;
  if (!isOurs(endpointIdentifier, registration)) {
    const rejectReason = { kind: 'notRegistered', value: null } as const;
    return { reply: (header) => ({ kind: 'disengageReject', value: { rejectReason, ...header } }) };
  }
  const call = desk.table.find(callIdentifier?.guid, callReferenceValue, answeredCall);
  if (call !== undefined) desk.drop(call, disengageReason.kind);
  // A call that is not known is over already, which is what is asked for.
  return { reply: (header) => ({ kind: 'disengageConfirm', value: header }) };
}

function changeBandwidth(request: BandwidthRequest, registration: Registration, desk: CallDesk): Obedience {
  const { endpointIdentifier, callIdentifier, callReferenceValue, answeredCall, bandWidth } = request;
  const isKnown = isOurs(endpointIdentifier, registration);
  const call = isKnown ? desk.table.find(callIdentifier?.guid, callReferenceValue, answeredCall) : undefined;
  if (call?.state !== 'live') {
    const rejectReason = { kind: isKnown ? 'invalidConferenceID' : 'notBound', value: null } as const;
    const value = { rejectReason, allowedBandWidth: 0 };
    return { reply: (header) => ({ kind: 'bandwidthReject', value: { ...value, ...header } }) };
  }
  desk.ordered(call, bandwidthUnits(bandWidth));
  return { reply: (header) => ({ kind: 'bandwidthConfirm', value: { bandWidth, ...header } }) };
}
