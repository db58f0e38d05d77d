import { fileURLToPath } from 'node:url';
import type { Command } from 'commander';
import {
  developmentRegistry,
  type FailoverReport,
  LocalCouncil,
  type LocalCouncilArgs,
  LocalZoneError,
  type Log,
  openLog,
} from '../service/index.ts';
import { type Milliseconds, milliseconds } from '../units.ts';
import type { Console } from './console.ts';
import { CouncilView } from './council-view.ts';
import { EXIT, type ExitCode } from './exit-codes.ts';
import { UsageError } from './failure.ts';
import { untilStopped } from './signals.ts';

const REGISTRY = fileURLToPath(new URL('../../config/guardian-registry.yaml', import.meta.url));
const MOST_GUARDIANS = 25;
const LONGEST_WAIT = 24 * 3_600_000;
const UNITS: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000 };

export function addUpOptions(command: Command): Command {
  return command
    .option('--once', 'stop when every guardian is admitted or has failed; exit 0 only if all are admitted')
    .option(
      '--kill-primary-after <duration>',
      'kill the leading gatekeeper so long after all are admitted: 500ms, 5s, 1m',
    )
    .option('--guardians <n>', 'how many guardians take part', '8')
    .option('--data-dir <dir>', 'folder for keys, logs and the working copy of the registry', 'council-data')
    .option('--registry <file>', 'registry to begin with', REGISTRY)
    .option('--host <address>', 'where the gatekeepers listen', '127.0.0.1')
    .option('--ras-port <port>', "the primary's RAS port (UDP); 0 takes any free one", '1719')
    .option('--secondary-ras-port <port>', "the secondary's; without it the next one, or a free one after 0")
    .option('--http-port <port>', "the primary's port for metrics and health; 0 takes any free one", '9464')
    .option('--secondary-http-port <port>', "the secondary's; without it the next one, or a free one after 0");
}

interface UpOptions {
  readonly once?: boolean;
  readonly json?: boolean;
  readonly killPrimaryAfter?: string;
  readonly guardians: string;
  readonly dataDir: string;
  readonly registry: string;
  readonly host: string;
  readonly rasPort: string;
  readonly secondaryRasPort?: string;
  readonly httpPort: string;
  readonly secondaryHttpPort?: string;
}

/**
 * `council up`: two gatekeepers that share a store, the MCU's terminal and guardians, admitted and kept alive until it is
 * stopped.
 */
export async function up(options: UpOptions, console: Console): Promise<ExitCode> {
  const { once = false, json = false, dataDir, killPrimaryAfter } = options;
  const killAfter = killPrimaryAfter === undefined ? undefined : duration('--kill-primary-after', killPrimaryAfter);
  const isQuiet = json || console.isTerminal;
  const settled = councilArgs(options, isQuiet);
  const view = new CouncilView({ dataDir, console, json, killAfter: killPrimaryAfter });
  const stopping = new AbortController();
  const stopped = untilStopped().then(() => stopping.abort(new Stopped()));
  view.starting();
  const council = await LocalCouncil.start({ ...settled, signal: stopping.signal }).catch((error: unknown) => {
    view.gone();
    if (error instanceof Stopped) return EXIT.ok;
    if (!(error instanceof LocalZoneError)) throw error;
    console.err(`council: ${error.message}\n`);
    return EXIT.environment;
  });
  if (!(council instanceof LocalCouncil)) return council;
  view.begin(council);
  const tried = meet(council, killAfter, stopping.signal);
  const outcome = await Promise.race([tried, stopped.then(() => 'stopped' as const)]);
  if (outcome !== 'stopped') await view.settled(outcome.failover);
  if (!once) await stopped;
  view.end();
  const isOver = await council.stop();
  const code = !once || outcome === 'stopped' || outcome.isGood ? EXIT.ok : EXIT.no;
  // Terminals that nobody answers would go on for a while.
  if (!isOver) setImmediate(() => process.exit(code));
  return code;
}

/** @throws UsageError, and what developmentRegistry throws */
function councilArgs(options: UpOptions, isQuiet: boolean): Omit<LocalCouncilArgs, 'signal'> {
  const { guardians, dataDir, host, rasPort, httpPort, secondaryRasPort, secondaryHttpPort } = options;
  if (!/^[1-9]\d?$/.test(guardians) || Number(guardians) > MOST_GUARDIANS)
    throw new UsageError(`--guardians ${guardians}: a number from 1 to ${MOST_GUARDIANS}`);
  return {
    ...{ dataDir, host, guardians: Number(guardians) },
    rasPorts: { primary: rasPort, secondary: nextPort('--secondary-ras-port', secondaryRasPort, rasPort) },
    httpPorts: { primary: httpPort, secondary: nextPort('--secondary-http-port', secondaryHttpPort, httpPort) },
    registry: developmentRegistry(options.registry, dataDir),
    environment: process.env,
    log: withoutNews(openLog('council', isQuiet)),
  };
}

/** Who leads is on the screen. */
const withoutNews = (log: Log): Log => ({ info: () => {}, warn: log.warn.bind(log), error: log.error.bind(log) });

/** What is wrong with the primary's own port is said elsewhere. */
function nextPort(option: string, given: string | undefined, primary: string): string {
  const port = given ?? (primary === '0' || !/^\d+$/.test(primary) ? '0' : String(Number(primary) + 1));
  if (!/^\d{1,5}$/.test(port) || Number(port) > 65_535)
    throw new UsageError(`${option} ${port}: a port from 0 to 65535 (0: any free one)`);
  if (port === primary && port !== '0') throw new UsageError(`${option} ${port}: the primary has that port`);
  return port;
}

/** @throws UsageError */
function duration(option: string, text: string): Milliseconds {
  const [, count = '', unit = ''] = /^(\d+(?:\.\d+)?)(ms|s|m)$/.exec(text) ?? [];
  const ms = Number(count) * (UNITS[unit] ?? 0);
  if (!(ms > 0) || ms > LONGEST_WAIT)
    throw new UsageError(`${option} ${text}: a duration such as 500ms, 5s or 1m, at most 24 hours`);
  return milliseconds(ms);
}

interface Outcome {
  readonly failover: FailoverReport | undefined;
  /** All were admitted, and what was promised about a failover was held. */
  readonly isGood: boolean;
}

/** Admits all; then, where that is wished and all are there, kills the leader. */
async function meet(council: LocalCouncil, killAfter: Milliseconds | undefined, signal: AbortSignal): Promise<Outcome> {
  await council.admitAll();
  const all = council.guardians.every(({ state }) => state === 'admitted');
  if (!all || killAfter === undefined) return { failover: undefined, isGood: all };
  const failover = await council.killLeader(killAfter, signal);
  return { failover, isGood: failover?.held === true };
}

/** Somebody wants the council to end that is just being started. */
class Stopped extends Error {}
