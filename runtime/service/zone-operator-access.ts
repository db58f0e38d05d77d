import { readFileSync } from 'node:fs';
import { EtcdAdmin } from '../adapters/etcd/admin.ts';
import type { EtcdOptions } from '../adapters/etcd/options.ts';
import { EtcdStore } from '../adapters/etcd/store.ts';
import type { GatekeeperSettings } from '../config/index.ts';
import {
  type LeaderRecord,
  leaderCodec,
  type MemberRecord,
  memberCodec,
  RecordError,
  type Revision,
  type Store,
  StoreUnreachableError,
  ZoneKeys,
} from '../ha/index.ts';
import { milliseconds } from '../units.ts';

/** How long etcd may take for one answer to an operator, in ms: longer than an election. */
const PATIENCE = 1500;

/** What an operator asked for cannot be, or did not come about; the message says why and what to do. */
export class OperatorError extends Error {
  override readonly name = 'OperatorError';
  readonly code:
    | 'NO_LEADER'
    | 'NO_SUCH_MEMBER'
    | 'LEADS_ALREADY'
    | 'NO_STANDBY'
    | 'CHANGED_MEANWHILE'
    | 'NOT_IN_TIME'
    | 'HEALTHY'
    | 'NO_QUORUM'
    | 'NOT_POSSIBLE';

  constructor(code: OperatorError['code'], message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

/** What of a gatekeeper's settings leads to its zone. */
export type ZoneSettings = Pick<
  GatekeeperSettings,
  'gatekeeperId' | 'etcdEndpoints' | 'etcdCaFile' | 'etcdCertFile' | 'etcdKeyFile'
>;

/** The way to one zone and to the etcd that holds it. */
export interface ZoneAccess {
  readonly zone: string;
  readonly keys: ZoneKeys;
  readonly etcd: EtcdOptions;
  readonly store: Store;
  readonly admin: EtcdAdmin;
  close(): Promise<void>;
}

/**
 * Connects when it is first asked for something.
 * @throws OperatorError where certificates are given in part; the file system's error where one cannot be read;
 * StoreError where one cannot be used
 */
export function openZone(settings: ZoneSettings): ZoneAccess {
  const etcd: EtcdOptions = {
    endpoints: settings.etcdEndpoints,
    requestTimeout: milliseconds(PATIENCE),
    ...tls(settings),
  };
  const [store, admin] = [new EtcdStore(etcd), new EtcdAdmin(etcd)];
  return {
    zone: settings.gatekeeperId,
    keys: new ZoneKeys(settings.gatekeeperId),
    etcd,
    store,
    admin,
    async close() {
      admin.close();
      await store.close();
    },
  };
}

function tls({ etcdCaFile, etcdCertFile, etcdKeyFile }: ZoneSettings): Pick<EtcdOptions, 'tls'> {
  const files = [etcdCaFile, etcdCertFile, etcdKeyFile];
  if (files.every((file) => file === undefined)) return {};
  if (etcdCaFile === undefined || etcdCertFile === undefined || etcdKeyFile === undefined)
    throw new OperatorError('NOT_POSSIBLE', 'etcd wants all three: etcd ca file, etcd cert file and etcd key file');
  return { tls: { ca: readFileSync(etcdCaFile), cert: readFileSync(etcdCertFile), key: readFileSync(etcdKeyFile) } };
}

/** Asks other members of the same cluster, and lets them go again. */
export async function withAdmin<T>(
  { etcd }: ZoneAccess,
  endpoints: readonly string[],
  ask: (admin: EtcdAdmin) => Promise<T>,
): Promise<T> {
  const admin = new EtcdAdmin({ ...etcd, endpoints });
  try {
    return await ask(admin);
  } finally {
    admin.close();
  }
}

export interface ZoneLeader extends LeaderRecord {
  readonly term: Revision;
}

/** Who is there, as a majority of the store has it. */
export interface ZoneRecords {
  readonly leader: ZoneLeader | undefined;
  /** By instance. */
  readonly members: readonly MemberRecord[];
  /** Keys of records that this release cannot read. */
  readonly unreadable: readonly string[];
  /** The leader's key is as it is told here up to and with this one. */
  readonly revision: Revision;
}

/**
 * Asks what changes nothing: again where no answer came, so that each member gets its turn. One that hangs would
 * otherwise speak for all of them.
 * @throws StoreUnreachableError, StoreError
 */
export async function asking<T>({ etcd }: ZoneAccess, ask: () => Promise<T>): Promise<T> {
  for (let left = etcd.endpoints.length; ; left--) {
    try {
      return await ask();
    } catch (error) {
      if (!(error instanceof StoreUnreachableError) || left <= 1) throw error;
    }
  }
}

/** @throws StoreUnreachableError where there is no quorum, StoreError */
export async function readZone(access: ZoneAccess): Promise<ZoneRecords> {
  const { store, keys } = access;
  const [leading, there] = await Promise.all([
    asking(access, () => store.read(keys.leader)),
    asking(access, () => store.read(keys.members)),
  ]);
  const unreadable: string[] = [];
  const readable = <T>(key: string, decode: () => T): T | undefined => {
    try {
      return decode();
    } catch (error) {
      if (!(error instanceof RecordError)) throw error;
      unreadable.push(key);
      return undefined;
    }
  };
  const found = leading.entries.find(({ key }) => key === keys.leader);
  const leader = found && readable(found.key, () => ({ ...leaderCodec.decode(found.value), term: found.modRevision }));
  const members = there.entries.flatMap(({ key, value }) => readable(key, () => memberCodec.decode(value)) ?? []);
  return { leader, members, unreadable, revision: leading.revision };
}
