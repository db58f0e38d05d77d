import { leaderCodec, type Revision, revision, switchoverCodec } from '../ha/index.ts';
import { OperatorError, readZone, type ZoneAccess, type ZoneLeader } from './zone-operator-access.ts';
import { probe } from './zone-operator-status.ts';

/** How long a leader may take to hand over, and another to take over, in ms. */
const PATIENCE = 10_000;
/** How often the leader is read where it cannot be watched, in ms. */
const LOOK_AGAIN = 200;

export interface Switchover {
  readonly from: string;
  readonly to: string;
  readonly term: Revision;
  /** Milliseconds from the order to the sight of the new leader. */
  readonly orderToLeader: number;
  /** Milliseconds of that in which nobody led; `undefined` where the end of the old leadership was not seen. */
  readonly withoutLeader: number | undefined;
}

export interface SwitchoverArgs {
  /** Who shall lead; whoever it may be unless given. */
  readonly to?: string | undefined;
  /** Whose order it is, for the log. */
  readonly by: string;
  /** Milliseconds. */
  readonly patience?: number;
}

/**
 * Orders the leader to hand over, and waits until another leads. An order that is not followed is taken back.
 * @throws OperatorError, StoreUnreachableError, StoreError
 */
export async function switchover(
  access: ZoneAccess,
  { to, by, patience = PATIENCE }: SwitchoverArgs,
): Promise<Switchover> {
  const { store, keys } = access;
  const from = await mayHandOver(access, to);
  const ordered = performance.now();
  const watched = watchLeader(access, from.term, revision(from.revision + 1), ordered + patience);
  const guards = [{ key: keys.leader, modRevision: from.term }];
  const order = switchoverCodec.encode({ term: from.term, by, ...(to !== undefined && { to }) });
  try {
    const outcome = await store.commit({ guards, puts: [{ key: keys.switchover, value: order }], deletes: [] });
    if (outcome.kind === 'refused')
      throw new OperatorError('CHANGED_MEANWHILE', `${from.instance} does not lead any more; see council ha status`);
    const next = await watched.next;
    if (next === undefined) {
      await store.commit({ guards, puts: [], deletes: [keys.switchover] });
      const waited = `within ${Math.round(patience / 1000)} s`;
      throw new OperatorError(
        'NOT_IN_TIME',
        `no other gatekeeper led ${waited}; the order is taken back, see council ha status`,
      );
    }
    const took = { orderToLeader: next.at - ordered, withoutLeader: next.vacantAt && next.at - next.vacantAt };
    if (to !== undefined && next.leader.instance !== to)
      throw new OperatorError('CHANGED_MEANWHILE', `${next.leader.instance} leads now, not ${to}`);
    return { from: from.instance, to: next.leader.instance, term: next.leader.term, ...took };
  } finally {
    watched.close();
  }
}

/** @throws OperatorError for a switch-over that cannot succeed */
async function mayHandOver(
  access: ZoneAccess,
  to: string | undefined,
): Promise<ZoneLeader & { readonly revision: Revision }> {
  const { leader, members, revision: at } = await readZone(access);
  if (leader === undefined) throw new OperatorError('NO_LEADER', 'nobody leads: there is nothing to hand over');
  if (to === leader.instance) throw new OperatorError('LEADS_ALREADY', `${to} leads already`);
  const standbys = members.filter(({ instance }) => instance !== leader.instance);
  if (standbys.length === 0)
    throw new OperatorError('NO_STANDBY', `${leader.instance} is alone: nobody is there to take over`);
  const chosen = to === undefined ? standbys : standbys.filter(({ instance }) => instance === to);
  if (chosen.length === 0) {
    const there = standbys.map(({ instance }) => instance).join(', ');
    throw new OperatorError('NO_SUCH_MEMBER', `${to} is not there; a standby is ${there}`);
  }
  const probes = await Promise.all(chosen.map(async (member) => ({ member, asked: await probe(member) })));
  const unfit = probes.flatMap(({ member, asked }) =>
    asked.reachable && !asked.ready ? [`${member.instance} does not serve: ${asked.status}`] : [],
  );
  if (unfit.length === chosen.length) throw new OperatorError('NO_STANDBY', unfit.join('; '));
  return { ...leader, revision: at };
}

interface NextLeader {
  readonly leader: ZoneLeader;
  /** Monotonic milliseconds, as is the next. */
  readonly at: number;
  readonly vacantAt: number | undefined;
}

/** Waits for a leader of another term; for none after `deadline` (monotonic milliseconds). */
function watchLeader(
  access: ZoneAccess,
  term: Revision,
  from: Revision,
  deadline: number,
): { readonly next: Promise<NextLeader | undefined>; close(): void } {
  const { store, keys } = access;
  let vacantAt: number | undefined;
  let settle: (next: NextLeader | undefined) => void = () => {};
  const next = new Promise<NextLeader | undefined>((resolve) => {
    settle = resolve;
  });
  const close = (): void => {
    clearInterval(timer);
    clearTimeout(over);
    watch.close();
    settle(undefined);
  };
  const found = (leader: ZoneLeader): void => {
    if (leader.term !== term) settle({ leader, at: performance.now(), vacantAt });
  };
  const look = (): void => {
    // Whoever cannot be asked now is asked again.
    readZone(access).then(
      ({ leader }) => leader && found(leader),
      () => {},
    );
  };
  let timer: NodeJS.Timeout | undefined;
  const over = setTimeout(() => settle(undefined), Math.max(0, deadline - performance.now()));
  const watch = store.watch(keys.leader, from, {
    changed(changes) {
      for (const { key, value, modRevision } of changes) {
        if (key !== keys.leader) continue;
        if (value === undefined) vacantAt ??= performance.now();
        else found({ ...leaderCodec.decode(value), term: modRevision });
      }
    },
    ended() {
      timer = setInterval(look, LOOK_AGAIN);
    },
  });
  return { next, close };
}
