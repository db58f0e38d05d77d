/** The `council` command as people and services run it: a process of its own, which never outlives its test. */
import { type ChildProcess, spawn } from 'node:child_process';
import { get } from 'node:http';
import { fileURLToPath } from 'node:url';
import type { SocketAddress } from '../../runtime/h225/index.ts';

const COUNCIL = fileURLToPath(new URL('../../runtime/cli/council.mjs', import.meta.url));

export interface CouncilOptions {
  /** Added to the environment of this process, of which no COUNCIL_ variable is handed on; `undefined` takes one away. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  readonly cwd?: string;
  /** For Node itself. */
  readonly nodeOptions?: readonly string[];
  /** Milliseconds after which it is killed. */
  readonly timeout?: number;
  /** The launcher of another installation; that of this checkout unless given. */
  readonly launcher?: string;
}

export interface Ended {
  /** null where a signal ended it. */
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

export class CouncilProcess {
  /** Fulfilled when it has ended, however it did. */
  readonly ended: Promise<Ended>;
  readonly pid: number;
  readonly #child: ChildProcess;
  #stdout = '';
  #stderr = '';
  #readTo = 0;
  #isClosed = false;
  #waiting: (() => void)[] = [];

  constructor(args: readonly string[], options: CouncilOptions = {}) {
    const { env = {}, cwd, nodeOptions = [], timeout = 30_000, launcher = COUNCIL } = options;
    const inherited = Object.entries(process.env).filter(([name]) => !name.startsWith('COUNCIL_'));
    this.#child = spawn(process.execPath, [...nodeOptions, launcher, ...args], {
      env: { ...Object.fromEntries(inherited), ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
      timeout,
      killSignal: 'SIGKILL',
      ...(cwd !== undefined && { cwd }),
    });
    this.pid = this.#child.pid ?? 0;
    this.#child.stdout?.setEncoding('utf8').on('data', (text: string) => {
      this.#stdout += text;
      this.#changed();
    });
    this.#child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      this.#stderr += text;
      this.#changed();
    });
    this.ended = new Promise((resolve, reject) => {
      this.#child.on('error', reject);
      this.#child.on('close', (code, signal) => {
        this.#isClosed = true;
        resolve({ code, signal, stdout: this.#stdout, stderr: this.#stderr });
        this.#changed();
      });
    });
    // Whoever does not wait for the end learns of it by what comes missing.
    this.ended.catch(() => {});
  }

  get stderr(): string {
    return this.#stderr;
  }

  /** It has not ended, or what it wrote last has not come yet. */
  get isRunning(): boolean {
    return !this.#isClosed;
  }

  /** The next line of its standard output. Rejected with all it wrote where it ends without one. */
  async line(): Promise<string> {
    const end = await this.#until(() => this.#stdout.indexOf('\n', this.#readTo), 'a line of output');
    const line = this.#stdout.slice(this.#readTo, end);
    this.#readTo = end + 1;
    return line;
  }

  /** The first of its standard error's lines that `pattern` fits, from `from` (characters) on. */
  async complains(pattern: RegExp, from = 0): Promise<string> {
    const found = (): string | undefined =>
      this.#stderr
        .slice(from)
        .split('\n')
        .slice(0, -1)
        .find((line) => pattern.test(line));
    await this.#until(() => (found() === undefined ? -1 : 1), `${pattern} in its complaints`);
    return found() ?? '';
  }

  async #until(ready: () => number, what: string): Promise<number> {
    for (;;) {
      const result = ready();
      if (result >= 0) return result;
      if (!this.isRunning) throw new Error(`ended without ${what}:\n${this.#stdout}${this.#stderr}`);
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    }
  }

  #changed(): void {
    for (const look of this.#waiting.splice(0)) look();
  }

  send(signal: NodeJS.Signals): void {
    this.#child.kill(signal);
  }

  /** Asks it to stop, and waits for it. */
  stop(signal: NodeJS.Signals = 'SIGTERM'): Promise<Ended> {
    if (this.isRunning) this.send(signal);
    return this.ended;
  }
}

/** Runs a command to its end. */
export const council = (args: readonly string[], options?: CouncilOptions): Promise<Ended> =>
  new CouncilProcess(args, options).ended;

/** Starts commands for the tests of a suite; whichever still runs after its test is killed. Call inside `describe`. */
export function councils(): (args: readonly string[], options?: CouncilOptions) => CouncilProcess {
  const processes: CouncilProcess[] = [];
  afterEach(() => Promise.all(processes.splice(0).map((process) => process.stop('SIGKILL'))));
  return (args, options) => {
    const process = new CouncilProcess(args, options);
    processes.push(process);
    return process;
  };
}

export interface Page {
  readonly status: number;
  readonly body: string;
}

/** GET over HTTP. */
export const page = (url: string): Promise<Page> =>
  new Promise((resolve, reject) => {
    get(url, (response) => {
      let body = '';
      response.setEncoding('utf8').on('data', (text: string) => {
        body += text;
      });
      response.on('end', () => resolve({ status: response.statusCode ?? 0, body }));
      response.on('error', reject);
    }).on('error', reject);
  });

/** The value of a metric in Prometheus's text, the first of that name where labels tell several apart; else NaN. */
export function metric(text: string, name: string): number {
  const line = text
    .split('\n')
    .find((candidate) => candidate.startsWith(`${name} `) || candidate.startsWith(`${name}{`));
  return line === undefined ? Number.NaN : Number(line.slice(line.lastIndexOf(' ') + 1));
}

/** What `council gatekeeper --json` says when it has started. */
export interface Started {
  readonly gatekeeper: string;
  readonly ras: SocketAddress;
  /** Of metrics and health: `http://ADDRESS:PORT`. */
  readonly base: string;
  readonly publicKey: Uint8Array;
}

const isAddress = (value: unknown): value is SocketAddress =>
  typeof value === 'object' &&
  value !== null &&
  'address' in value &&
  typeof value.address === 'string' &&
  'port' in value &&
  typeof value.port === 'number';

/** Waits until a gatekeeper serves. */
export async function started(process: CouncilProcess): Promise<Started> {
  const line: unknown = JSON.parse(await process.line());
  if (typeof line !== 'object' || line === null || !('event' in line) || line.event !== 'started')
    throw new TypeError(`${JSON.stringify(line)} does not tell of a start`);
  if (!('ras' in line) || !isAddress(line.ras) || !('http' in line) || !isAddress(line.http))
    throw new TypeError('it does not tell its addresses');
  if (!('publicKey' in line) || typeof line.publicKey !== 'string' || !('gatekeeper' in line))
    throw new TypeError('it does not tell its key and its name');
  const { ras, http } = line;
  return {
    gatekeeper: String(line.gatekeeper),
    ras,
    base: `http://${http.address}:${http.port}`,
    publicKey: Buffer.from(line.publicKey, 'hex'),
  };
}
