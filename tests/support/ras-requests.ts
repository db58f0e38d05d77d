/** RAS requests of terminals, unsigned; every field can be given another value. */
import type {
  AdmissionRequest,
  BandwidthRequest,
  DisengageRequest,
  GatekeeperRequest,
  InfoRequestResponse,
  RasMessage,
  RegistrationRequest,
  TransportAddress,
  UnregistrationRequest,
} from '../../runtime/h225/index.ts';

export const PROTOCOL = '0.0.8.2250.0.7';
const VENDOR = { vendor: { t35CountryCode: 9, t35Extension: 0, manufacturerCode: 61 } };
const TERMINAL = { vendor: VENDOR, terminal: {}, mc: false, undefinedNode: false };

/** Sixteen octets that stand for call `n`. */
export const guid = (n: number): Uint8Array => {
  const octets = Buffer.alloc(16, 0xc0);
  octets.writeUInt32BE(n, 0);
  return octets;
};

/** What every message about call `n` names it by. */
export const callOf = (n: number) => ({
  callIdentifier: { guid: guid(n) },
  conferenceID: guid(n + 0x1000_0000),
  callReferenceValue: n % 65_536,
});

type Common<T> = Partial<T> & { readonly requestSeqNum: number };
type Named<T> = Common<T> & { readonly endpointIdentifier: string };

export const grq = (more: Common<GatekeeperRequest> & Pick<GatekeeperRequest, 'rasAddress'>): RasMessage => ({
  kind: 'gatekeeperRequest',
  value: { protocolIdentifier: PROTOCOL, endpointType: TERMINAL, supportsAssignedGK: false, ...more },
});

export const rrq = (
  more: Common<RegistrationRequest> & Pick<RegistrationRequest, 'rasAddress' | 'callSignalAddress'>,
): RasMessage => ({
  kind: 'registrationRequest',
  value: {
    protocolIdentifier: PROTOCOL,
    discoveryComplete: true,
    terminalType: TERMINAL,
    endpointVendor: VENDOR,
    keepAlive: false,
    willSupplyUUIEs: false,
    maintainConnection: false,
    supportsAssignedGK: false,
    ...more,
  },
});

export const urq = (more: Common<UnregistrationRequest>): RasMessage => ({
  kind: 'unregistrationRequest',
  value: { callSignalAddress: [], ...more },
});

export const arq = (call: number, more: Named<AdmissionRequest>): RasMessage => ({
  kind: 'admissionRequest',
  value: {
    ...callOf(call),
    callType: { kind: 'pointToPoint', value: null },
    srcInfo: [],
    bandWidth: 10_000,
    activeMC: false,
    answerCall: false,
    canMapAlias: true,
    willSupplyUUIEs: false,
    canMapSrcAlias: false,
    ...more,
  },
});

export const brq = (call: number, more: Named<BandwidthRequest>): RasMessage => ({
  kind: 'bandwidthRequest',
  value: { ...callOf(call), bandWidth: 10_000, answeredCall: false, ...more },
});

export const drq = (call: number, more: Named<DisengageRequest>): RasMessage => ({
  kind: 'disengageRequest',
  value: {
    ...callOf(call),
    disengageReason: { kind: 'normalDrop', value: null },
    answeredCall: false,
    ...more,
  },
});

export const irr = (more: Named<InfoRequestResponse> & { readonly rasAddress: TransportAddress }): RasMessage => ({
  kind: 'infoRequestResponse',
  value: { endpointType: TERMINAL, callSignalAddress: [], needResponse: true, unsolicited: true, ...more },
});
