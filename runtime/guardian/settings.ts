import { createPublicKey, type KeyObject } from 'node:crypto';
import { PerEncodeError } from '../asn1/index.ts';
import {
  type AliasAddress,
  rasMessage,
  type SocketAddress,
  type TransportAddress,
  toTransportAddress,
} from '../h225/index.ts';
import { GuardianError } from './errors.ts';
import { discovery, registration, type Terminal } from './requests.ts';
import { DEFAULT_TIMERS, type GuardianTimers, LONGEST_PATIENCE } from './timers.ts';

/** A gatekeeper that a terminal trusts. */
export interface TrustedGatekeeper {
  readonly ras: SocketAddress;
  /** BMPString(1..128). */
  readonly gatekeeperId: string;
  /**
   * Ed25519, 32 octets each: the key that it signs with, and while that is being replaced also the other one, 1 or 2. An
   * answer counts that any of them has signed. Only an unsigned terminal does without.
   */
  readonly publicKeys?: readonly Uint8Array[];
}

/** What a terminal is told before it starts. */
export interface GuardianSettings {
  /** Its name in the registry, `if://…`: 1 to 128 printable ASCII characters. It registers as a `url-ID` with it. */
  readonly terminalId: string;
  /** Further names, at most 15. */
  readonly aliases?: readonly AliasAddress[];
  /** Where it receives RAS datagrams and calls: IP addresses, as the gatekeeper and other terminals reach them. */
  readonly rasAddress: SocketAddress;
  readonly callSignalAddress: SocketAddress;
  /**
   * In order of preference, 1 to 16. What they say of alternates counts for gatekeepers of this list alone. Those with
   * the same identifier and keys are one zone: they share their registrations, and a request may go to any of them.
   */
  readonly gatekeepers: readonly TrustedGatekeeper[];
  /** Seconds, 1 to 4294967295; the gatekeeper may grant less. 60 unless told otherwise. */
  readonly requestedTimeToLive?: number;
  /** Shown to the gatekeeper, 1 to 256 octets each. */
  readonly product?: string;
  readonly version?: string;
  readonly timers?: Partial<GuardianTimers>;
  /** For the lab policy: no signatures are made, and none are asked for in answers. */
  readonly unsigned?: boolean;
}

/** A gatekeeper as it is spoken to. */
export interface Gatekeeper {
  readonly ras: SocketAddress;
  readonly gatekeeperId: string;
  /** What its signatures are checked by, in no order; none where nothing is signed. */
  readonly keys: readonly KeyObject[];
  /** False for an alternate that shares the registrations of the gatekeeper that named it. */
  readonly needToRegister: boolean;
}

/** Whether two gatekeepers are one to a terminal: their registrations, and the signatures for and by them, are the same. */
export const isOneZone = (a: Gatekeeper, b: Gatekeeper): boolean =>
  a.gatekeeperId === b.gatekeeperId &&
  (a.keys === b.keys ||
    (a.keys.length === b.keys.length && a.keys.every((key) => b.keys.some((one) => one.equals(key)))));

/** Settings that have been looked at. */
export interface Profile {
  readonly terminal: Terminal;
  readonly gatekeepers: readonly Gatekeeper[];
  readonly timers: GuardianTimers;
  readonly signed: boolean;
}

/** DER before the 32 octets of an Ed25519 public key (RFC 8410 clause 4). */
const SPKI = Buffer.from('302a300506032b6570032100', 'hex');
const MOST_GATEKEEPERS = 16;
const MOST_ALIASES = 15;
/** Each false answer costs so many verifications. */
const MOST_KEYS = 2;

/** @throws GuardianError `INVALID_SETTINGS` */
export function profileOf(settings: GuardianSettings): Profile {
  const { terminalId, aliases = [], unsigned = false, gatekeepers, product = 'Guardian Council terminal' } = settings;
  if (!/^[\x21-\x7e]{1,128}$/.test(terminalId)) invalid(`terminal id '${terminalId}' is not 1 to 128 ASCII characters`);
  if (aliases.length > MOST_ALIASES) invalid(`${aliases.length} aliases are more than ${MOST_ALIASES}`);
  if (gatekeepers.length < 1 || gatekeepers.length > MOST_GATEKEEPERS)
    invalid(`${gatekeepers.length} gatekeepers are not 1 to ${MOST_GATEKEEPERS}`);
  const timers = { ...DEFAULT_TIMERS, ...settings.timers };
  for (const [name, value] of Object.entries(timers))
    if (!(value > 0) || !Number.isFinite(value)) invalid(`timers.${name} cannot be ${value}`);
  if (Math.max(timers.retransmitAfter, timers.leastRetransmit) > timers.mostRetransmit)
    invalid(`timers.mostRetransmit cannot be ${timers.mostRetransmit}, less than the others`);
  if (timers.patience > LONGEST_PATIENCE)
    invalid(`timers.patience cannot be ${timers.patience}, more than ${LONGEST_PATIENCE}`);
  const profile: Profile = {
    terminal: {
      terminalId,
      aliases,
      rasAddress: transport(settings.rasAddress),
      callSignalAddress: transport(settings.callSignalAddress),
      timeToLive: settings.requestedTimeToLive ?? 60,
      product: Buffer.from(product),
      version: Buffer.from(settings.version ?? '1'),
    },
    gatekeepers: gatekeepers.map((gatekeeper) => trusted(gatekeeper, unsigned)),
    timers,
    signed: !unsigned,
  };
  // What the messages cannot hold is found here, not when the first one is to be sent.
  for (const { gatekeeperId } of profile.gatekeepers)
    try {
      rasMessage.encode(discovery(profile.terminal, gatekeeperId)({ requestSeqNum: 1 }));
      rasMessage.encode(registration(profile.terminal, gatekeeperId, undefined)({ requestSeqNum: 1 }));
    } catch (cause) {
      if (!(cause instanceof PerEncodeError)) throw cause;
      throw new GuardianError('INVALID_SETTINGS', cause.message, { cause });
    }
  return profile;
}

function invalid(message: string): never {
  throw new GuardianError('INVALID_SETTINGS', message);
}

function transport(address: SocketAddress): TransportAddress {
  return toTransportAddress(address) ?? invalid(`'${address.address}' is no IP address`);
}

function trusted({ ras, gatekeeperId, publicKeys = [] }: TrustedGatekeeper, unsigned: boolean): Gatekeeper {
  transport(ras);
  return { ras, gatekeeperId, keys: unsigned ? [] : pinned(publicKeys, gatekeeperId), needToRegister: true };
}

function pinned(publicKeys: readonly Uint8Array[], gatekeeperId: string): readonly KeyObject[] {
  if (publicKeys.length === 0) invalid(`gatekeeper '${gatekeeperId}' has no public key`);
  if (publicKeys.length > MOST_KEYS)
    invalid(`gatekeeper '${gatekeeperId}' has ${publicKeys.length} public keys, ${MOST_KEYS} at most`);
  if (new Set(publicKeys.map((key) => Buffer.from(key).toString('hex'))).size < publicKeys.length)
    invalid(`gatekeeper '${gatekeeperId}' has one public key twice`);
  return publicKeys.map((publicKey) => keyObject(publicKey, gatekeeperId));
}

function keyObject(publicKey: Uint8Array, gatekeeperId: string): KeyObject {
  if (publicKey.length !== 32) invalid(`the public key of '${gatekeeperId}' has not 32 octets`);
  return createPublicKey({ key: Buffer.concat([SPKI, publicKey]), format: 'der', type: 'spki' });
}
