import { systemClock } from '../adapters/clock.ts';
import { findEtcd } from '../adapters/etcd-process.ts';
import type { TerminalRecord } from '../config/index.ts';
import type { GuardianEvent } from '../guardian/index.ts';
import {
  type BitsPerSecond,
  bitsPerSecond,
  type EpochMilliseconds,
  type Milliseconds,
  oneWayRate,
  unitsForOneWayRate,
} from '../units.ts';
import type { DevelopmentRegistry } from './development-registry.ts';
import { type GuardianHandle, startGuardian } from './guardian-service.ts';
import { FailoverDrill, type FailoverReport, type Seat } from './local-failover.ts';
import { type LocalZone, within } from './local-zone.ts';
import { EtcdZone } from './local-zone-etcd.ts';
import { MemoryZone } from './local-zone-memory.ts';
import { type LocalZoneArgs, planZone } from './local-zone-plan.ts';
import type { Log } from './log.ts';

export type { FailoverReport } from './local-failover.ts';
export { type LocalGatekeeper, type LocalZone, LocalZoneError } from './local-zone.ts';

/** How one guardian of a local council is doing. */
export interface GuardianStatus {
  readonly terminalId: string;
  readonly role: string;
  readonly state: 'registering' | 'registered' | 'admitted' | 'failed';
  /** From the first ARQ to its ACF. */
  readonly admittedIn?: Milliseconds;
  /** Granted and allowed media, one way. */
  readonly bandwidth: BitsPerSecond;
  readonly quota: BitsPerSecond;
  /** When the gatekeeper last confirmed anything. */
  readonly lastSeen?: EpochMilliseconds;
  readonly failure?: string;
}

export interface LocalCouncilArgs extends Omit<LocalZoneArgs, 'registry'> {
  readonly registry: DevelopmentRegistry;
  /** How many guardians of the registry take part, the first ones first. */
  readonly guardians: number;
  readonly log: Log;
  /** Gives the start up. */
  readonly signal: AbortSignal;
}

/** The registry does not hold who takes part in a local council. */
export class LocalCouncilError extends Error {
  override readonly name = 'LocalCouncilError';
  readonly code = 'REGISTRY_UNFIT';
}

/** Whom the guardians call: the council's conference. Its terminal registers like every other. */
const MCU = 'if://council/mcu';

/** How long guardians may take to leave, in ms. */
const LEAVE = 1000;

/**
 * A whole council on one machine: two gatekeepers that share a store, the MCU's terminal and guardians, each with a UDP
 * socket and a key of its own. They speak to each other as they would across a network.
 */
export class LocalCouncil {
  readonly zone: LocalZone;
  readonly #args: LocalCouncilArgs;
  readonly #status = new Map<string, GuardianStatus>();
  readonly #handles = new Map<string, GuardianHandle>();
  readonly #seats: Seat[] = [];
  #drill: FailoverDrill | undefined;

