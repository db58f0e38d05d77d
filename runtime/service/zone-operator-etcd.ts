import type { EtcdAlarm, EtcdMemberInfo, EtcdStatus } from '../adapters/etcd/admin.ts';
import { StoreError, StoreUnreachableError } from '../ha/index.ts';
import { asking, withAdmin, type ZoneAccess } from './zone-operator-access.ts';
import { fetchPage, sample } from './zone-operator-fetch.ts';

/** Octets: etcd's own bound, where it is not told otherwise. */
const USUAL_QUOTA = 2 * 1024 ** 3;

export interface EtcdMemberReport {
  /** uint64 in hexadecimal. */
  readonly id: string;
  /** Empty for one that has been added and was never started. */
  readonly name: string;
  readonly peerUrls: readonly string[];
  /** Where it was asked; `undefined` for one that was never started. */
  readonly clientUrl: string | undefined;
  readonly learner: boolean;
  /** Of etcd's members, not of the zone's gatekeepers. */
  readonly leads: boolean;
  /** It answers and knows who leads the cluster. */
  readonly healthy: boolean;
  /** Why it is not healthy. */
  readonly reason?: string;
  readonly version?: string;
  /** Octets. */
  readonly dbSize?: number;
  readonly dbSizeInUse?: number;
  /** Octets at which it takes no more writes: as it says, or else etcd's own default. */
  readonly quota?: number;
  readonly raftIndex?: number;
  readonly alarms: readonly string[];
}

export interface EtcdReport {
  readonly members: readonly EtcdMemberReport[];
  /** Members that vote, and how many of them are healthy. */
  readonly voters: number;
  readonly healthyVoters: number;
  /** Enough of them to decide. */
  readonly quorum: boolean;
}

/** The share of its quota that a member's file takes; 0 where that is unknown. */
export const fullness = ({ dbSize = 0, quota = USUAL_QUOTA }: EtcdMemberReport): number => dbSize / quota;

export const majority = (voters: number): number => Math.floor(voters / 2) + 1;

/**
 * Every member of the cluster, those that the settings do not name included.
 * @throws StoreUnreachableError where no member answers at all, StoreError
 */
export async function etcdReport(access: ZoneAccess): Promise<EtcdReport> {
  const infos = (await asking(access, () => access.admin.members())).toSorted((one, other) =>
    one.name < other.name ? -1 : 1,
  );
  const scheme = access.etcd.endpoints[0]?.startsWith('https:') ? 'https:' : 'http:';
  // A URL of the other kind could not be asked with the keys at hand, or without any.
  const urls = infos.map(({ clientUrls }) => clientUrls.find((url) => url.startsWith(scheme)));
  const known = [...new Set(urls.flatMap((url) => url ?? []))];
  const [statuses, alarms] = await Promise.all([
    known.length === 0 ? [] : withAdmin(access, known, (admin) => admin.status()),
    alarmsOf(access),
  ]);
  const members = await Promise.all(
    infos.map((info, index) => {
      const status = statuses.find(({ endpoint }) => endpoint === urls[index]);
      const own = alarms.filter(({ member }) => member === info.id).map(({ alarm }) => alarm);
      return describe(access, info, urls[index], status, own);
    }),
  );
  const voters = members.filter(({ learner }) => !learner);
  const healthyVoters = voters.filter(({ healthy }) => healthy).length;
  const quorum = healthyVoters >= majority(voters.length);
  return { members, voters: voters.length, healthyVoters, quorum };
}

/** None where there is no quorum to ask. */
const alarmsOf = (access: ZoneAccess): Promise<readonly EtcdAlarm[]> =>
  asking(access, () => access.admin.alarms()).catch((error: unknown) => {
    if (error instanceof StoreUnreachableError || error instanceof StoreError) return [];
    throw error;
  });

async function describe(
  access: ZoneAccess,
  { id, name, peerUrls, learner }: EtcdMemberInfo,
  clientUrl: string | undefined,
  status: EtcdStatus | undefined,
  alarms: readonly string[],
): Promise<EtcdMemberReport> {
  const who = { id, name, peerUrls, clientUrl, learner, alarms };
  if (status === undefined)
    return { ...who, leads: false, healthy: false, reason: 'it was never started, or tells no address to ask' };
  if (!status.reachable) return { ...who, leads: false, healthy: false, reason: status.reason };
  const { version, dbSize, dbSizeInUse, raftIndex, leader } = status;
  const quota = await quotaOf(access, status.endpoint);
  return {
    ...who,
    leads: leader === id,
    healthy: leader !== undefined,
    ...(leader === undefined && { reason: 'it knows no leader of the cluster' }),
    ...{ version, dbSize, dbSizeInUse, raftIndex, quota },
  };
}

/** etcd tells its bound among its metrics alone, which it serves beside its clients. */
async function quotaOf({ etcd }: ZoneAccess, endpoint: string): Promise<number> {
  const page = await fetchPage(`${endpoint}/metrics`, etcd.tls).catch(() => undefined);
  const told = page?.status === 200 ? sample(page.body, 'etcd_server_quota_backend_bytes') : undefined;
  return told !== undefined && told > 0 ? told : USUAL_QUOTA;
}
