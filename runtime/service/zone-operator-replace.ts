import type { EtcdMemberInfo } from '../adapters/etcd/admin.ts';
import { StoreError, StoreUnreachableError } from '../ha/index.ts';
import { OperatorError, type ZoneAccess } from './zone-operator-access.ts';
import { type EtcdMemberReport, type EtcdReport, etcdReport, majority } from './zone-operator-etcd.ts';

/** Voters that a cluster is meant to have: below that, a name that it does not know is a member to come. */
const VOTERS = 3;
/** A cluster takes no change before its members have seen each other for some seconds. Milliseconds. */
const SETTLING = 15_000;
const AGAIN = 500;

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

export interface Replacement {
  readonly name: string;
  readonly peerUrl: string;
  /** Id of the member that was removed; `undefined` where it had been already. */
  readonly removed: string | undefined;
  /** Id of the learner. */
  readonly added: string;
  /** `name=peerUrl` of each member, joined with commas, as the new one must be told. */
  readonly initialCluster: string;
}

/**
 * Takes a lost member out and adds one in its place as a learner, which has yet to be started. Asked again after a part
 * was done, it goes on from there.
 * @throws OperatorError where the lost member is healthy, or its loss would leave no quorum; StoreError,
 * StoreUnreachableError
 */
export async function replaceMember(access: ZoneAccess, lostName: string, peerUrl: string): Promise<Replacement> {
  const report = await etcdReport(access);
  const lost = report.members.find(({ name, id }) => name === lostName || id === lostName);
  const name = lost?.name || lostName;
  const waiting = report.members.find(({ learner, peerUrls }) => learner && peerUrls.includes(peerUrl));
  if (waiting !== undefined) {
    const others = report.members.filter(({ id }) => id !== waiting.id);
    return { name, peerUrl, removed: undefined, added: waiting.id, initialCluster: clusterOf(others, name, peerUrl) };
  }
  check(report, lost, lostName, peerUrl);
  if (lost !== undefined) await settled(() => access.admin.remove(lost.id));
  const added = await settled(() => access.admin.addLearner(peerUrl)).catch((error: unknown) => {
    if (lost === undefined || !(error instanceof Error)) throw error;
    const done = `${lostName} was removed, but the new member could not be added (${error.message})`;
    throw new OperatorError('NOT_POSSIBLE', `${done}. Give the same command again`, { cause: error });
  });
  const others = report.members.filter(({ id }) => id !== lost?.id);
  return { name, peerUrl, removed: lost?.id, added: added.id, initialCluster: clusterOf(others, name, peerUrl) };
}

function check(report: EtcdReport, lost: EtcdMemberReport | undefined, lostName: string, peerUrl: string): void {
  const { members, voters, healthyVoters } = report;
  const others = members.filter((member) => member !== lost);
  if (lost === undefined && voters >= VOTERS) {
    const names = members.map(({ name, id }) => name || id).join(', ');
    throw new OperatorError('NO_SUCH_MEMBER', `etcd has no member ${lostName}; it has ${names}`);
  }
  if (lost?.healthy && !lost.learner && lost.alarms.length === 0)
    throw new OperatorError(
      'HEALTHY',
      `${lostName} answers and is healthy. Stop its etcd first if it must be replaced`,
    );
  const lostVote = lost !== undefined && !lost.learner;
  const left = voters - (lostVote ? 1 : 0);
  const healthy = healthyVoters - (lostVote && lost.healthy ? 1 : 0);
  // The first: who decides that it is removed. The second: who decides afterwards.
  const needed = Math.max(majority(voters), majority(left));
  if (healthy < needed) {
    const what = `without ${lostName} ${healthy} of ${left} voters are healthy, and ${needed} are needed`;
    throw new OperatorError('NO_QUORUM', `${what}. Bring one back, or see council ha recover --help`);
  }
  if (others.some(({ peerUrls }) => peerUrls.includes(peerUrl)))
    throw new OperatorError('NOT_POSSIBLE', `${peerUrl} is another member's`);
  const scheme = new URL(peerUrl).protocol;
  const other = others.flatMap(({ peerUrls }) => peerUrls).find((url) => new URL(url).protocol !== scheme);
  if (other !== undefined) throw new OperatorError('NOT_POSSIBLE', `${peerUrl} and ${other} are not of one kind`);
}

const clusterOf = (
  others: readonly Pick<EtcdMemberReport, 'name' | 'peerUrls'>[],
  name: string,
  peerUrl: string,
): string =>
  [...others.flatMap((other) => other.peerUrls.map((url) => `${other.name}=${url}`)), `${name}=${peerUrl}`].join(',');

/** Asks again while the cluster refuses every change because its members have just come or gone. */
async function settled<T>(change: () => Promise<T>): Promise<T> {
  const end = performance.now() + SETTLING;
  for (;;) {
    try {
      return await change();
    } catch (error) {
      if (!(error instanceof StoreUnreachableError) || performance.now() > end) throw error;
    }
    await pause(AGAIN);
  }
}

/**
 * Waits until a learner has been started and has caught up, and makes it a voter.
 * @param patience milliseconds
 * @throws OperatorError where that takes too long; StoreError
 */
export async function promoteWhenReady(
  access: ZoneAccess,
  id: string,
  patience: number,
): Promise<readonly EtcdMemberInfo[]> {
  const end = performance.now() + patience;
  for (;;) {
    try {
      return await access.admin.promote(id);
    } catch (error) {
      const behind = error instanceof StoreError && /in sync with leader/.test(error.message);
      if (!behind && !(error instanceof StoreUnreachableError)) throw error;
      if (performance.now() > end) {
        const why = 'it is not a voter yet; is its etcd running? Give the same command again';
        throw new OperatorError('NOT_IN_TIME', `the learner ${id} has not caught up: ${why} (${error.message})`);
      }
    }
    await pause(AGAIN);
  }
}
