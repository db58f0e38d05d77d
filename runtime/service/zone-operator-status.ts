import type { MemberRecord } from '../ha/index.ts';
import { StoreError, StoreUnreachableError } from '../ha/index.ts';
import { readZone, type ZoneAccess, type ZoneLeader, type ZoneRecords } from './zone-operator-access.ts';
import { type EtcdReport, etcdReport, fullness } from './zone-operator-etcd.ts';
import { fetchPage, sample } from './zone-operator-fetch.ts';

/** Gatekeepers, and etcd members, that a zone is meant to have. */
const PAIR = 2;
const VOTERS = 3;
/** From this share of its quota on, etcd's file is spoken of. */
const FULL = 0.8;

/** What `/readyz` and `/metrics` of one gatekeeper say. */
export type Probe =
  | { readonly reachable: false; readonly reason: string }
  | {
      readonly reachable: true;
      readonly ready: boolean;
      /** What `/readyz` says. */
      readonly status: string;
      readonly leaseLeftSeconds?: number | undefined;
      readonly registrations?: number | undefined;
      readonly sessions?: number | undefined;
      readonly lagSeconds?: number | undefined;
    };

export interface GatekeeperReport extends MemberRecord {
  readonly leads: boolean;
  readonly probe: Probe;
}

export interface ZoneStatus {
  readonly zone: string;
  /** 'down': nobody leads, or nobody can, for want of a quorum. */
  readonly health: 'healthy' | 'degraded' | 'down';
  /** Sentences, the worst first; none for a healthy zone. */
  readonly problems: readonly string[];
  /** What is worth knowing and no problem. */
  readonly notes: readonly string[];
  readonly leader?: ZoneLeader | undefined;
  readonly gatekeepers: readonly GatekeeperReport[];
  /** `undefined` where no member answers. */
  readonly etcd?: EtcdReport | undefined;
}

/** How a zone is. Never rejects for what is broken there. */
export async function zoneStatus(access: ZoneAccess): Promise<ZoneStatus> {
  const [records, etcd] = await Promise.all([attempt(readZone(access)), attempt(etcdReport(access))]);
  const known = 'value' in records ? records.value : undefined;
  const gatekeepers = await Promise.all(
    (known?.members ?? []).map(
      async (member): Promise<GatekeeperReport> => ({
        ...member,
        leads: member.instance === known?.leader?.instance,
        probe: await probe(member),
      }),
    ),
  );
  const report = 'value' in etcd ? etcd.value : undefined;
  const outOfReach = 'reason' in records ? records.reason : undefined;
  const down = downProblems(outOfReach, known, report);
  const problems = [...down, ...gatekeeperProblems(known, gatekeepers), ...etcdProblems(report)];
  return {
    zone: access.zone,
    health: down.length > 0 ? 'down' : problems.length > 0 ? 'degraded' : 'healthy',
    problems,
    notes: notesOf(gatekeepers, report),
    leader: known?.leader,
    gatekeepers,
    etcd: report,
  };
}

async function attempt<T>(work: Promise<T>): Promise<{ readonly value: T } | { readonly reason: string }> {
  try {
    return { value: await work };
  } catch (error) {
    if (error instanceof StoreUnreachableError || error instanceof StoreError) return { reason: error.message };
    throw error;
  }
}

const urlOf = ({ address, port }: MemberRecord['http']): string =>
  `http://${address.includes(':') ? `[${address}]` : address}:${port}`;

/** Asks a gatekeeper itself. */
export async function probe({ http }: MemberRecord): Promise<Probe> {
  const base = urlOf(http);
  try {
    const [readyz, metrics] = await Promise.all([fetchPage(`${base}/readyz`), fetchPage(`${base}/metrics`)]);
    const of = (name: string): number | undefined => sample(metrics.body, `h323_gatekeeper_${name}`);
    return {
      reachable: true,
      ready: readyz.status === 200,
      status: statusIn(readyz.body),
      leaseLeftSeconds: of('lease_left_seconds'),
      registrations: of('registered_endpoints'),
      sessions: of('active_sessions'),
      lagSeconds: of('replication_lag_seconds'),
    };
  } catch (error) {
    return { reachable: false, reason: error instanceof Error ? error.message : String(error) };
  }
}

