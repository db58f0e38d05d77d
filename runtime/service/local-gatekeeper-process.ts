import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, openSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { makeFolder } from '../adapters/folder.ts';
import type { SocketAddress } from '../h225/index.ts';
import { type GatekeeperState, LocalZoneError, within } from './local-zone.ts';

const COUNCIL = fileURLToPath(new URL('../cli/council.mjs', import.meta.url));
const RELEASE = fileURLToPath(new URL('../cli/release-lease.mjs', import.meta.url));
/** Before a gatekeeper that has ended is started again, in ms: systemd's RestartSec. */
const RESTART = 1000;

const STATES: ReadonlySet<string> = new Set<GatekeeperState>([
  ...(['starting', 'waiting', 'standby', 'leading', 'isolated', 'stopped'] as const),
]);
const isState = (value: unknown): value is GatekeeperState => typeof value === 'string' && STATES.has(value);

const isAddress = (value: unknown): value is SocketAddress =>
  typeof value === 'object' &&
  value !== null &&
  'address' in value &&
  typeof value.address === 'string' &&
  'port' in value &&
  typeof value.port === 'number';

export interface GatekeeperProcessArgs {
  readonly instance: string;
  readonly dataDir: string;
  /** Options of `council gatekeeper`. */
  readonly options: readonly string[];
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly onState: (state: GatekeeperState) => void;
  /** A process has come or gone. */
  readonly onProcesses: () => void;
}

/**
 * A gatekeeper in a process of its own, kept as systemd keeps it on its host: when it dies, its lease is released at
 * once and it is started again after 1 s.
 */
export class GatekeeperProcess {
  /** Rejects when it ends before it has served: what is wrong then will not get better by itself. */
  readonly failed: Promise<never>;
  readonly #args: GatekeeperProcessArgs;
  readonly #log: string;
  #fail: (error: Error) => void = () => {};
  #child: ChildProcess | undefined;
  #release: ChildProcess | undefined;
  #ended: Promise<void> = Promise.resolve();
  #hasServed = false;
  #ras: SocketAddress | undefined;
  #isWanted = true;

  /** @throws the file system's error */
  constructor(args: GatekeeperProcessArgs) {
    this.#args = args;
    this.#log = join(args.dataDir, 'gatekeeper.log');
    makeFolder(args.dataDir, 0o750);
    this.failed = new Promise((_, reject) => {
      this.#fail = reject;
    });
    this.failed.catch(() => {});
    this.#start();
  }

  /** What it tells terminals to send to; `undefined` before it has first served. */
  get ras(): SocketAddress | undefined {
    return this.#ras;
  }

  /** Those that run. */
  get pids(): readonly number[] {
    return [this.#child, this.#release].flatMap((child) => child?.pid ?? []);
  }

  #start(): void {
    const { options, environment, onState, onProcesses } = this.#args;
    const output = openSync(this.#log, 'a', 0o640);
    const from = statSync(this.#log).size;
    const child = spawn(process.execPath, [COUNCIL, 'gatekeeper', '--json', ...options], {
      // A session of its own: Ctrl-C is for us, who stop it in its turn.
      ...{ detached: true, env: environment },
      stdio: ['ignore', 'pipe', output],
    });
    closeSync(output);
    this.#child = child;
    const heard = (line: string): void => {
      const { event, role, ras } = parsed(line);
      if (event === 'started') this.#hasServed = true;
      if (isAddress(ras)) this.#ras = ras;
      if (event === 'role' && isState(role) && this.#child === child) onState(role);
    };
    if (child.stdout !== null) createInterface(child.stdout).on('line', heard);
    this.#ended = new Promise((resolve) => {
      const over = (how: string): void => {
        if (this.#child !== child) return;
        this.#child = undefined;
        onState('down');
        if (this.#isWanted) this.#died(how, from);
        onProcesses();
        resolve();
      };
      child.once('exit', (code, signal) => over(signal ?? `exit code ${code}`));
      child.once('error', (error) => over(error.message));
    });
    onProcesses();
  }

  #died(how: string, from: number): void {
    if (!this.#hasServed) {
      this.#isWanted = false;
      this.#fail(new LocalZoneError(`${this.#args.instance} did not start (${how}): ${this.#complaint(from)}`));
      return;
    }
    const release = spawn(process.execPath, [RELEASE, '--data-dir', this.#args.dataDir], {
      ...{ detached: true, stdio: 'ignore' },
    });
    this.#release = release;
    const gone = (): void => {
      this.#release = undefined;
      this.#args.onProcesses();
    };
    release.once('exit', gone);
    release.once('error', gone);
    setTimeout(() => {
      if (this.#isWanted) this.#start();
    }, RESTART).unref();
  }

  /** What it said last before it ended, in this life. */
  #complaint(from: number): string {
    const said = readFileSync(this.#log).subarray(from).toString('utf8').trimEnd().split('\n');
    return said.findLast((line) => line.startsWith('council: '))?.slice('council: '.length) ?? `see ${this.#log}`;
  }

  kill(): void {
    this.#child?.kill('SIGKILL');
  }

  /** SIGTERM, and SIGKILL to one that has not ended after `ms`. */
  async stop(ms: number): Promise<void> {
    this.#isWanted = false;
    this.#release?.kill('SIGKILL');
    this.#child?.kill('SIGTERM');
    if (await within(ms, this.#ended)) return;
    this.kill();
    await this.#ended;
  }
}

function parsed(line: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === 'object' && value !== null ? { ...value } : {};
  } catch {
    return {};
  }
}
