import { createPrivateKey, createPublicKey, sign } from 'node:crypto';
import {
  type AlternateGK,
  encodeSigned,
  findToken,
  type PolicyCode,
  policyData,
  type RasMessage,
  rasMessage,
  type SocketAddress,
  type TokenFields,
  type TransportAddress,
  toTransportAddress,
} from '../../runtime/h225/index.ts';
import type { ClearToken } from '../../runtime/h235/index.ts';
import type { EpochMilliseconds } from '../../runtime/units.ts';

/** An Ed25519 key of a test: the same for the same name, and worth nothing. */
export function testKey(name: string): {
  publicKey: Uint8Array;
  seed: Uint8Array;
  sign: (o: Uint8Array) => Uint8Array;
} {
  const seed = Buffer.alloc(32, name);
  const der = Buffer.concat([Buffer.from('302e020100300506032b657004220420', 'hex'), seed]);
  const key = createPrivateKey({ key: der, format: 'der', type: 'pkcs8' });
  const publicKey = createPublicKey(key).export({ format: 'der', type: 'spki' }).subarray(-32);
  return { publicKey, seed, sign: (octets) => sign(null, octets, key) };
}

export function transport(address: SocketAddress): TransportAddress {
  const found = toTransportAddress(address);
  if (found === undefined) throw new TypeError(`'${address.address}' is no IP address`);
  return found;
}

/** A request as the script sees it. */
export interface Asked {
  readonly message: RasMessage;
  readonly octets: Uint8Array;
}

export interface Header {
  readonly requestSeqNum: number;
  readonly tokens?: readonly ClearToken[];
}
export type Answer = (header: Header) => RasMessage;

type AdmissionReason =
  | 'calledPartyNotRegistered'
  | 'callerNotRegistered'
  | 'invalidEndpointIdentifier'
  | 'requestDenied'
  | 'resourceUnavailable'
  | 'securityDenial';

const none = <K extends string>(kind: K): { readonly kind: K; readonly value: null } => ({ kind, value: null });

/** A gatekeeper that says what a test lets it say, signed with a key of its own. It keeps no state. */
export class ScriptedGatekeeper {
  readonly gatekeeperId: string;
  readonly ras: SocketAddress;
  readonly publicKey: Uint8Array;
  readonly #sign: (octets: Uint8Array) => Uint8Array;
  #random = 1_000_000;

  constructor(gatekeeperId: string, ras: SocketAddress, keyName = gatekeeperId) {
    const { publicKey, sign: signer } = testKey(keyName);
    this.gatekeeperId = gatekeeperId;
    this.ras = ras;
    this.publicKey = publicKey;
    this.#sign = signer;
  }

  /** How a terminal's settings name it. */
  get trusted() {
    return { ras: this.ras, gatekeeperId: this.gatekeeperId, publicKeys: [this.publicKey] };
  }

  /** Signs an answer to a request; `fields` puts wrong things into its token. */
  answer({ message, octets }: Asked, build: Answer, at: EpochMilliseconds, fields: Partial<TokenFields> = {}): Buffer {
    const token = findToken(message, octets);
    if (typeof token === 'string') throw new TypeError(`the request's token is ${token}`);
    return this.#encode(build, seqOf(message), at, { generalID: token.sendersID, random: token.random, ...fields });
  }

  /** The same without a signature: what anybody can make. */
  unsigned({ message }: Asked, build: Answer): Buffer {
    return rasMessage.encode(build({ requestSeqNum: seqOf(message) }));
  }

  /** A request of the gatekeeper's own. */
  order(build: Answer, terminalId: string, at: EpochMilliseconds, fields: Partial<TokenFields> = {}): Buffer {
    return this.#encode(build, 7, at, { generalID: terminalId, random: ++this.#random, ...fields });
  }

  #encode(
    build: Answer,
    requestSeqNum: number,
    at: EpochMilliseconds,
    fields: Partial<TokenFields> & Pick<TokenFields, 'generalID' | 'random'>,
  ): Buffer {
    const complete = { sendersID: this.gatekeeperId, timeStamp: Math.floor(at / 1000), ...fields };
    return encodeSigned((tokens) => build({ requestSeqNum, tokens }), complete, this.#sign);
  }
}

export function seqOf({ value }: RasMessage): number {
  if (!('requestSeqNum' in value)) throw new TypeError('the message has no number');
  return value.requestSeqNum;
}

