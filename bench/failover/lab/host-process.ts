/** A process on one of the lab's hosts. */
import { type ChildProcess, spawn } from 'node:child_process';
import { createWriteStream, type WriteStream } from 'node:fs';
import { monotonic } from './shell.ts';

/** A line of JSON that a process wrote, and when it came here (monotonic(), ms). */
export interface Heard {
  readonly line: Readonly<Record<string, unknown>>;
  readonly at: number;
}

export interface HostProcessArgs {
  /** Enters the host; the process becomes the command. */
  readonly on: readonly string[];
  readonly command: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** Its standard error, and what is no JSON, goes to the end of this file. */
  readonly log: string;
  readonly heard?: (heard: Heard) => void;
}

export interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  /** monotonic(), ms. */
  readonly at: number;
}

export class HostProcess {
  readonly ended: Promise<Ended>;
  readonly #child: ChildProcess;
  readonly #log: WriteStream;
  #isRunning = true;

  constructor({ on, command, env = {}, log, heard = () => {} }: HostProcessArgs) {
    const [program = '', ...args] = [...on, ...command];
    this.#log = createWriteStream(log, { flags: 'a' });
    this.#child = spawn(program, args, { env: { ...process.env, ...env }, stdio: ['pipe', 'pipe', 'pipe'] });
    this.#child.stderr?.pipe(this.#log, { end: false });
    this.#child.stdin?.on('error', () => {}); // It may have ended before it read.
    let rest = '';
    this.#child.stdout?.setEncoding('utf8').on('data', (text: string) => {
      const at = monotonic();
      const lines = `${rest}${text}`.split('\n');
      rest = lines.pop() ?? '';
      for (const line of lines) {
        const value = parsed(line);
        if (value === undefined) this.#log.write(`${line}\n`);
        else heard({ line: value, at });
      }
    });
    this.ended = new Promise((resolve) => {
      const end = (code: number | null, signal: NodeJS.Signals | null): void => {
        this.#isRunning = false;
        resolve({ code, signal, at: monotonic() });
      };
      this.#child.on('exit', end);
      this.#child.on('close', () => this.#log.end());
      this.#child.on('error', (error) => {
        this.#log.write(`${error}\n`);
        end(null, null);
      });
    });
  }

  get isRunning(): boolean {
    return this.#isRunning;
  }

  get pid(): number {
    return this.#child.pid ?? 0;
  }

  signal(signal: NodeJS.Signals): void {
    this.#child.kill(signal);
  }

  tell(line: string): void {
    this.#child.stdin?.write(`${line}\n`);
  }

  async end(signal: NodeJS.Signals = 'SIGKILL'): Promise<Ended> {
    if (this.#isRunning) this.#child.kill(signal);
    return this.ended;
  }
}

function parsed(line: string): Heard['line'] | undefined {
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === 'object' && value !== null ? { ...value } : undefined;
  } catch {
    return undefined;
  }
}
