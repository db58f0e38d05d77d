import { type ChildProcess, spawn } from 'node:child_process';

/** Keeps the last whole line that it reads; when the pipe breaks, ends the processes named there and takes `$1` away. */
const WATCH =
  'pids=; while read -r line; do pids=$line; done; [ -z "$pids" ] || kill -KILL $pids 2>/dev/null; rm -rf -- "$1"';

/**
 * Ends processes when this one has ended, however it did: a shell waits at the other end of a pipe which nobody else
 * holds, and which the system closes with us. They are in sessions of their own, where no Ctrl-C reaches them and no
 * terminal that is closed, so that we can stop them in order; so is the shell.
 */
export class Lifeline {
  readonly #shell: ChildProcess;
  readonly #ended: Promise<void>;

  /** @param folder goes with the processes */
  constructor(folder: string) {
    this.#shell = spawn('/bin/sh', ['-c', WATCH, 'council-lifeline', folder], {
      detached: true,
      stdio: ['pipe', 'ignore', 'ignore'],
    });
    this.#ended = new Promise((resolve) => {
      this.#shell.once('exit', () => resolve());
      this.#shell.once('error', () => resolve());
    });
    this.#shell.stdin?.on('error', () => {});
  }

  /** All that are to end with us, from now on. */
  hold(pids: readonly number[]): void {
    this.#shell.stdin?.write(`${pids.join(' ')}\n`);
  }

  /** Ends what is still held, and takes the folder away; done when that is done. */
  async cut(): Promise<void> {
    this.#shell.stdin?.end();
    await this.#ended;
  }
}
