/**
 * What etcd v3 takes and gives, as far as it is needed here: names and field numbers of its published rpc.proto and
 * kv.proto (packages etcdserverpb and mvccpb). Fields that are not listed are skipped when they come.
 */

import protobuf from 'protobufjs/light.js';
import { z } from 'zod';
import { leaseId, revision } from '../../ha/index.ts';

/** Each field as `number type`; `[]` behind the type for a list. An enum travels as int32 does. */
const MESSAGES = {
  ResponseHeader: { revision: '3 int64' },
  KeyValue: { key: '1 bytes', modRevision: '3 int64', value: '5 bytes' },

  RangeRequest: { key: '1 bytes', rangeEnd: '2 bytes', limit: '3 int64', revision: '4 int64', countOnly: '9 bool' },
  RangeResponse: { header: '1 ResponseHeader', kvs: '2 KeyValue[]', more: '3 bool' },
  PutRequest: { key: '1 bytes', value: '2 bytes', lease: '3 int64' },
  DeleteRangeRequest: { key: '1 bytes' },
  RequestOp: {
    requestRange: '1 RangeRequest',
    requestPut: '2 PutRequest',
    requestDeleteRange: '3 DeleteRangeRequest',
  },
  Compare: { result: '1 int32', target: '2 int32', key: '3 bytes', modRevision: '6 int64' },
  TxnRequest: { compare: '1 Compare[]', success: '2 RequestOp[]', failure: '3 RequestOp[]' },
  TxnResponse: { header: '1 ResponseHeader', succeeded: '2 bool' },
  CompactionRequest: { revision: '1 int64', physical: '2 bool' },

  LeaseGrantRequest: { ttl: '1 int64' },
  LeaseGrantResponse: { id: '2 int64', ttl: '3 int64' },
  LeaseRevokeRequest: { id: '1 int64' },
  LeaseKeepAliveRequest: { id: '1 int64' },
  LeaseKeepAliveResponse: { id: '2 int64', ttl: '3 int64' },

  WatchCreateRequest: { key: '1 bytes', rangeEnd: '2 bytes', startRevision: '3 int64', fragment: '8 bool' },
  WatchRequest: { createRequest: '1 WatchCreateRequest' },
  Event: { type: '1 int32', kv: '2 KeyValue' },
  WatchResponse: {
    created: '3 bool',
    canceled: '4 bool',
    compactRevision: '5 int64',
    cancelReason: '6 string',
    fragment: '7 bool',
    events: '11 Event[]',
  },

  Member: {
    id: '1 uint64',
    name: '2 string',
    peerUrls: '3 string[]',
    clientUrls: '4 string[]',
    learner: '5 bool',
  },
  MemberAddRequest: { peerUrls: '1 string[]', learner: '2 bool' },
  MemberAddResponse: { member: '2 Member' },
  /** Of remove and promote alike. */
  MemberIdRequest: { id: '1 uint64' },
  MembersResponse: { members: '2 Member[]' },
  AlarmRequest: { action: '1 int32', memberId: '2 uint64', alarm: '3 int32' },
  AlarmMember: { memberId: '1 uint64', alarm: '2 int32' },
  AlarmResponse: { alarms: '2 AlarmMember[]' },
  StatusResponse: {
    version: '2 string',
    dbSize: '3 int64',
    leader: '4 uint64',
    raftIndex: '5 uint64',
    raftTerm: '6 uint64',
    errors: '8 string[]',
    dbSizeInUse: '9 int64',
    learner: '10 bool',
  },
  SnapshotResponse: { remainingBytes: '2 uint64', blob: '3 bytes' },
  Empty: {},
} as const satisfies Readonly<Record<string, Readonly<Record<string, string>>>>;

export type MessageName = keyof typeof MESSAGES;

const root = new protobuf.Root();
for (const [name, fields] of Object.entries(MESSAGES)) {
  const type = new protobuf.Type(name);
  for (const [field, described] of Object.entries(fields)) {
    const [number, kind = ''] = described.split(' ');
    const list = kind.endsWith('[]');
    type.add(new protobuf.Field(field, Number(number), list ? kind.slice(0, -2) : kind, list ? 'repeated' : undefined));
  }
  root.add(type);
}
root.resolveAll();

/** What is encoded by name: field names to values; 64-bit numbers as safe numbers or as decimal digits. */
export type Fields = Readonly<Record<string, unknown>>;

export function encodeMessage(name: MessageName, fields: Fields): Buffer {
  return Buffer.from(root.lookupType(name).encode(fields).finish());
}

/** The fields of a message, with what is missing at its default, 64-bit numbers as decimal digits. */
export function decodeMessage(name: MessageName, octets: Uint8Array): Fields {
  const type = root.lookupType(name);
  return type.toObject(type.decode(octets), { longs: String, defaults: true });
}

/** A 64-bit number as digits, to a number that is exact. */
export const count = z.string().transform((digits, context) => {
  const value = Number(digits);
  if (Number.isSafeInteger(value)) return value;
  context.addIssue({ code: 'custom', message: `${digits} is more than a number can hold exactly` });
  return z.NEVER;
});

export const revisionField = count.transform((value) => revision(value));
export const leaseField = z.string().transform((digits) => leaseId(digits));
/** A view into the message that came: who keeps it copies it. */
export const octetsField = z.instanceof(Uint8Array);

/** uint64 as etcd shows it to people: hexadecimal, no leading zeros. */
export const hexField = z.string().transform((digits) => BigInt(digits).toString(16));
