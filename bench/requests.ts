/** Requests of stock-like endpoints, encoded before a measurement begins. */
import { type RasMessage, rasMessage, type TransportAddress } from '../runtime/h225/index.ts';

const PROTOCOL = '0.0.8.2250.0.7';
const VENDOR = {
  vendor: { t35CountryCode: 9, t35Extension: 0, manufacturerCode: 61 },
  productId: Buffer.from('bench'),
};

/** Every endpoint has a signalling address of its own under 10.0.0.0/8. */
const addressOf = (n: number): TransportAddress => ({
  kind: 'ipAddress',
  value: { ip: Uint8Array.of(10, (n >> 16) & 255, (n >> 8) & 255, n & 255), port: 1720 },
});

const guidOf = (n: number, salt: number): Uint8Array => {
  const guid = Buffer.alloc(16);
  guid.writeUInt32BE(n + 1, 0);
  guid.writeUInt32BE(salt, 12);
  return guid;
};

/** A full RRQ: the first one of an endpoint, or a refresh that names its identifier. */
export const fullRegistration = (n: number, endpointIdentifier?: string): RasMessage => ({
  kind: 'registrationRequest',
  value: {
    requestSeqNum: 1,
    protocolIdentifier: PROTOCOL,
    discoveryComplete: true,
    callSignalAddress: [addressOf(n)],
    rasAddress: [addressOf(n)],
    terminalType: { vendor: VENDOR, terminal: {}, mc: false, undefinedNode: false },
    terminalAlias: [{ kind: 'h323-ID', value: `bench-${n}` }],
    endpointVendor: VENDOR,
    timeToLive: 3600,
    keepAlive: false,
    ...(endpointIdentifier !== undefined && { endpointIdentifier }),
    willSupplyUUIEs: false,
    maintainConnection: false,
  },
});

/** A lightweight RRQ. */
export const keepAlive = (endpointIdentifier: string): RasMessage => ({
  kind: 'registrationRequest',
  value: {
    requestSeqNum: 1,
    protocolIdentifier: PROTOCOL,
    discoveryComplete: true,
    callSignalAddress: [],
    rasAddress: [],
    terminalType: { mc: false, undefinedNode: false },
    endpointVendor: VENDOR,
    timeToLive: 3600,
    keepAlive: true,
    endpointIdentifier,
    willSupplyUUIEs: false,
    maintainConnection: false,
  },
});

export const admission = (n: number, endpointIdentifier: string): RasMessage => ({
  kind: 'admissionRequest',
  value: {
    requestSeqNum: 1,
    callType: { kind: 'pointToPoint', value: null },
    endpointIdentifier,
    destCallSignalAddress: addressOf(n + 1),
    srcInfo: [{ kind: 'h323-ID', value: `bench-${n}` }],
    bandWidth: 7680,
    callReferenceValue: (n % 32_767) + 1,
    conferenceID: guidOf(n, 1),
    activeMC: false,
    answerCall: false,
    canMapAlias: true,
    callIdentifier: { guid: guidOf(n, 2) },
    willSupplyUUIEs: false,
  },
});

export const disengagement = (n: number, endpointIdentifier: string): RasMessage => ({
  kind: 'disengageRequest',
  value: {
    requestSeqNum: 1,
    endpointIdentifier,
    conferenceID: guidOf(n, 1),
    callReferenceValue: (n % 32_767) + 1,
    disengageReason: { kind: 'normalDrop', value: null },
    callIdentifier: { guid: guidOf(n, 2) },
    answeredCall: false,
  },
});

/** The first of the two octets of requestSeqNum, which stand in the same place in all messages of one kind. */
export function seqOffset(message: RasMessage): number {
  const at = rasMessage.encode(message);
  if (!('requestSeqNum' in message.value)) throw new TypeError(`${message.kind} has no requestSeqNum`);
  const other: Buffer = Buffer.from(at);
  for (let offset = 0; offset + 1 < at.length; offset++) {
    at.copy(other);
    other.writeUInt16BE(0x1234, offset);
    try {
      const { value } = rasMessage.decode(other);
      if ('requestSeqNum' in value && value.requestSeqNum === 0x1235) return offset;
    } catch {
      // not there
    }
  }
  throw new TypeError(`no requestSeqNum found in ${message.kind}`);
}
