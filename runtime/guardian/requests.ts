/** The requests of a terminal, each a function of its number and its signature. */

import type {
  AliasAddress,
  EndpointType,
  RasMessage,
  SocketAddress,
  TransportAddress,
  VendorIdentifier,
} from '../h225/index.ts';
import { PROTOCOL_IDENTIFIER, toTransportAddress } from '../h225/index.ts';
import type { ClearToken } from '../h235/index.ts';
import type { BandwidthUnits } from '../units.ts';
import type { GuardianCall } from './call-table.ts';

/** What a terminal says of itself. */
export interface Terminal {
  readonly terminalId: string;
  readonly aliases: readonly AliasAddress[];
  readonly rasAddress: TransportAddress;
  readonly callSignalAddress: TransportAddress;
  /** Seconds asked for. */
  readonly timeToLive: number;
  readonly product: Uint8Array;
  readonly version: Uint8Array;
}

/** What a gatekeeper gave a terminal when it registered. */
export interface Registration {
  readonly endpointIdentifier: string;
  /** It answers IRRs that ask for it. */
  readonly willRespondToIRR: boolean;
}

/** What stands in every message, whichever it is. */
export interface Header {
  readonly requestSeqNum: number;
  readonly tokens?: readonly ClearToken[];
}

export type Build = (header: Header) => RasMessage;

const choose = <K extends string>(kind: K): { readonly kind: K; readonly value: null } => ({ kind, value: null });

const vendorOf = ({ product, version }: Terminal): VendorIdentifier => ({
  vendor: { t35CountryCode: 0, t35Extension: 0, manufacturerCode: 0 },
  productId: product,
  versionId: version,
});

const typeOf = (terminal: Terminal): EndpointType => ({
  vendor: vendorOf(terminal),
  terminal: {},
  mc: false,
  undefinedNode: false,
});

const namesOf = ({ terminalId, aliases }: Terminal): readonly AliasAddress[] => [
  { kind: 'url-ID', value: terminalId },
  ...aliases,
];

/** GRQ (H.225.0 clause 7.8). */
export const discovery =
  (terminal: Terminal, gatekeeperIdentifier: string): Build =>
  (header) => ({
    kind: 'gatekeeperRequest',
    value: {
      protocolIdentifier: PROTOCOL_IDENTIFIER,
      rasAddress: terminal.rasAddress,
      endpointType: typeOf(terminal),
      gatekeeperIdentifier,
      endpointAlias: namesOf(terminal),
      supportsAltGK: null,
      ...header,
    },
  });

/** Full RRQ (clause 7.9). `endpointIdentifier`: of a registration that this one is to go on with, calls and all. */
export const registration =
  (terminal: Terminal, gatekeeperIdentifier: string, endpointIdentifier: string | undefined): Build =>
  (header) => ({
    kind: 'registrationRequest',
    value: {
      protocolIdentifier: PROTOCOL_IDENTIFIER,
      discoveryComplete: true,
      callSignalAddress: [terminal.callSignalAddress],
      rasAddress: [terminal.rasAddress],
      terminalType: typeOf(terminal),
      terminalAlias: namesOf(terminal),
      gatekeeperIdentifier,
      endpointVendor: vendorOf(terminal),
      timeToLive: terminal.timeToLive,
      keepAlive: false,
      ...(endpointIdentifier !== undefined && { endpointIdentifier }),
      willSupplyUUIEs: false,
      maintainConnection: false,
      supportsAltGK: null,
      ...header,
    },
  });

/** Lightweight RRQ (H.323 clause 7.2.2). */
export const renewal =
  (terminal: Terminal, gatekeeperIdentifier: string, { endpointIdentifier }: Registration): Build =>
  (header) => ({
    kind: 'registrationRequest',
    value: {
      protocolIdentifier: PROTOCOL_IDENTIFIER,
      discoveryComplete: true,
      callSignalAddress: [terminal.callSignalAddress],
      rasAddress: [terminal.rasAddress],
      terminalType: typeOf(terminal),
      gatekeeperIdentifier,
      endpointVendor: vendorOf(terminal),
      timeToLive: terminal.timeToLive,
      keepAlive: true,
      endpointIdentifier,
      willSupplyUUIEs: false,
      maintainConnection: false,
      ...header,
    },
  });

