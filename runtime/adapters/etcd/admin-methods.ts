/** The calls of operators: etcd's services Cluster and Maintenance. */

import { z } from 'zod';
import { type Method, method } from './methods.ts';
import { count, hexField, octetsField } from './wire.ts';

type Nothing = Readonly<Record<string, never>>;
/** uint64 as decimal digits. */
type MemberIdRequest = { readonly id: string };

const member = z.object({
  id: hexField,
  name: z.string(),
  peerUrls: z.array(z.string()),
  clientUrls: z.array(z.string()),
  learner: z.boolean(),
});
export type MemberFields = z.infer<typeof member>;

const membersResponse = z.object({ members: z.array(member) });
type MembersResponse = z.infer<typeof membersResponse>;

export const memberList: Method<Nothing, MembersResponse> = method(
  'Cluster/MemberList',
  'Empty',
  'MembersResponse',
  membersResponse,
);
const memberAddResponse = z.object({ member });
export const memberAdd: Method<
  { readonly peerUrls: readonly string[]; readonly learner: boolean },
  z.infer<typeof memberAddResponse>
> = method('Cluster/MemberAdd', 'MemberAddRequest', 'MemberAddResponse', memberAddResponse);
export const memberRemove: Method<MemberIdRequest, MembersResponse> = method(
  'Cluster/MemberRemove',
  'MemberIdRequest',
  'MembersResponse',
  membersResponse,
);
export const memberPromote: Method<MemberIdRequest, MembersResponse> = method(
  'Cluster/MemberPromote',
  'MemberIdRequest',
  'MembersResponse',
  membersResponse,
);

const statusResponse = z.object({
  version: z.string(),
  dbSize: count,
  dbSizeInUse: count,
  leader: hexField,
  raftIndex: count,
  raftTerm: count,
  errors: z.array(z.string()),
  learner: z.boolean(),
});
export const memberStatus: Method<Nothing, z.infer<typeof statusResponse>> = method(
  'Maintenance/Status',
  'Empty',
  'StatusResponse',
  statusResponse,
);

/** AlarmAction. */
export const ALARM_ACTIONS = { get: 0, deactivate: 2 } as const;
/** AlarmType, by its number. */
const ALARM_TYPES: readonly string[] = ['NONE', 'NOSPACE', 'CORRUPT'];
const alarmResponse = z.object({
  alarms: z.array(
    z
      .object({ memberId: z.string(), alarm: z.number() })
      .transform(({ memberId, alarm }) => ({ memberId, alarm, name: ALARM_TYPES[alarm] ?? `ALARM-${alarm}` })),
  ),
});
export const alarm: Method<
  { readonly action: number; readonly memberId?: string; readonly alarm?: number },
  z.infer<typeof alarmResponse>
> = method('Maintenance/Alarm', 'AlarmRequest', 'AlarmResponse', alarmResponse);

export const compact: Method<{ readonly revision: number; readonly physical: boolean }, unknown> = method(
  'KV/Compact',
  'CompactionRequest',
  'Empty',
  z.unknown(),
);
export const defragment: Method<Nothing, unknown> = method('Maintenance/Defragment', 'Empty', 'Empty', z.unknown());

const snapshotResponse = z.object({ remainingBytes: count, blob: octetsField });
export const snapshot: Method<Nothing, z.infer<typeof snapshotResponse>> = method(
  'Maintenance/Snapshot',
  'Empty',
  'SnapshotResponse',
  snapshotResponse,
);
