import { systemClock } from '../adapters/clock.ts';
import type { GatekeeperSettings, TerminalRecord } from '../config/index.ts';
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
import { type RunningGatekeeper, startGatekeeper } from './gatekeeper-service.ts';
import { type GuardianHandle, startGuardian } from './guardian-service.ts';
import type { Log } from './log.ts';

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

export interface LocalCouncilArgs {
  readonly settings: GatekeeperSettings;
  readonly registry: DevelopmentRegistry;
  /** How many guardians of the registry take part, the first ones first. */
  readonly guardians: number;
  readonly log: Log;
}

/** The registry does not hold who takes part in a local council. */
export class LocalCouncilError extends Error {
  override readonly name = 'LocalCouncilError';
  readonly code = 'REGISTRY_UNFIT';
}

/** Whom the guardians call: the council's conference. Its terminal registers like every other. */
const MCU = 'if://council/mcu';

/**
 * A whole council on one machine: a gatekeeper, the MCU's terminal and guardians, each with a UDP socket and a key of
 * its own. They speak to each other as they would across a network.
 */
export class LocalCouncil {
  readonly gatekeeper: RunningGatekeeper;
  readonly #args: LocalCouncilArgs;
  readonly #status = new Map<string, GuardianStatus>();
  readonly #handles: GuardianHandle[] = [];

  private constructor(gatekeeper: RunningGatekeeper, args: LocalCouncilArgs) {
    this.gatekeeper = gatekeeper;
    this.#args = args;
    for (const { terminalId, role, quota } of this.#chosen())
      this.#status.set(terminalId, { terminalId, role, state: 'registering', bandwidth: bitsPerSecond(0), quota });
  }

  /** @throws LocalCouncilError, GuardianRefusedError for the MCU's terminal, and what startGatekeeper throws */
  static async start(args: LocalCouncilArgs): Promise<LocalCouncil> {
    const { terminals } = args.registry.registry;
    const available = [...terminals.values()].filter(({ kind }) => kind === 'guardian').length;
    const { file } = args.registry;
    if (args.guardians > available)
      throw new LocalCouncilError(`${args.guardians} guardians were asked for, ${file} has ${available}`);
    const mcu = terminals.get(MCU);
    if (mcu === undefined) throw new LocalCouncilError(`${file} has no ${MCU}, which the guardians call`);
    const council = new LocalCouncil(await startGatekeeper(args.settings, args.log), args);
    try {
      const handle = await council.#start(mcu, () => {});
      await handle.registered;
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
      const handle = await this.#start(terminal, (event) => this.#notice(terminal.terminalId, event));
      await handle.registered;
      return handle;
    } catch (error) {
      this.#fail(terminal, error);
      return undefined;
    }
  }

  async #admit(terminal: TerminalRecord, handle: GuardianHandle): Promise<void> {
    const { terminalId } = terminal;
    try {
      const { granted, roundTrip } = await handle.admit({
        destination: { kind: 'url-ID', value: MCU },
        bandwidth: unitsForOneWayRate(terminal.quota),
      });
      this.#set(terminalId, { state: 'admitted', admittedIn: roundTrip, bandwidth: oneWayRate(granted) });
    } catch (error) {
      this.#fail(terminal, error);
    }
  }

  #fail({ terminalId }: TerminalRecord, error: unknown): void {
    this.#set(terminalId, { state: 'failed', failure: error instanceof Error ? error.message : String(error) });
  }

  async #start({ terminalId }: TerminalRecord, onEvent: (event: GuardianEvent) => void): Promise<GuardianHandle> {
    const seed = this.#args.registry.keys.get(terminalId)?.secretKey.subarray(0, 32);
    const { ras, gatekeeperId, publicKey } = this.gatekeeper;
    const handle = await startGuardian({
      terminalId,
      host: ras.address.includes(':') ? '::1' : '127.0.0.1',
      gatekeepers: [{ ras, gatekeeperId, publicKey }],
      onEvent,
      ...(seed !== undefined && { seed }),
    });
    this.#handles.push(handle);
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

  /** Everybody leaves, then the gatekeeper stops. */
  async stop(): Promise<void> {
    await Promise.all(this.#handles.map((handle) => handle.stop()));
    await this.gatekeeper.stop();
  }
}
