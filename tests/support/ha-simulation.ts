/**
 * Gatekeepers' leadership machines over one memory store, in invented time, with everything going wrong that can: calls
 * lost or late on either way, watches that end, clocks of different speed, processes that crash, stop, or freeze and
 * wake. The same seed gives the same history.
 */
import { type Change, revision } from '../../runtime/ha/index.ts';
import { SimulatedGatekeeper, TTL } from './simulated-gatekeeper.ts';
import { KEYS, SimulatedWorld, type Tally } from './simulated-world.ts';

export type { Tally };

export interface SimulationArgs {
  readonly seed: number;
  readonly nodes: 2 | 3;
  /** Milliseconds of faults, before all is healed. */
  readonly faults: number;
  /**
   * An operator deletes the leader's key by hand, which nobody should: for as long as its leader has not heard of it,
   * two believe to lead. Only what they write is judged then.
   */
  readonly meddling?: boolean;
  /** Handed to the machines, to prove that a wrong one is found out. */
  readonly drift?: number;
}

export interface History {
  readonly tally: Tally;
  /** What must never happen, in words; the history ends at the first. */
  readonly violation: string | undefined;
  /** Milliseconds from the healing to the last change of any role; 0 where nothing changed. */
  readonly settledAfter: number;
}

/** Milliseconds after which one leads when all is well. */
const SETTLED = 3 * TTL * 1000;

class Simulation {
  readonly #args: SimulationArgs;
  readonly #world: SimulatedWorld;
  readonly #gatekeepers: SimulatedGatekeeper[];
  #healed = false;
  /** The term of the key that is in the store; 0 for none. */
  #storeTerm = 0;
  #latestTerm = 0;

  constructor(args: SimulationArgs) {
    this.#args = args;
    this.#world = new SimulatedWorld(args.seed);
    this.#gatekeepers = Array.from({ length: args.nodes }, (_, index) => {
      const role = index === 0 ? 'primary' : 'secondary';
      const { drift, meddling = false } = args;
      return new SimulatedGatekeeper(this.#world, { instance: `gatekeeper-${index}`, role, drift, meddling });
    });
    this.#world.store.client().watch(KEYS.prefix, revision(1), {
      changed: (changes) => this.#judgeChanges(changes),
      ended: (reason) => this.#world.violate(`the judge's watch ended: ${reason}`),
    });
  }

  async run(): Promise<History> {
    const { faults } = this.#args;
    const world = this.#world;
    for (const gatekeeper of this.#gatekeepers) world.at(world.random.below(500), () => gatekeeper.boot());
    world.at(200, () => this.#fault());
    world.at(faults, () => this.#heal());
    await world.runUntil(faults + SETTLED, () => this.#judgeLeaders());
    if (world.violation === undefined) this.#judgeLiveness();
    const { tally, violation, lastChange } = world;
    return { tally, violation, settledAfter: Math.max(0, lastChange - faults) };
  }

  #fault(): void {
    if (this.#healed) return;
    const world = this.#world;
    const { random } = world;
    const gatekeeper = this.#gatekeepers[random.below(this.#gatekeepers.length)];
    if (gatekeeper === undefined) return;
    const { process } = gatekeeper;
    const kind = random.below(9);
    if (kind <= 1) world.badNetwork = random.chance(0.5);
    if (kind === 2 || kind === 3) gatekeeper.freeze(random.below(random.chance(0.3) ? 10_000 : 3000));
    if (kind === 4 && process !== undefined) {
      world.tally.cuts++;
      process.client.disconnect();
      world.in(random.below(5000), () => process.client.connect());
    }
    if (kind === 5) {
      world.tally.crashes++;
      gatekeeper.crash();
      world.in(random.below(4000), () => gatekeeper.boot());
    }
    if (process !== undefined && kind === 6)
      gatekeeper.reach(process, () => gatekeeper.take(process, (machine, now) => machine.handOver(now)));
    if (process !== undefined && kind === 7)
      gatekeeper.reach(process, () => gatekeeper.take(process, (machine, now) => machine.stop(now)));
    if (kind === 8 && this.#args.meddling)
      world.in(0, async () => {
        await world.store.client().commit({ guards: [], puts: [], deletes: [KEYS.leader] });
      });
    world.in(random.below(1500), () => this.#fault());
  }

  #heal(): void {
    this.#healed = true;
    this.#world.badNetwork = false;
    for (const gatekeeper of this.#gatekeepers) {
      gatekeeper.process?.client.connect();
      if (gatekeeper.frozen) gatekeeper.wake();
      gatekeeper.boot();
    }
  }

  #judgeLeaders(): void {
    let leaders = '';
    let count = 0;
    for (const { process, now, instance } of this.#gatekeepers) {
      if (!process?.machine.mayLead(now)) continue;
      count++;
      leaders += ` ${instance}`;
    }
    if (count > 1 && !this.#args.meddling) this.#world.violate(`two lead:${leaders}`);
  }

  /** Told in the order in which the store carried it out. */
  #judgeChanges(changes: readonly Change[]): void {
    for (const { key, value, modRevision } of changes) {
      if (key === KEYS.leader) {
        if (value !== undefined && modRevision <= this.#latestTerm) this.#world.violate('a term comes again');
        this.#storeTerm = modRevision;
        this.#latestTerm = Math.max(this.#latestTerm, modRevision);
      }
      if (key === `${KEYS.state}last` && Number(Buffer.from(value ?? '')) !== this.#storeTerm)
        this.#world.violate(`a write of term ${Buffer.from(value ?? '')} in term ${this.#storeTerm}`);
    }
  }

  #judgeLiveness(): void {
    const roles = this.#gatekeepers.map(({ process }) => process?.machine.role);
    const leading = roles.filter((role) => role?.kind === 'leading');
    const [leader] = leading;
    const followed = roles.every(
      (role) => role === leader || (role?.kind === 'standby' && leader !== undefined && role.term === leader.term),
    );
    if (leading.length !== 1 || !followed)
      this.#world.violate(`not one leader whom all know: ${roles.map((role) => role?.kind ?? 'no process')}`);
  }
}

export const simulate = (args: SimulationArgs): Promise<History> => new Simulation(args).run();
