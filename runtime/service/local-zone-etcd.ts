import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { freePorts } from '../adapters/etcd/cluster.ts';
import { type EtcdMember, type EtcdMemberOptions, startEtcdMember } from '../adapters/etcd-process.ts';
import { makeFolder } from '../adapters/folder.ts';
import { GatekeeperProcess } from './local-gatekeeper-process.ts';
import { Lifeline } from './local-lifeline.ts';
import {
  type LocalGatekeeper,
  type LocalZone,
  LocalZoneError,
  metricsUrl,
  pause,
  RoleBoard,
  SIDES,
  type Side,
} from './local-zone.ts';
import { commandLine, type ZonePlan } from './local-zone-plan.ts';

const HOST = '127.0.0.1';
const MEMBERS = [0, 1, 2];
/** Milliseconds: before a member that has ended is started again, for the gatekeepers to stop, for one look. */
const RESTART = 1000;
const STOP = 1200;
const LOOK = 1000;
/** What a crashed process may cost, in ms. */
const PROMISE = 500;

/** A real etcd of three members, and both gatekeepers in processes of their own. */
export class EtcdZone implements LocalZone {
  readonly store = 'etcd';
  readonly storeNote = 'etcd, 3 members';
  readonly promise = PROMISE;
  readonly gatekeeperId: string;
  readonly publicKey: Uint8Array;
  readonly #plan: ZonePlan;
  readonly #board = new RoleBoard();
  readonly #lifeline: Lifeline;
  readonly #members = new Set<EtcdMember>();
  readonly #processes = new Map<Side, GatekeeperProcess>();
  readonly #leases = new Map<Side, number>();
  #stopping = false;

  private constructor(plan: ZonePlan, folder: string) {
    this.#plan = plan;
    this.gatekeeperId = plan.gatekeeperId;
    this.publicKey = plan.publicKey;
    this.#lifeline = new Lifeline(folder);
  }

