/**
 * What the gatekeepers of a zone share through the store, in aligned PER like everything else they exchange: bounded
 * when it is read, and extensible, so that two releases can serve side by side while a new one is rolled out.
 */

import { compile, type Infer, ia5String, integer, octetString, optional, sequence, sequenceOf } from '../asn1/index.ts';
import { AliasAddress, RAS_TAGS, type RasTag, TransportAddress } from '../h225/index.ts';
import type { EpochMilliseconds } from '../units.ts';
import type { Leg } from './model.ts';
import type { Answered } from './response-cache.ts';

const Peer = sequence({ address: ia5String({ min: 1, max: 45 }), port: integer(0, 65_535) });

const EndpointRecord = sequence(
  {
    serial: integer(0, 0xffffffff),
    terminalId: optional(ia5String({ min: 1, max: 128 })),
    aliases: sequenceOf(AliasAddress),
    signalAddresses: sequenceOf(TransportAddress),
    peer: Peer,
  },
  {},
);

const LegRecord = sequence(
  {
    conferenceID: octetString(16),
    callReferenceValue: integer(0, 65_535),
    /** Units of 100 bit/s. */
    units: integer(0, 0xffffffff),
  },
  {},
);

/** The abbreviations' numbers in the store: new ones are added behind. */
const TAGS = Object.values(RAS_TAGS);
const tag = integer(0, 255);

const AnsweredRecord = sequence(
  {
    /** Milliseconds since 1970, by the clock of the gatekeeper that answered. */
    at: integer(),
    /** Under which retransmissions are looked up. */
    key: integer(-0x8000_0000, 0x7fff_ffff),
    /** UTF-8; of a signed request, which must not be taken up again. */
    nonce: optional(octetString()),
    from: Peer,
    request: tag,
    octets: octetString(),
    response: optional(tag),
    answer: optional(octetString()),
  },
  {},
);
export interface AnsweredRecord extends Infer<typeof AnsweredRecord> {}

export const endpointRecord = compile('EndpointRecord', EndpointRecord);
export const legRecord = compile('LegRecord', LegRecord);
/** Several answers are one value: those of one transaction. */
export const answersRecord = compile('AnswersRecord', sequenceOf(AnsweredRecord), {
  depth: 8,
  elements: 8192,
  octets: 2 * 1024 * 1024,
});

const numberOfTag = (name: RasTag): number => TAGS.indexOf(name);

export function answeredRecord(
  { octets, from, request, response, answer }: Answered,
  at: EpochMilliseconds,
  key: number,
  nonce: string | undefined,
): AnsweredRecord {
  return {
    at,
    key: key | 0,
    nonce: nonce === undefined ? undefined : Buffer.from(nonce),
    from,
    request: numberOfTag(request),
    octets,
    response: response === undefined ? undefined : numberOfTag(response),
    answer,
  };
}

/** `undefined` for one of a newer release. */
export const tagOfNumber = (number: number): RasTag | undefined => TAGS[number];

/** Keys in the store, below the zone's state. */
export const ENDPOINTS = 'endpoint/';
export const LEGS = 'leg/';
export const ANSWERS = 'answers/';

export const endpointKey = (identifier: string): string => `${ENDPOINTS}${identifier}`;

/** One end of a call: an endpoint may be both ends of one. */
export const legKey = ({ endpoint, call, answer }: Pick<Leg, 'endpoint' | 'call' | 'answer'>): string =>
  `${LEGS}${endpoint.identifier}/${Buffer.from(call.key, 'latin1').toString('hex')}/${answer ? 'answered' : 'made'}`;

/** What a leg's key says; `undefined` where it is no leg's. */
export function parseLegKey(
  key: string,
): { readonly identifier: string; readonly call: string; readonly answer: boolean } | undefined {
  const match = /^leg\/([\w-]{1,64})\/((?:[0-9a-f]{2}){16,21})\/(made|answered)$/.exec(key);
  if (match === null) return undefined;
  const [, identifier = '', call = '', end] = match;
  return { identifier, call: Buffer.from(call, 'hex').toString('latin1'), answer: end === 'answered' };
}
