/** One gatekeeper of the pair as its host's systemd runs it: what it leaves is released, and it is started again. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { clientUrl, VOTERS, type Voter } from './etcd.ts';
import { type Heard, HostProcess } from './host-process.ts';
import { ask } from './http.ts';
import { HOSTS, type LabNetwork } from './network.ts';
import { pause } from './shell.ts';

export type Side = 'primary' | 'secondary';
export const SIDES = ['primary', 'secondary'] as const;
export const otherSide = (side: Side): Side => (side === 'primary' ? 'secondary' : 'primary');

export const GATEKEEPER_ID = 'guardian-council';
export const RAS_PORTS: Readonly<Record<Side, number>> = { primary: 1719, secondary: 1720 };
const HTTP_PORT = 9464;
/** systemd's RestartSec. */
const RESTART = 1000;

const runtime = (path: string): string => fileURLToPath(new URL(`../../../runtime/${path}`, import.meta.url));
export const COUNCIL: readonly string[] = [process.execPath, runtime('cli/council.mjs')];
const RELEASE: readonly string[] = [process.execPath, runtime('cli/release-lease.mjs')];
const SHIFTED_CLOCK = fileURLToPath(new URL('shifted-clock.mjs', import.meta.url));
export const ETCD_ENDPOINTS = (first: Voter = 'primary'): string =>
  [first, ...VOTERS.filter((voter) => voter !== first)].map(clientUrl).join(';');

/** What a gatekeeper said of its role, and when (monotonic(), ms). */
export interface RoleLine {
  readonly gatekeeper: Side;
  /** Counts its processes. */
  readonly life: number;
  readonly role: string;
  readonly term: number;
  readonly at: number;
}

export interface Death {
  readonly gatekeeper: Side;
  readonly life: number;
  readonly at: number;
}

export interface GatekeeperArgs {
  readonly side: Side;
  readonly network: LabNetwork;
  readonly keyFile: string;
  readonly registry: string;
  readonly dataDir: string;
  readonly log: string;
  /** Its wall clock can be shifted. */
  readonly hasShiftedClock: boolean;
}

export class Gatekeeper {
  readonly side: Side;
  readonly dataDir: string;
  readonly deaths: Death[] = [];
  readonly #args: GatekeeperArgs;
  /** By life: what was heard, with the process's own time and ours. */
  readonly #heard: { readonly life: number; readonly role: string; readonly term: number; readonly own: number }[] = [];
  /** By life: what to add to the process's own time; the line that came fastest is the best guess. */
  readonly #offsets = new Map<number, number>();
  #process: HostProcess | undefined;
  #life = 0;
  /** The life that a signal was to end. */
  #ending = 0;
  #isWanted = false;
  #isReleased = true;
  #after: Promise<void> = Promise.resolve();

  constructor(args: GatekeeperArgs) {
    this.#args = args;
    this.side = args.side;
    this.dataDir = args.dataDir;
    mkdirSync(args.dataDir, { recursive: true });
  }

  /** Starts it, and from now on whenever it has ended. */
  start(): void {
    this.#isWanted = true;
    this.#isReleased = true;
    if (this.#process?.isRunning !== true) this.#spawn();
  }

  #spawn(): void {
    const { side, network, keyFile, registry, dataDir, log, hasShiftedClock } = this.#args;
    const address = HOSTS[side];
    const other = otherSide(side);
    const options = {
      ...{ instance: `gatekeeper-${side}`, role: side, 'gatekeeper-id': GATEKEEPER_ID },
      ...{ host: address, 'ras-port': RAS_PORTS[side], 'http-host': address, 'http-port': HTTP_PORT },
      'etcd-endpoints': ETCD_ENDPOINTS(side),
      alternates: `${HOSTS[other]}:${RAS_PORTS[other]}/1/${GATEKEEPER_ID}`,
      ...{ 'key-file': keyFile, registry, 'data-dir': dataDir },
    };
    const life = ++this.#life;
    const env = hasShiftedClock ? { NODE_OPTIONS: `--import=${SHIFTED_CLOCK}`, LAB_CLOCK: this.#clockFile } : undefined;
    const started = new HostProcess({
      on: network.on(side),
      command: [
        ...COUNCIL,
        'gatekeeper',
        '--json',
        ...Object.entries(options).flatMap(([name, value]) => [`--${name}`, `${value}`]),
      ],
      ...(env !== undefined && { env }),
      log,
      heard: (heard) => this.#hear(life, heard),
    });
    this.#process = started;
    void started.ended.then(({ at }) => {
      this.deaths.push({ gatekeeper: side, life, at });
      if (!this.#isReleased) return;
      this.#after = this.#afterEnd();
    });
  }

  /** ExecStopPost, and Restart. */
  async #afterEnd(): Promise<void> {
    const { network, side, dataDir, log } = this.#args;
    const release = new HostProcess({
      on: network.on(side),
      command: [...RELEASE, '--data-dir', dataDir],
      log,
    });
    await release.ended;
    await pause(RESTART);
    if (this.#isWanted && this.#process?.isRunning !== true) this.#spawn();
  }

  #hear(life: number, { line, at }: Heard): void {
    const { event, role, term, at: own } = line;
    if (event !== 'role' || typeof role !== 'string' || typeof own !== 'number') return;
    this.#offsets.set(life, Math.min(this.#offsets.get(life) ?? Number.POSITIVE_INFINITY, at - own));
    this.#heard.push({ life, role, term: typeof term === 'number' ? term : 0, own });
  }

  get roles(): readonly RoleLine[] {
    return this.#heard.map(({ life, role, term, own }) => ({
      ...{ gatekeeper: this.side, life, role, term },
      at: own + (this.#offsets.get(life) ?? 0),
    }));
  }

  /** What it said last; undefined where its process has said nothing, is told to end, or has ended. */
  get role(): string | undefined {
    const last = this.#heard.at(-1);
    const isThere = this.#process?.isRunning === true && this.#ending !== this.#life;
    return isThere && last?.life === this.#life ? last.role : undefined;
  }

  /** Where that ends its process, its host's systemd does what it then does. */
  signal(signal: NodeJS.Signals): void {
    if (signal === 'SIGTERM' || signal === 'SIGKILL') this.#ending = this.#life;
    this.#process?.signal(signal);
  }

  /** Its host is gone: nobody releases anything, nobody starts it again until start(). */
  lose(): void {
    this.#isWanted = false;
    this.#isReleased = false;
    this.signal('SIGKILL');
  }

  get #clockFile(): string {
    return join(this.dataDir, '..', `${this.side}.clock`);
  }

  /** Sets its wall clock to the right time and this many seconds. */
  shiftClock(seconds: number): void {
    writeFileSync(this.#clockFile, `${seconds}`);
    this.#process?.signal('SIGUSR2');
  }

  /** Its process has ended, and what comes after that is done. */
  async gone(): Promise<void> {
    await this.#process?.ended;
    await this.#after;
  }

  /** Its HTTP service's answer; undefined where it gives none, or one that says no. */
  page(name: string): Promise<string | undefined> {
    return ask(`http://${HOSTS[this.side]}:${HTTP_PORT}/${name}`).catch(() => undefined);
  }
}
