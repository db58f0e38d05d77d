import { systemClock } from '../adapters/clock.ts';
import type { GatekeeperConfig } from '../gatekeeper/index.ts';
import { claim, type LeaseId, MOST_OPERATIONS, type Store, ZoneKeys } from '../ha/index.ts';
import { DurationHistogram, newServiceStatistics } from '../metrics/index.ts';
import { type Milliseconds, milliseconds } from '../units.ts';
import { GatekeeperDriver } from './gatekeeper-driver.ts';
import { requests, stageFor, TERMINAL } from './rehearsal.ts';
import { ZoneWriter } from './zone-writer.ts';

const CALLS = 25;
/** Seconds, longer than all of it takes. What a rehearsal that was cut short leaves, this gatekeeper's next one clears away. */
const LEASE = 10;
/** For all of it: a store that is slow, or out of reach, is no reason not to take part. */
const PATIENCE = milliseconds(3000);

export interface DressRehearsalArgs {
  readonly config: GatekeeperConfig;
  readonly store: Store;
  /** Names this gatekeeper among those of its zone. */
  readonly instance: string;
  /** For all of it; 3 s unless given. */
  readonly patience?: Milliseconds;
}

/**
 * Plays calls as the service will have them: through a driver, signatures checked on the thread pool, every answer kept in
 * the zone's own store before it leaves. They belong to a zone of their own there, of which nothing is left afterwards.
 * Gives how many calls were played: fewer where the store was slow, none where it is out of reach.
 */
export async function rehearseInDress({
  config,
  store,
  instance,
  patience = PATIENCE,
}: DressRehearsalArgs): Promise<number> {
  const keys = new ZoneKeys(`${config.gatekeeperId}/rehearsal/${instance}`);
  const until = systemClock.now().monotonic + patience;
  let lease: LeaseId | undefined;
  try {
    lease = (await store.grantLease(LEASE)).id;
    await clear(store, keys);
    const { ras } = config;
    const { kind, revision: term } = await store.commit(claim(keys, { instance, ras, lease }, systemClock.now().epoch));
    if (kind !== 'committed') return 0;
    const writer = new ZoneWriter(
      {
        ...{ store, keys, freshness: config.freshness },
        mayLead: () => systemClock.now().monotonic < until,
        onUnreachable: () => {},
        onRefused: () => {},
      },
      term,
      lease,
      undefined,
    );
    return await play(config, writer);
  } catch {
    // Whoever takes part will find out for itself, and say so.
    return 0;
  } finally {
    if (lease !== undefined) await Promise.all([clear(store, keys), store.revokeLease(lease)]).catch(() => {});
  }
}

async function play(config: GatekeeperConfig, writer: ZoneWriter): Promise<number> {
  const { leader, terminal } = stageFor(config);
  let answered: (() => void) | undefined;
  let gaveUp: () => void = () => {};
  const over = new Promise<boolean>((resolve) => {
    gaveUp = () => resolve(false);
  });
  const driver = new GatekeeperDriver({
    machine: leader,
    witness: { append() {}, flush() {}, unwritten: 0 },
    statistics: newServiceStatistics(),
    durations: new DurationHistogram(),
    onMistake: () => {},
    onWitness: () => {},
    async committer(commit) {
      const isKept = (await writer.write(commit)) === 'kept';
      if (!isKept) gaveUp();
      return isKept;
    },
  });
  driver.attach({
    send(octets) {
      terminal.receive(octets, leader.state.config.ras, systemClock.now());
      answered?.();
    },
  });
  driver.release();
  /** Whether everything that the terminal asked was answered. */
  const served = async (): Promise<boolean> => {
    for (;;) {
      const sent = terminal.takeEffects().filter((effect) => effect.kind === 'send');
      if (sent.length === 0) return true;
      for (const { octets } of sent) {
        const isAnswered = new Promise<boolean>((resolve) => {
          answered = () => resolve(true);
        });
        driver.receive(Buffer.from(octets), TERMINAL);
        if (!(await Promise.race([isAnswered, over]))) return false;
      }
    }
  };
  try {
    terminal.start(systemClock.now());
    if (!(await served())) return 0;
    for (let played = 0; played < CALLS; played++)
      for (const ask of requests(terminal)) {
        ask();
        if (!(await served())) return played;
      }
    return CALLS;
  } finally {
    driver.stop();
  }
}

async function clear(store: Store, keys: ZoneKeys): Promise<void> {
  const { entries } = await store.read(keys.prefix);
  const left = entries.map(({ key }) => key);
  while (left.length > 0) await store.commit({ guards: [], puts: [], deletes: left.splice(0, MOST_OPERATIONS) });
}
