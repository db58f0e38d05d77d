import { fileURLToPath } from 'node:url';
import type { Command } from 'commander';
import { createLogUpdate } from 'log-update';
import { systemClock } from '../adapters/clock.ts';
import { resolveSettings } from '../config/index.ts';
import { developmentRegistry, type GuardianStatus, LocalCouncil, openLog } from '../service/index.ts';
import { type Console, paint } from './console.ts';
import { councilTable } from './council-table.ts';
import { EXIT, type ExitCode } from './exit-codes.ts';
import { UsageError } from './failure.ts';
import { untilStopped } from './signals.ts';

const REGISTRY = fileURLToPath(new URL('../../config/guardian-registry.yaml', import.meta.url));
const MOST_GUARDIANS = 25;

export function addUpOptions(command: Command): Command {
  return command
    .option('--once', 'stop when every guardian is admitted or has failed; exit 0 only if all are admitted')
    .option('--guardians <n>', 'how many guardians take part', '8')
    .option('--data-dir <dir>', 'folder for keys, logs and the working copy of the registry', 'council-data')
    .option('--registry <file>', 'registry to begin with', REGISTRY)
    .option('--host <address>', 'where the gatekeeper listens', '127.0.0.1')
    .option('--ras-port <port>', 'RAS port (UDP); 0 takes any free one', '1719')
    .option('--http-port <port>', 'port for metrics and health; 0 takes any free one', '9464');
}

interface UpOptions {
  readonly once?: boolean;
  readonly json?: boolean;
  readonly guardians: string;
  readonly dataDir: string;
  readonly registry: string;
  readonly host: string;
  readonly rasPort: string;
  readonly httpPort: string;
}

/** `council up`: a gatekeeper, the MCU's terminal and guardians, admitted and kept alive until it is stopped. */
export async function up(options: UpOptions, console: Console): Promise<ExitCode> {
  const { guardians, once = false, json = false, dataDir, host, rasPort, httpPort } = options;
  if (!/^[1-9]\d?$/.test(guardians) || Number(guardians) > MOST_GUARDIANS)
    throw new UsageError(`--guardians ${guardians}: a number from 1 to ${MOST_GUARDIANS}`);
  const registry = developmentRegistry(options.registry, dataDir);
  const settings = resolveSettings({
    options: { host, rasPort, httpPort, dataDir, registry: registry.file },
    environment: process.env,
  });
  const stopped = untilStopped();
  const council = await LocalCouncil.start({
    settings,
    registry,
    guardians: Number(guardians),
    log: openLog('council', json || console.isTerminal),
  });
  const view = new View(council, dataDir, console, json);
  const admitted = council.admitAll();
  view.begin();
  const asked = await Promise.race([admitted.then(() => undefined), stopped]);
  view.settled();
  if (!once && asked === undefined) await stopped;
  view.end();
  await council.stop();
  const all = council.guardians.every(({ state }) => state === 'admitted');
  if (asked !== undefined) return EXIT.ok;
  return once && !all ? EXIT.no : EXIT.ok;
}

/** What people, or programs, see of a council. */
class View {
  readonly #council: LocalCouncil;
  readonly #dataDir: string;
  readonly #console: Console;
  readonly #json: boolean;
  readonly #draw = createLogUpdate(process.stdout, { showCursor: true });
  #ticking: NodeJS.Timeout | undefined;

  constructor(council: LocalCouncil, dataDir: string, console: Console, json: boolean) {
    this.#council = council;
    this.#dataDir = dataDir;
    this.#console = console;
    this.#json = json;
  }

  get #live(): boolean {
    return this.#console.isTerminal && !this.#json;
  }

  begin(): void {
    if (!this.#live) return;
    this.#draw(this.#text());
    this.#ticking = setInterval(() => this.#draw(this.#text()), 250);
  }

  /** Everybody was admitted or has failed. */
  settled(): void {
    if (this.#json) this.#console.out(`${JSON.stringify(this.#report())}\n`);
    else if (!this.#live) this.#console.out(`${this.#text()}\n`);
  }

  end(): void {
    clearInterval(this.#ticking);
    if (!this.#live) return;
    this.#draw(this.#text());
    this.#draw.done();
  }

  #text(): string {
    const { gatekeeper, guardians } = this.#council;
    const admitted = count(guardians, 'admitted');
    const failed = count(guardians, 'failed');
    const verdict = `${admitted} of ${guardians.length} admitted${failed > 0 ? `, ${failed} failed` : ''}`;
    const style = failed > 0 ? 'red' : admitted === guardians.length ? 'green' : 'yellow';
    return [
      `Guardian Council: gatekeeper ${gatekeeper.gatekeeperId}, RAS on ${gatekeeper.ras.address}:${gatekeeper.ras.port}/udp`,
      councilTable(guardians, systemClock.now().epoch, this.#console),
      paint(this.#console, style, verdict),
      `Metrics: http://${gatekeeper.http.address}:${gatekeeper.http.port}/metrics   Witness log: ${this.#dataDir}/logs/h323_witness/`,
      ...(this.#live ? [paint(this.#console, 'dim', 'Ctrl-C stops the council.')] : []),
    ].join('\n');
  }

  #report(): object {
    const { gatekeeper, guardians } = this.#council;
    return {
      gatekeeper: {
        id: gatekeeper.gatekeeperId,
        ras: gatekeeper.ras,
        metrics: `http://${gatekeeper.http.address}:${gatekeeper.http.port}/metrics`,
      },
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
    };
  }
}

const count = (guardians: readonly GuardianStatus[], state: GuardianStatus['state']): number =>
  guardians.filter((guardian) => guardian.state === state).length;
