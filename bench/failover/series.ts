/** One kind of fault, several times, to a pair with a meeting; then the reckoning. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { watchStolen } from '../processors.ts';
import { check } from './checker.ts';
import { finalState, operationsOf, witnessedBy } from './collect.ts';
import { type Council, makeCouncil } from './lab/council.ts';
import { type FaultName, faultKind } from './lab/faults.ts';
import { GATEKEEPER_ID, otherSide, RAS_PORTS, SIDES, type Side } from './lab/gatekeeper.ts';
import { Lab } from './lab/lab.ts';
import { MeetingProcess } from './lab/meeting-process.ts';
import { HOSTS } from './lab/network.ts';
import { monotonic, pause, until } from './lab/shell.ts';
import { isolationsOf, reignsOf } from './reigns.ts';
import type { FinalState, Verdict } from './run-record.ts';
import { broken, type Failover, type KindResult, spreadOf, tenth } from './summary.ts';
import { HistoryTail, type SeenConfirm } from './tail.ts';

export interface SeriesArgs {
  readonly fault: FaultName;
  readonly count: number;
  readonly seed: number;
  /** Milliseconds between the operations of each of the two meetings. */
  readonly pace: number;
  /** Of the namespaces. */
  readonly prefix: string;
  /** For everything that is written; not there yet. */
  readonly folder: string;
  readonly say: (line: string) => void;
  /** Whether processors are kept from halting; for the result. */
  readonly awake: boolean;
}

/** How long a new leader's confirm is waited for, and then those of all guardians, ms. */
const PATIENCE = { first: 20_000, everybody: 8000 };
/** A terminal takes up what came while it signed for others. */
const FLIGHT = 150;
const WAKING = 100;

const sideAt = (address: string): string =>
  SIDES.find((side) => address === `${HOSTS[side]}:${RAS_PORTS[side]}`) ?? address;

export async function measureSeries(args: SeriesArgs): Promise<KindResult> {
  const series = new Series(args);
  try {
    return await series.run();
  } catch (error) {
    return series.failed(error);
  } finally {
    await series.stop();
  }
}

class Series {
  readonly #args: SeriesArgs;
  readonly #council: Council;
  readonly #lab: Lab;
  readonly #random: () => number;
  readonly #failovers: Failover[] = [];
  readonly #stolen = watchStolen();
  #meetings: readonly MeetingProcess[] = [];
  #tails: readonly HistoryTail[] = [];

  constructor(args: SeriesArgs) {
    this.#args = args;
    const { folder, prefix, fault, seed } = args;
    mkdirSync(folder, { recursive: true });
    this.#council = makeCouncil(folder);
    const { keyFile, registry } = this.#council;
    const { needs } = faultKind(fault);
    this.#lab = new Lab({ prefix, folder, keyFile, registry, needs: needs === undefined ? [] : [needs] });
    this.#random = drawer(seed);
  }

  async run(): Promise<KindResult> {
    const { fault, count, say } = this.#args;
    await this.#start();
    for (let n = 1; n <= count; n++) {
      const failover = await this.#once();
      this.#failovers.push(failover);
      const { hit, successor, lead, first, firstType } = failover;
      const then =
        first === null ? 'nobody followed' : `${successor} leads after ${lead} ms, ${firstType} after ${first}`;
      say(`${fault} ${n}/${count}: ${hit} hit; ${then}`);
    }
    const result = this.#result(await this.#reckon());
    return { ...result, broken: broken(result) };
  }