  /**
   * Starts all five processes at once: each waits for those that it needs.
   * @throws LocalZoneError, the reason of `signal`, the file system's error; nothing is left running
   */
  static async start(plan: ZonePlan, binary: string, dataDir: string, signal: AbortSignal): Promise<EtcdZone> {
    const folder = freshFolder(join(dataDir, 'etcd'));
    // While ours are held still, so that they differ.
    const ports = await freePorts(HOST, 2 * MEMBERS.length);
    await plan.releasePorts();
    const zone = new EtcdZone(plan, folder);
    try {
      const options = memberOptions(binary, folder, ports);
      const etcd = options.map((each) => zone.#startMember(each));
      for (const side of SIDES)
        zone.#startGatekeeper(
          side,
          options.map(({ clientUrl }) => clientUrl),
        );
      const failed = Promise.race([...etcd, ...[...zone.#processes.values()].map((process) => process.failed)]);
      await zone.#board.led(signal, failed);
      return zone;
    } catch (error) {
      await zone.stop();
      throw error;
    }
  }

  /** Rejects when it has ended for the first time; after that it is started again. */
  #startMember(options: EtcdMemberOptions): Promise<never> {
    const member = startEtcdMember(options);
    this.#members.add(member);
    this.#hold();
    const ended = member.exited.then(async ({ code, signal }): Promise<never> => {
      this.#members.delete(member);
      this.#hold();
      if (!this.#stopping)
        void pause(RESTART).then(() => {
          if (!this.#stopping) this.#startMember(options);
        });
      const how = signal ?? `exit code ${code}`;
      throw new LocalZoneError(`etcd ${member.name} ended (${how}): ${lastLine(options.log)}`);
    });
    ended.catch(() => {});
    return ended;
  }

  #startGatekeeper(side: Side, endpoints: readonly string[]): void {
    const { instance, dataDir, typed } = this.#plan.gatekeepers[side];
    // On a host of its own it would ask the member beside it first.
    const [first = '', second = '', ...others] = endpoints;
    const ordered = side === 'primary' ? [first, second, ...others] : [second, first, ...others];
    const process = new GatekeeperProcess({
      ...{ instance, dataDir, environment: this.#plan.environment },
      options: commandLine({ ...typed, etcdEndpoints: ordered.join(';') }),
      onState: (state) => {
        this.#board.set(side, state);
        if (state === 'down') this.#leases.delete(side);
      },
      onProcesses: () => this.#hold(),
    });
    this.#processes.set(side, process);
    this.#hold();
  }

  #hold(): void {
    const gatekeepers = [...this.#processes.values()].flatMap(({ pids }) => pids);
    const etcd = [...this.#members].map(({ pid }) => pid).filter((pid) => pid > 0);
    this.#lifeline.hold([...gatekeepers, ...etcd]);
  }

  get gatekeepers(): readonly LocalGatekeeper[] {
    return SIDES.map((side) => {
      const { instance, settings } = this.#plan.gatekeepers[side];
      const { host, rasPort, httpHost, httpPort } = settings;
      return {
        ...{ instance, side, state: this.#board.of(side) },
        ras: this.#processes.get(side)?.ras ?? { address: host, port: rasPort },
        metrics: metricsUrl(httpHost, httpPort),
        leaseLeft: this.#leases.get(side),
      };
    });
  }

  async look(): Promise<void> {
    await Promise.all(
      this.gatekeepers.map(async ({ side, state, metrics }) => {
        if (state === 'down') return;
        const answer = await fetch(metrics, { signal: AbortSignal.timeout(LOOK) }).catch(() => undefined);
        const text = (await answer?.text().catch(() => '')) ?? '';
        const [, left] = /^h323_gatekeeper_lease_left_seconds\{[^}]*\} (\S+)$/m.exec(text) ?? [];
        if (left === undefined) this.#leases.delete(side);
        else this.#leases.set(side, Number(left));
      }),
    );
  }

  killLeader(): string | undefined {
    const side = this.#board.leader;
    if (side === undefined) return undefined;
    this.#processes.get(side)?.kill();
    return this.#plan.gatekeepers[side].instance;
  }

  /** The gatekeepers get 1.2 s to end by themselves, in which they still have their store. */
  async stop(): Promise<boolean> {
    this.#stopping = true;
    const end = performance.now() + STOP;
    const last = this.#board.leader;
    // The standby first: whoever leads alone need not hand over.
    for (const side of SIDES.toSorted((a, b) => Number(a === last) - Number(b === last)))
      await this.#processes.get(side)?.stop(Math.max(0, end - performance.now()));
    // Nobody will ever ask for their data.
    const members = [...this.#members];
    for (const member of members) member.kill('SIGKILL');
    await Promise.all(members.map(({ exited }) => exited));
    this.#lifeline.hold([]);
    await this.#lifeline.cut();
    return true;
  }
}

/** Of a log that is about to go with its folder. */
function lastLine(file: string): string {
  return (existsSync(file) ? readFileSync(file, 'utf8') : '').trimEnd().split('\n').at(-1) ?? '';
}

/** The members' data are of no use to a later start. Those of councils that were killed are taken away, too. */
function freshFolder(parent: string): string {
  makeFolder(parent, 0o700);
  const own = String(process.pid);
  for (const name of readdirSync(parent))
    if (name === own || !isRunning(Number(name))) rmSync(join(parent, name), { recursive: true, force: true });
  const folder = join(parent, own);
  makeFolder(folder, 0o700);
  return folder;
}

function isRunning(pid: number): boolean {
  if (!(pid > 0)) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // It is somebody else's.
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}

function memberOptions(binary: string, folder: string, ports: readonly number[]): readonly EtcdMemberOptions[] {
  const url = (at: number): string => `http://${HOST}:${ports[at]}`;
  const name = (index: number): string => `member-${index + 1}`;
  const initialCluster = MEMBERS.map((index) => `${name(index)}=${url(2 * index)}`).join(',');
  return MEMBERS.map((index) => ({
    ...{ binary, name: name(index), dataDir: join(folder, name(index)), log: join(folder, `${name(index)}.log`) },
    ...{ peerUrl: url(2 * index), clientUrl: url(2 * index + 1), initialCluster, state: 'new', wrap: ownSession() },
    flags: [`--initial-cluster-token=council-${process.pid}`, '--log-level=warn'],
  }));
}

/**
 * As with the gatekeepers, Ctrl-C is not for them, or they would be gone before the guardians have left. Where there is
 * no such tool they are, and what waits for them is ended by force.
 */
function ownSession(): readonly string[] {
  const found = (process.env['PATH'] ?? '')
    .split(delimiter)
    .map((folder) => join(folder, 'setsid'))
    .find(existsSync);
  return found === undefined ? [] : [found];
}