function statusIn(body: string): string {
  try {
    const page: unknown = JSON.parse(body);
    if (typeof page === 'object' && page !== null && 'status' in page) return String(page.status);
  } catch {
    // Somebody else answers there.
  }
  return 'its answer cannot be read';
}

function downProblems(
  outOfReach: string | undefined,
  known: ZoneRecords | undefined,
  etcd: EtcdReport | undefined,
): string[] {
  if (known === undefined) {
    const count =
      etcd === undefined ? 'no member answers' : `${etcd.healthyVoters} of ${etcd.voters} voters are healthy`;
    return [`etcd decides nothing: ${count}. No call is admitted; live calls go on (${outOfReach ?? ''})`];
  }
  return known.leader === undefined ? ['nobody leads: no call is admitted; live calls go on'] : [];
}

function gatekeeperProblems(known: ZoneRecords | undefined, gatekeepers: readonly GatekeeperReport[]): string[] {
  if (known === undefined) return [];
  const problems: string[] = [];
  const registries = new Set(gatekeepers.map(({ registry }) => registry));
  if (registries.size > 1) {
    const which = gatekeepers.map(({ instance, registry }) => `${instance} has ${registry}`).join(', ');
    problems.push(`REGISTRIES DIFFER: ${which}. Who is admitted depends on who leads`);
  }
  if (gatekeepers.length === 0) problems.push('no gatekeeper is there');
  else if (gatekeepers.length < PAIR)
    problems.push(
      `only ${gatekeepers.map(({ instance }) => instance).join()} is there: a failure has nobody to take over`,
    );
  for (const { instance, probe: asked } of gatekeepers)
    if (asked.reachable && !asked.ready) problems.push(`${instance} does not serve: ${asked.status}`);
  for (const key of known.unreadable) problems.push(`the record ${key} cannot be read by this release`);
  return problems;
}

function etcdProblems(etcd: EtcdReport | undefined): string[] {
  if (etcd === undefined) return [];
  const problems: string[] = [];
  const named = etcd.members.map((member) => ({ ...member, who: `etcd member ${member.name || member.id}` }));
  for (const { who, healthy, learner, reason } of named)
    if (!healthy && !learner) problems.push(`${who} is not healthy: ${reason ?? 'unknown'}`);
  if (etcd.voters < VOTERS) problems.push(`etcd has ${etcd.voters} of ${VOTERS} voters: none may fail`);
  for (const { who, alarms } of named) for (const alarm of alarms) problems.push(`${who} raises the alarm ${alarm}`);
  for (const member of named) {
    const share = fullness(member);
    if (share >= FULL)
      problems.push(`${member.who} has used ${Math.round(share * 100)} % of its quota: run council ha compact`);
  }
  return problems;
}

function notesOf(gatekeepers: readonly GatekeeperReport[], etcd: EtcdReport | undefined): string[] {
  const versions = new Set(gatekeepers.map(({ version }) => version));
  return [
    ...(versions.size > 1 ? [`the gatekeepers run different releases: ${[...versions].join(', ')}`] : []),
    ...gatekeepers.flatMap(({ instance, probe: asked }) =>
      asked.reachable ? [] : [`${instance} holds its lease, but its metrics cannot be had from here: ${asked.reason}`],
    ),
    ...(etcd?.members ?? []).flatMap(({ learner, name, id, healthy }) =>
      learner
        ? [`etcd member ${name || id} is a learner (${healthy ? 'running' : 'not running'}): it has no vote yet`]
        : [],
    ),
  ];
}