  /** What was measured before it came to nothing. */
  failed(error: unknown): KindResult {
    const nothing = { callsLost: 0, confirmsLost: 0, violations: [], checked: { operations: 0, unknown: 0, calls: 0 } };
    const why = error instanceof Error ? error.message : `${error}`;
    return { ...this.#result(nothing), broken: [`${this.#args.fault}: not finished, nothing was checked: ${why}`] };
  }

  #result({ callsLost, confirmsLost, violations, checked }: Verdict): Omit<KindResult, 'broken'> {
    const { what, movesLead, promised } = faultKind(this.#args.fault);
    const failovers = this.#failovers;
    return {
      ...{ kind: this.#args.fault, what, movesLead, failovers, ...(promised !== undefined && { promised }) },
      first: spreadOf(failovers.flatMap(({ first }) => first ?? [])),
      guardians: spreadOf(failovers.flatMap(({ guardians }) => Object.values(guardians))),
      ...{ callsLost, confirmsLost, checked, violations: [...violations] },
      ...{ awake: this.#args.awake, stolen: this.#stolen() },
    };
  }

  async stop(): Promise<void> {
    await this.#lab.stop();
  }

  async #start(): Promise<void> {
    const { folder, pace, seed } = this.#args;
    const { mcu, guardians, publicKey } = this.#council;
    const { network } = this.#lab;
    const first = this.#random() < 0.5 ? 'primary' : 'secondary';
    await this.#lab.start(first);
    const zone = {
      ...{ gatekeeperId: GATEKEEPER_ID, publicKey },
      gatekeepers: SIDES.map((side) => `${HOSTS[side]}:${RAS_PORTS[side]}`),
    };
    const half = guardians.length / 2;
    const config = { zone, pace };
    this.#meetings = [
      new MeetingProcess({
        ...{ network, host: 'guardians-a', path: join(folder, 'meeting-a') },
        config: { ...config, mcu, guardians: guardians.slice(0, half), seed },
      }),
      new MeetingProcess({
        ...{ network, host: 'guardians-b', path: join(folder, 'meeting-b') },
        config: { ...config, guardians: guardians.slice(half), destination: mcu.terminalId, seed: seed + 1 },
      }),
    ];
    await Promise.all(this.#meetings.map((meeting) => meeting.says('ready')));
    this.#tails = this.#meetings.map(({ output }) => new HistoryTail(output));
  }

  async #once(): Promise<Failover> {
    const { fault } = this.#args;
    const kind = faultKind(fault);
    const { gatekeepers, etcd } = this.#lab;
    const leader = await this.#lab.healthy();
    await kind.prepare?.(this.#lab, leader, this.#random);
    await this.#lab.healthy();
    await pause(200 + this.#random() * 500);
    const etcdLeader = (await etcd.leader('monitoring')) ?? null;
    const since = monotonic();
    const heal = await kind.begin(this.#lab, leader);
    const followed = await this.#followed(leader, since, kind.movesLead ? PATIENCE.first : 0);
    await pause(Math.max(0, since + kind.lasts - monotonic()));
    await heal();
    await this.#lab.healthy();
    // Where nothing else moves the lead, it is moved by order, so that each gatekeeper is hit as often as the other.
    if (this.#lab.leader === leader) {
      gatekeepers[leader].signal('SIGTERM');
      await until(`${otherSide(leader)} leads`, () => this.#lab.leader === otherSide(leader));
    }
    const [first] = followed;
    const lead = gatekeepers[otherSide(leader)].roles.find(({ role, at }) => role === 'leading' && at > since);
    return {
      ...{ hit: leader, successor: first === undefined ? null : sideAt(first.gatekeeper), etcdLeader },
      first: first === undefined ? null : tenth(first.at - since),
      ...{ lead: lead === undefined ? null : tenth(lead.at - since), firstType: first?.type ?? null },
      guardians: Object.fromEntries(followed.map(({ guardian, at }) => [guardian, tenth(at - since)])),
    };
  }

  /** Each guardian's first confirm from the other gatekeeper since then, the earliest first; waited for. */
  async #followed(leader: Side, since: number, patience: number): Promise<readonly SeenConfirm[]> {
    const other = otherSide(leader);
    const { gatekeepers } = this.#lab;
    const { length } = this.#council.guardians;
    const look = (): ReadonlyMap<string, SeenConfirm> => {
      for (const tail of this.#tails) tail.read();
      const found = new Map<string, SeenConfirm>();
      // Before it leads, it may give again what the other had answered.
      const lead = gatekeepers[other].roles.find(({ role, at }) => role === 'leading' && at > since);
      if (lead === undefined) return found;
      for (const confirm of this.#tails.flatMap(({ confirms }) => confirms).toSorted((a, b) => a.at - b.at))
        if (confirm.at >= lead.at && sideAt(confirm.gatekeeper) === other && !found.has(confirm.guardian))
          found.set(confirm.guardian, confirm);
      return found;
    };
    // Those of before have no say any more.
    for (const { confirms } of this.#tails) confirms.splice(0);
    const end = (ms: number): number => monotonic() + ms;
    let found = look();
    for (const until = end(patience); found.size === 0 && monotonic() < until; found = look()) await pause(20);
    if (patience > 0)
      for (const until = end(PATIENCE.everybody); found.size < length && monotonic() < until; found = look())
        await pause(20);
    return [...found.values()];
  }

  async #state(): Promise<FinalState> {
    const { leader } = this.#lab;
    if (leader === undefined) throw new Error('nobody leads at the end');
    const metrics = await this.#lab.gatekeepers[leader].page('metrics');
    const stored = await this.#lab.etcd.read(`/guardian-council/${GATEKEEPER_ID}/state/`);
    return finalState(metrics ?? '', stored);
  }

  async #reckon(): Promise<Verdict> {
    await this.#lab.healthy();
    const settlingSince = monotonic();
    const all = (act: (meeting: MeetingProcess) => unknown) => Promise.all(this.#meetings.map(act));
    await all((meeting) => meeting.tell('settle hold'));
    await all((meeting) => meeting.says('expected'));
    const held = monotonic();
    const final = await this.#state();
    await all((meeting) => meeting.tell('end'));
    await all((meeting) => meeting.says('settled'));
    const settled = await this.#state();
    await all((meeting) => meeting.ended());
    const { gatekeepers, freezes } = this.#lab;
    const zero = Date.now() - monotonic();
    const both = SIDES.map((side) => gatekeepers[side]);
    const [roles, deaths] = [both.flatMap((one) => one.roles), both.flatMap((one) => one.deaths)];
    const operations = this.#meetings.flatMap(({ output }) => operationsOf(output, sideAt));
    return check({
      operations: operations.filter(({ sentAt }) => sentAt < held),
      settling: operations.filter(({ sentAt }) => sentAt >= held),
      ...{ reigns: reignsOf(roles, deaths), isolations: isolationsOf(roles, deaths), freezes },
      ...{ final, settled, settlingSince },
      // Lines are found by their time, which is wrong where the clock was.
      ...(this.#args.fault !== 'clock-jump' && {
        witnessed: SIDES.flatMap((side) => witnessedBy(side, gatekeepers[side].dataDir, zero)),
      }),
      flight: FLIGHT + (this.#args.fault === 'delay' ? 200 : 0),
      waking: WAKING,
    });
  }
}

/** 0 to 1, the same for the same seed (a linear congruential generator, Numerical Recipes' constants). */
function drawer(from: number): () => number {
  let state = from >>> 0;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}
