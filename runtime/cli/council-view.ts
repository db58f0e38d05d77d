import { createLogUpdate } from 'log-update';
import { systemClock } from '../adapters/clock.ts';
import type { FailoverReport, GuardianStatus, LocalCouncil } from '../service/index.ts';
import { type Console, paint } from './console.ts';
import { councilTable, failoverLines, gatekeeperLines } from './council-table.ts';

/** Between two drawings, in ms; every second one asks the gatekeepers for their leases first. */
const REDRAW = 250;

export interface CouncilViewArgs {
  readonly dataDir: string;
  readonly console: Console;
  readonly json: boolean;
  /** When the leader is to be killed, as typed. */
  readonly killAfter: string | undefined;
}

/** What people, or programs, see of a council. */
export class CouncilView {
  readonly #args: CouncilViewArgs;
  readonly #draw = createLogUpdate(process.stdout, { showCursor: true });
  #council: LocalCouncil | undefined;
  #failover: FailoverReport | undefined;
  #ticking: NodeJS.Timeout | undefined;
  #ticks = 0;

  constructor(args: CouncilViewArgs) {
    this.#args = args;
  }

  /** Some terminals say that they have no lines: nothing can be drawn on those. */
  get #live(): boolean {
    return this.#args.console.isTerminal && !this.#args.json && process.stdout.rows > 0;
  }

  /** The council is being started, which takes a moment. */
  starting(): void {
    if (this.#live) this.#draw('Guardian Council: its gatekeepers are being started …');
  }

  /** It could not be. */
  gone(): void {
    if (this.#live) this.#draw.clear();
  }

  begin(council: LocalCouncil): void {
    this.#council = council;
    if (!this.#live) return;
    this.#draw(this.#text(council));
    this.#ticking = setInterval(() => {
      if (this.#ticks++ % 2 === 0) void council.zone.look();
      this.#draw(this.#text(council));
    }, REDRAW);
  }

  /** Everybody was admitted or has failed, and what was to be tried was tried. */
  async settled(failover: FailoverReport | undefined): Promise<void> {
    const { json, console } = this.#args;
    this.#failover = failover;
    if (this.#council === undefined) return;
    await this.#council.zone.look();
    if (json) console.out(`${JSON.stringify(this.#report(this.#council))}\n`);
    else if (!this.#live) console.out(`${this.#text(this.#council)}\n`);
  }

  end(): void {
    clearInterval(this.#ticking);
    if (!this.#live || this.#council === undefined) return;
    // All of it, also where the terminal is too low for that.
    this.#draw.clear();
    this.#args.console.out(`${this.#text(this.#council)}\n`);
  }

  #text({ guardians, zone }: LocalCouncil): string {
    const { console, dataDir, killAfter } = this.#args;
    const admitted = count(guardians, 'admitted');
    const failed = count(guardians, 'failed');
    const verdict = `${admitted} of ${guardians.length} admitted${failed > 0 ? `, ${failed} failed` : ''}`;
    const style = failed > 0 ? 'red' : admitted === guardians.length ? 'green' : 'yellow';
    const isToCome = killAfter !== undefined && this.#failover === undefined;
    const store = zone.store === 'memory' ? `memory (${zone.storeNote})` : zone.storeNote;
    return [
      `Guardian Council: zone ${zone.gatekeeperId}; store: ${store}`,
      ...gatekeeperLines(zone, console),
      councilTable(guardians, systemClock.now().epoch, console),
      paint(console, style, verdict),
      ...(isToCome ? [paint(console, 'yellow', `The leader is killed ${killAfter} after all were admitted.`)] : []),
      ...(this.#failover === undefined ? [] : failoverLines(this.#failover, zone, console)),
      `Witness logs: ${dataDir}/gatekeeper-*/logs/`,
      ...(this.#live ? [paint(console, 'dim', 'Ctrl-C stops the council.')] : []),
    ].join('\n');
  }

  #report({ guardians, zone }: LocalCouncil): object {
    const leading = zone.gatekeepers.find(({ state }) => state === 'leading');
    const failover = this.#failover;
    return {
      store: zone.store,
      store_note: zone.storeNote,
      leader: leading?.instance ?? null,
      /** The one that leads. */
      gatekeeper: { id: zone.gatekeeperId, ras: leading?.ras ?? null, metrics: leading?.metrics ?? null },
      gatekeepers: zone.gatekeepers.map(({ instance, side, state, ras, metrics }) => ({
        ...{ instance, role: side, state, ras, metrics },
      })),
      guardians: guardians.map(({ terminalId, role, state, admittedIn, bandwidth, quota, failure }) => ({
        terminal_id: terminalId,
        role,
        state,
        admitted_ms: admittedIn === undefined ? null : Math.round(admittedIn * 10) / 10,
        bandwidth_bps: bandwidth,
        bandwidth_quota_bps: quota,
        ...(failure !== undefined && { failure }),
      })),
      admitted: count(guardians, 'admitted'),
      failed: count(guardians, 'failed'),
      of: guardians.length,
      ...(failover !== undefined && {
        killed: failover.killed,
        failover_ms: failover.failover === undefined ? null : Math.round(failover.failover * 10) / 10,
        calls_lost: failover.callsLost,
        confirmed_lost: failover.confirmedLost,
        reregistrations: failover.reregistrations,
      }),
    };
  }
}

const count = (guardians: readonly GuardianStatus[], state: GuardianStatus['state']): number =>
  guardians.filter((guardian) => guardian.state === state).length;
