/** A server in a process of its own, spoken to over Node's channel. */
import { type ChildProcess, fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';

export interface Memory {
  readonly heapUsed: number;
  readonly external: number;
  readonly rss: number;
  readonly endpoints: number;
}

export class ServerProcess {
  readonly port: number;
  readonly #child: ChildProcess;

  private constructor(child: ChildProcess, port: number) {
    this.#child = child;
    this.port = port;
  }

  /** Starts `script` of this folder and waits until it listens. */
  static async start(
    script: string,
    args: readonly string[] = [],
    nodeOptions: readonly string[] = [],
    core?: number,
  ): Promise<ServerProcess> {
    // taskset becomes the process that it starts, with the channel and all.
    const pinned = core === undefined ? {} : { execPath: 'taskset' };
    const before = core === undefined ? [] : ['-c', String(core), process.execPath];
    const child = fork(fileURLToPath(new URL(script, import.meta.url)), [...args], {
      ...pinned,
      execArgv: [...before, '--import', 'tsx', '--expose-gc', ...nodeOptions],
    });
    const { port } = await next<{ kind: 'ready'; port: number }>(child, 'ready');
    return new ServerProcess(child, port);
  }

  /** After a full garbage collection. */
  memory(): Promise<Memory> {
    return this.ask<Memory & { readonly kind: 'memory' }>('memory');
  }

  /** Asks for a message of `kind`. */
  ask<T extends { readonly kind: string }>(kind: T['kind']): Promise<T> {
    const answer = next<T>(this.#child, kind);
    this.#child.send({ kind });
    return answer;
  }

  get pid(): number {
    return this.#child.pid ?? 0;
  }

  stop(): Promise<void> {
    return new Promise((resolve) => {
      this.#child.once('exit', () => resolve());
      this.#child.disconnect();
    });
  }
}

function next<T extends { kind: string }>(child: ChildProcess, kind: T['kind']): Promise<T> {
  return new Promise((resolve, reject) => {
    const failed = (code: number | null): void => reject(new Error(`the server ended with ${code}`));
    child.once('exit', failed);
    const take = (message: unknown): void => {
      if (!isOfKind<T>(message, kind)) return;
      child.off('message', take);
      child.off('exit', failed);
      resolve(message);
    };
    child.on('message', take);
  });
}

const isOfKind = <T extends { kind: string }>(message: unknown, kind: string): message is T =>
  typeof message === 'object' && message !== null && 'kind' in message && message.kind === kind;
