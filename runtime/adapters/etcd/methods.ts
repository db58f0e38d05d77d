/** The calls that the store makes, each with what it sends and what it understands of the answer. */

import { z } from 'zod';
import { StoreError } from '../../ha/index.ts';
import {
  count,
  decodeMessage,
  encodeMessage,
  type Fields,
  leaseField,
  type MessageName,
  octetsField,
  revisionField,
} from './wire.ts';

/** One gRPC method, unary or streaming. */
export interface Method<Request, Response> {
  readonly path: string;
  encode(request: Request): Buffer;
  /** @throws StoreError REFUSED for what is no such answer */
  decode(octets: Uint8Array): Response;
}

/** @param service such as `KV/Range`, without etcd's package */
export function method<Request extends Fields, Response>(
  service: string,
  takes: MessageName,
  gives: MessageName,
  schema: z.ZodType<Response>,
): Method<Request, Response> {
  return {
    path: `/etcdserverpb.${service}`,
    encode: (request) => encodeMessage(takes, request),
    decode(octets) {
      try {
        return schema.parse(decodeMessage(gives, octets));
      } catch (cause) {
        throw new StoreError('REFUSED', `an answer to ${service} cannot be read`, { cause });
      }
    },
  };
}

const header = z.object({ revision: revisionField });

const keyValue = z.object({
  key: octetsField,
  modRevision: revisionField,
  value: octetsField,
});

const rangeResponse = z.object({ header, kvs: z.array(keyValue), more: z.boolean() });
export type RangeRequest = {
  readonly key: Uint8Array;
  readonly rangeEnd?: Uint8Array;
  readonly limit?: number;
  readonly revision?: number;
  readonly countOnly?: boolean;
};
export const range: Method<RangeRequest, z.infer<typeof rangeResponse>> = method(
  'KV/Range',
  'RangeRequest',
  'RangeResponse',
  rangeResponse,
);

/** CompareResult EQUAL and CompareTarget MOD. */
export const MOD_REVISION_EQUALS = { result: 0, target: 2 } as const;

type Operation =
  | { readonly requestRange: RangeRequest }
  | { readonly requestPut: { readonly key: Uint8Array; readonly value: Uint8Array; readonly lease?: string } }
  | { readonly requestDeleteRange: { readonly key: Uint8Array } };

export type TxnRequest = {
  readonly compare: readonly (typeof MOD_REVISION_EQUALS & {
    readonly key: Uint8Array;
    readonly modRevision: number;
  })[];
  readonly success: readonly Operation[];
  readonly failure: readonly Operation[];
};
const txnResponse = z.object({ header, succeeded: z.boolean() });
export const txn: Method<TxnRequest, z.infer<typeof txnResponse>> = method(
  'KV/Txn',
  'TxnRequest',
  'TxnResponse',
  txnResponse,
);

const lease = z.object({ id: leaseField, ttl: count });
export const leaseGrant: Method<{ readonly ttl: number }, z.infer<typeof lease>> = method(
  'Lease/LeaseGrant',
  'LeaseGrantRequest',
  'LeaseGrantResponse',
  lease,
);
export const leaseRevoke: Method<{ readonly id: string }, unknown> = method(
  'Lease/LeaseRevoke',
  'LeaseRevokeRequest',
  'Empty',
  z.unknown(),
);
/** Answered in order; a TTL of 0 means that there is no such lease. */
export const leaseKeepAlive: Method<{ readonly id: string }, z.infer<typeof lease>> = method(
  'Lease/LeaseKeepAlive',
  'LeaseKeepAliveRequest',
  'LeaseKeepAliveResponse',
  lease,
);

/** EventType DELETE; a delete's key-value has only its key and its modRevision. */
export const EVENT_DELETE = 1;
const watchResponse = z.object({
  created: z.boolean(),
  canceled: z.boolean(),
  compactRevision: count,
  cancelReason: z.string(),
  fragment: z.boolean(),
  events: z.array(z.object({ type: z.number(), kv: keyValue })),
});
export type WatchResponse = z.infer<typeof watchResponse>;
export type WatchRequest = {
  readonly createRequest: {
    readonly key: Uint8Array;
    readonly rangeEnd: Uint8Array;
    readonly startRevision: number;
    readonly fragment: boolean;
  };
};
export const watch: Method<WatchRequest, WatchResponse> = method(
  'Watch/Watch',
  'WatchRequest',
  'WatchResponse',
  watchResponse,
);