  private constructor(zone: LocalZone, args: LocalCouncilArgs) {
    this.zone = zone;
    this.#args = args;
    for (const { terminalId, role, quota } of this.#chosen())
      this.#status.set(terminalId, { terminalId, role, state: 'registering', bandwidth: bitsPerSecond(0), quota });
  }

  /**
   * @throws LocalCouncilError, LocalZoneError, GuardianRefusedError for the MCU's terminal, what planZone and
   * startGatekeeper throw, the reason of `signal`; nothing is left running
   */
  static async start(args: LocalCouncilArgs): Promise<LocalCouncil> {
    const { dataDir, log, signal } = args;
    const { registry, file } = args.registry;
    const available = [...registry.terminals.values()].filter(({ kind }) => kind === 'guardian').length;
    if (args.guardians > available)
      throw new LocalCouncilError(`${args.guardians} guardians were asked for, ${file} has ${available}`);
    const mcu = registry.terminals.get(MCU);
    if (mcu === undefined) throw new LocalCouncilError(`${file} has no ${MCU}, which the guardians call`);
    const plan = await planZone({ ...args, registry: file });
    const etcd = findEtcd();
    const starting =
      etcd === undefined ? MemoryZone.start(plan, log, signal) : EtcdZone.start(plan, etcd, dataDir, signal);
    // Where it fails before it has begun, the ports are still held.
    const zone = await starting.catch(async (error: unknown) => {
      await plan.releasePorts();
      throw error;
    });
    const council = new LocalCouncil(zone, args);
    try {
      const handle = await council.#start(mcu);
      await Promise.race([
        handle.registered,
        new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason), { once: true })),
      ]);
      return council;
    } catch (error) {
      await council.stop();
      throw error;
    }
  }

  get guardians(): readonly GuardianStatus[] {
    return [...this.#status.values()];
  }

  #chosen(): TerminalRecord[] {
    const { registry, guardians } = this.#args;
    return [...registry.registry.terminals.values()].filter(({ kind }) => kind === 'guardian').slice(0, guardians);
  }

  /**
   * Lets every guardian register and ask for admission; done when each was admitted or has failed. They register
   * together and are admitted one by one: all of them sign in this one process, and would be measured waiting for each
   * other's signatures, which guardians on machines of their own never do.
   */
  async admitAll(): Promise<void> {
    const registered = await Promise.all(
      this.#chosen().map(async (terminal) => ({ terminal, handle: await this.#register(terminal) })),
    );
    for (const { terminal, handle } of registered) if (handle !== undefined) await this.#admit(terminal, handle);
  }

  async #register(terminal: TerminalRecord): Promise<GuardianHandle | undefined> {
    try {
      const handle = await this.#start(terminal);
      await handle.registered;
      return handle;
    } catch (error) {
      this.#fail(terminal, error);
      return undefined;
    }
  }

  async #admit(terminal: TerminalRecord, handle: GuardianHandle): Promise<void> {
    const { terminalId } = terminal;
    const units = unitsForOneWayRate(terminal.quota);
    try {
      const { call, granted, roundTrip } = await handle.admit({
        destination: { kind: 'url-ID', value: MCU },
        bandwidth: units,
      });
      this.#seats.push({ terminalId, handle, call, units });
      this.#set(terminalId, { state: 'admitted', admittedIn: roundTrip, bandwidth: oneWayRate(granted) });
    } catch (error) {
      this.#fail(terminal, error);
    }
  }

  #fail({ terminalId }: TerminalRecord, error: unknown): void {
    this.#set(terminalId, { state: 'failed', failure: error instanceof Error ? error.message : String(error) });
  }

  async #start({ terminalId }: TerminalRecord): Promise<GuardianHandle> {
    const seed = this.#args.registry.keys.get(terminalId)?.secretKey.subarray(0, 32);
    const { gatekeepers, gatekeeperId, publicKey } = this.zone;
    const handle = await startGuardian({
      terminalId,
      host: gatekeepers.some(({ ras }) => ras.address.includes(':')) ? '::1' : '127.0.0.1',
      gatekeepers: gatekeepers.map(({ ras }) => ({ ras, gatekeeperId, publicKeys: [publicKey] })),
      onEvent: (event) => {
        this.#notice(terminalId, event);
        this.#drill?.happened(terminalId, event);
      },
      onExchange: (exchange) => this.#drill?.exchanged(terminalId, exchange),
      ...(seed !== undefined && { seed }),
    });
    this.#handles.set(terminalId, handle);
    return handle;
  }

  #notice(terminalId: string, event: GuardianEvent): void {
    const lastSeen = systemClock.now().epoch;
    switch (event.kind) {
      case 'registered':
      case 'renewed': {
        const { state } = this.#status.get(terminalId) ?? { state: 'registering' };
        return this.#set(terminalId, state === 'registering' ? { state: 'registered', lastSeen } : { lastSeen });
      }
      case 'admitted':
      case 'readmitted':
      case 'bandwidthChanged':
        return this.#set(terminalId, { lastSeen, bandwidth: oneWayRate(event.granted) });
      case 'forcedDrop':
        return this.#set(terminalId, {
          state: 'failed',
          bandwidth: bitsPerSecond(0),
          failure: `call ended: ${event.reason}`,
        });
      case 'ejected':
        return this.#set(terminalId, { state: 'failed', failure: `ejected: ${event.reason}` });
      default:
    }
  }

  #set(terminalId: string, change: Partial<GuardianStatus>): void {
    const status = this.#status.get(terminalId);
    if (status !== undefined) this.#status.set(terminalId, { ...status, ...change });
  }

  /**
   * To be called when all are admitted: kills the leading gatekeeper after some time, and gives what became of that;
   * `undefined` where `signal` came first.
   */
  async killLeader(after: Milliseconds, signal: AbortSignal): Promise<FailoverReport | undefined> {
    const confirmed = (): ReadonlyMap<string, BitsPerSecond> =>
      new Map([...this.#handles.keys()].map((id) => [id, this.#status.get(id)?.bandwidth ?? bitsPerSecond(0)]));
    this.#drill = new FailoverDrill({ zone: this.zone, seats: this.#seats, confirmed });
    return this.#drill.run(after, signal);
  }

  /**
   * Everybody leaves, then the gatekeepers stop and their store; within 3 s, if need be by force.
   * @returns false where something has not ended: a terminal that goes on trying keeps this process from ending
   */
  async stop(): Promise<boolean> {
    const left = Promise.all([...this.#handles.values()].map((handle) => handle.stop()));
    const haveLeft = await within(LEAVE, left);
    const hasStopped = await this.zone.stop();
    return haveLeft && hasStopped;
  }
}