/** What a standby answers: the reject of a request that sends it on to `to` (H.225.0 `AltGKInfo`). */
export function sentOn(tag: 'RRQ' | 'ARQ' | 'BRQ' | 'DRQ' | 'URQ' | 'IRR', to: ScriptedGatekeeper): Answer {
  const alternate = {
    rasAddress: transport(to.ras),
    gatekeeperIdentifier: to.gatekeeperId,
    needToRegister: false,
    priority: 0,
  };
  const altGKInfo = { alternateGatekeeper: [alternate], altGKisPermanent: false };
  return (header) => {
    const common = { altGKInfo, ...header };
    const version = { protocolIdentifier: '0.0.8.2250.0.8' };
    switch (tag) {
      case 'RRQ':
        return {
          kind: 'registrationReject',
          value: { rejectReason: none('resourceUnavailable'), ...version, ...common },
        };
      case 'ARQ':
        return { kind: 'admissionReject', value: { rejectReason: none('resourceUnavailable'), ...common } };
      case 'BRQ':
        return {
          kind: 'bandwidthReject',
          value: { rejectReason: none('undefinedReason'), allowedBandWidth: 0, ...common },
        };
      case 'DRQ':
        return { kind: 'disengageReject', value: { rejectReason: none('notRegistered'), ...common } };
      case 'URQ':
        return { kind: 'unregistrationReject', value: { rejectReason: none('undefinedReason'), ...common } };
      case 'IRR':
        return { kind: 'infoRequestNak', value: { nakReason: none('undefinedReason'), ...common } };
    }
  };
}

/** Answers that a test says by name. */
export const say = {
  gcf:
    (gatekeeper: ScriptedGatekeeper, alternates?: readonly AlternateGK[]): Answer =>
    (header) => ({
      kind: 'gatekeeperConfirm',
      value: {
        protocolIdentifier: '0.0.8.2250.0.8',
        gatekeeperIdentifier: gatekeeper.gatekeeperId,
        rasAddress: transport(gatekeeper.ras),
        ...(alternates !== undefined && { alternateGatekeeper: alternates }),
        ...header,
      },
    }),
  rcf:
    (endpointIdentifier: string, more: { timeToLive?: number; alternates?: readonly AlternateGK[] } = {}): Answer =>
    (header) => ({
      kind: 'registrationConfirm',
      value: {
        protocolIdentifier: '0.0.8.2250.0.8',
        callSignalAddress: [],
        endpointIdentifier,
        ...(more.alternates !== undefined && { alternateGatekeeper: more.alternates }),
        ...(more.timeToLive !== undefined && { timeToLive: more.timeToLive }),
        willRespondToIRR: true,
        ...header,
      },
    }),
  rrj:
    (reason: 'fullRegistrationRequired' | 'discoveryRequired' | 'securityDenial' | 'resourceUnavailable'): Answer =>
    (header) => ({
      kind: 'registrationReject',
      value: { protocolIdentifier: '0.0.8.2250.0.8', rejectReason: none(reason), ...header },
    }),
  acf:
    (bandWidth: number, irrFrequency?: number): Answer =>
    (header) => ({
      kind: 'admissionConfirm',
      value: {
        bandWidth,
        callModel: none('direct'),
        destCallSignalAddress: transport({ address: '192.0.2.80', port: 1720 }),
        ...(irrFrequency !== undefined && { irrFrequency }),
        ...header,
      },
    }),
  arj:
    (reason: AdmissionReason, policy?: PolicyCode): Answer =>
    (header) => ({
      kind: 'admissionReject',
      value: {
        rejectReason: none(reason),
        ...(policy !== undefined && { nonStandardData: policyData(policy) }),
        ...header,
      },
    }),
  bcf:
    (bandWidth: number): Answer =>
    (header) => ({ kind: 'bandwidthConfirm', value: { bandWidth, ...header } }),
  brj:
    (reason: 'insufficientResources' | 'notBound', allowedBandWidth: number): Answer =>
    (header) => ({ kind: 'bandwidthReject', value: { rejectReason: none(reason), allowedBandWidth, ...header } }),
  dcf: (): Answer => (header) => ({ kind: 'disengageConfirm', value: header }),
  drj: (): Answer => (header) => ({
    kind: 'disengageReject',
    value: { rejectReason: none('notRegistered'), ...header },
  }),
  ucf: (): Answer => (header) => ({ kind: 'unregistrationConfirm', value: header }),
  iack: (): Answer => (header) => ({ kind: 'infoRequestAck', value: header }),
  inak: (): Answer => (header) => ({ kind: 'infoRequestNak', value: { nakReason: none('notRegistered'), ...header } }),
  rip:
    (delay: number): Answer =>
    (header) => ({ kind: 'requestInProgress', value: { delay, ...header } }),
  urq:
    (endpointIdentifier: string, reason: 'ttlExpired' | 'securityDenial' | 'maintenance' = 'ttlExpired'): Answer =>
    (header) => ({
      kind: 'unregistrationRequest',
      value: { callSignalAddress: [], endpointIdentifier, reason: none(reason), ...header },
    }),
};
