import { type Revision, StoreError, StoreUnreachableError } from '../../ha/index.ts';
import {
  ALARM_ACTIONS,
  alarm,
  compact,
  defragment,
  type MemberFields,
  memberAdd,
  memberList,
  memberPromote,
  memberRemove,
  memberStatus,
} from './admin-methods.ts';
import { EtcdChannels } from './channels.ts';
import { isCompacted } from './errors.ts';
import type { EtcdOptions } from './options.ts';
import { type SnapshotProgress, saveSnapshot } from './snapshot.ts';

/** A member of the cluster. Ids are uint64 in hexadecimal, as etcd's own tools show them. */
export type EtcdMemberInfo = MemberFields;

export type EtcdStatus =
  | {
      readonly endpoint: string;
      readonly reachable: true;
      readonly version: string;
      /** Octets of its file. */
      readonly dbSize: number;
      /** Octets of that which hold anything; the rest can be given back by defragment(). */
      readonly dbSizeInUse: number;
      /** Id of the member that leads the cluster, as far as this one knows. */
      readonly leader: string | undefined;
      readonly raftIndex: number;
      readonly raftTerm: number;
      readonly errors: readonly string[];
      readonly learner: boolean;
    }
  | { readonly endpoint: string; readonly reachable: false; readonly reason: string };

export interface EtcdAlarm {
  readonly member: string;
  /** `NOSPACE`, `CORRUPT`, or `ALARM-` and etcd's number. */
  readonly alarm: string;
}

/** Milliseconds. A member answers nothing else while it rewrites its file. */
const DEFRAGMENT_TIME = 5 * 60_000;

/** What operators do to the cluster itself. Methods reject with StoreError or StoreUnreachableError. */
export class EtcdAdmin {
  private readonly channels: EtcdChannels;

  /** @throws RangeError, StoreError PERMISSION: as EtcdStore does */
  constructor(options: EtcdOptions) {
    this.channels = new EtcdChannels(options);
  }

  /** As the member that is asked knows them: one that is cut off may be behind. */
  async members(): Promise<EtcdMemberInfo[]> {
    return (await this.channels.unary(memberList, {})).members;
  }

  /** Of each endpoint, in their order. Never rejects for one that cannot be reached or refuses. */
  status(): Promise<EtcdStatus[]> {
    return Promise.all(
      this.channels.urls().map(async (endpoint): Promise<EtcdStatus> => {
        try {
          const { leader, ...status } = await this.channels.unaryAt(endpoint, memberStatus, {});
          return { endpoint, reachable: true, ...status, leader: leader === '0' ? undefined : leader };
        } catch (error) {
          if (error instanceof StoreError || error instanceof StoreUnreachableError)
            return { endpoint, reachable: false, reason: error.message };
          throw error;
        }
      }),
    );
  }

  /** A member that gets everything and votes on nothing, until it is promoted. It has yet to be started. */
  async addLearner(peerUrl: string): Promise<EtcdMemberInfo> {
    return (await this.channels.unary(memberAdd, { peerUrls: [peerUrl], learner: true })).member;
  }

  /** Makes a learner a voter. Refused until it has caught up with the leader. */
  async promote(id: string): Promise<EtcdMemberInfo[]> {
    return (await this.channels.unary(memberPromote, { id: uint64(id) })).members;
  }

  async remove(id: string): Promise<EtcdMemberInfo[]> {
    return (await this.channels.unary(memberRemove, { id: uint64(id) })).members;
  }

  async alarms(): Promise<EtcdAlarm[]> {
    const { alarms } = await this.channels.unary(alarm, { action: ALARM_ACTIONS.get });
    return alarms.map(({ memberId, name }) => ({ member: BigInt(memberId).toString(16), alarm: name }));
  }

  /** Takes all alarms back. What they are about must have been put right first, or they come again. */
  async disarm(): Promise<void> {
    const { alarms } = await this.channels.unary(alarm, { action: ALARM_ACTIONS.get });
    for (const { memberId, alarm: type } of alarms)
      await this.channels.unary(alarm, { action: ALARM_ACTIONS.deactivate, memberId, alarm: type });
  }

  /**
   * Forgets what was before `revision`: a watch from before ends as compacted. Where that was forgotten already, by an
   * earlier try or by somebody else, it is done.
   */
  async compact(revision: Revision): Promise<void> {
    await this.channels.unary(compact, { revision, physical: true }).catch((error: unknown) => {
      if (!isCompacted(error)) throw error;
    });
  }

  /** Gives unused space of one member's file back. It serves nobody meanwhile, so never do all at once. */
  async defragment(endpoint: string): Promise<void> {
    await this.channels.unaryAt(endpoint, defragment, {}, DEFRAGMENT_TIME);
  }

  /**
   * Saves one member's data, as they are at that moment, to a file that only its owner can read.
   * @throws StoreError REFUSED for one that came damaged; the file system's error. No new file is there then.
   */
  async snapshot(endpoint: string, file: string, onProgress?: (progress: SnapshotProgress) => void): Promise<void> {
    await saveSnapshot(this.channels, endpoint, file, onProgress);
  }

  close(): void {
    this.channels.close();
  }
}

/** @throws StoreError REFUSED */
function uint64(hex: string): string {
  if (!/^[0-9a-f]{1,16}$/i.test(hex)) throw new StoreError('REFUSED', `'${hex}' is no id of a member`);
  return BigInt(`0x${hex}`).toString();
}