/** URQ (clause 7.10). Without an identifier the addresses say who leaves. */
export const unregistration =
  (terminal: Terminal, gatekeeperIdentifier: string, endpointIdentifier: string | undefined): Build =>
  (header) => ({
    kind: 'unregistrationRequest',
    value: {
      callSignalAddress: [terminal.callSignalAddress],
      ...(endpointIdentifier !== undefined && { endpointIdentifier }),
      gatekeeperIdentifier,
      ...header,
    },
  });

/** What names a call in each of its messages. */
const reference = (call: GuardianCall) => ({
  conferenceID: call.conferenceID,
  callReferenceValue: call.callReferenceValue,
  callIdentifier: { guid: call.callIdentifier },
});

const isAlias = (party: AliasAddress | SocketAddress): party is AliasAddress => 'kind' in party;

/** ARQ (clause 7.11). Who answers a call is its destination, and the other party its source. */
export function admission(
  terminal: Terminal,
  gatekeeperIdentifier: string,
  endpointIdentifier: string,
  call: GuardianCall,
): Build {
  const { party, answer } = call;
  const other = isAlias(party) ? [party] : undefined;
  const address = isAlias(party) ? undefined : toTransportAddress(party);
  const parties = answer
    ? {
        destinationInfo: namesOf(terminal),
        destCallSignalAddress: terminal.callSignalAddress,
        srcInfo: other ?? [],
        ...(address !== undefined && { srcCallSignalAddress: address }),
      }
    : {
        ...(other !== undefined && { destinationInfo: other }),
        ...(address !== undefined && { destCallSignalAddress: address }),
        srcInfo: namesOf(terminal),
        srcCallSignalAddress: terminal.callSignalAddress,
      };
  return (header) => ({
    kind: 'admissionRequest',
    value: {
      callType: choose('pointToPoint'),
      callModel: choose('direct'),
      endpointIdentifier,
      ...parties,
      bandWidth: call.wanted,
      activeMC: false,
      answerCall: answer,
      canMapAlias: false,
      ...reference(call),
      gatekeeperIdentifier,
      willSupplyUUIEs: false,
      ...header,
    },
  });
}

/** BRQ (clause 7.12). */
export const bandwidthChange =
  (gatekeeperIdentifier: string, endpointIdentifier: string, call: GuardianCall, bandWidth: BandwidthUnits): Build =>
  (header) => ({
    kind: 'bandwidthRequest',
    value: {
      endpointIdentifier,
      callType: choose('pointToPoint'),
      bandWidth,
      ...reference(call),
      gatekeeperIdentifier,
      answeredCall: call.answer,
      ...header,
    },
  });

/** DRQ (clause 7.13). */
export const disengagement =
  (gatekeeperIdentifier: string, endpointIdentifier: string, call: GuardianCall): Build =>
  (header) => ({
    kind: 'disengageRequest',
    value: {
      endpointIdentifier,
      disengageReason: choose('normalDrop'),
      ...reference(call),
      gatekeeperIdentifier,
      answeredCall: call.answer,
      ...header,
    },
  });

/** What an IRR says besides who sends it. */
export interface Report {
  readonly calls: readonly GuardianCall[];
  /** Nobody asked for it. */
  readonly unsolicited: boolean;
  readonly needResponse: boolean;
  readonly status: 'complete' | 'incomplete' | 'invalidCall' | { readonly segment: number };
}

/** IRR (clause 7.15). */
export const statusReport =
  (terminal: Terminal, endpointIdentifier: string, { calls, unsolicited, needResponse, status }: Report): Build =>
  (header) => ({
    kind: 'infoRequestResponse',
    value: {
      endpointType: typeOf(terminal),
      endpointIdentifier,
      rasAddress: terminal.rasAddress,
      callSignalAddress: [terminal.callSignalAddress],
      ...(calls.length > 0 && {
        perCallInfo: calls.map((call) => ({
          ...reference(call),
          originator: !call.answer,
          h245: {},
          callSignaling: {},
          callType: choose('pointToPoint'),
          bandWidth: call.granted,
          callModel: choose(call.routed ? 'gatekeeperRouted' : 'direct'),
          substituteConfIDs: [],
        })),
      }),
      needResponse,
      irrStatus: typeof status === 'string' ? choose(status) : { kind: 'segment', value: status.segment },
      unsolicited,
      ...header,
    },
  });
