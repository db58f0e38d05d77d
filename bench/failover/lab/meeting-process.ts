/** A meeting's process (meeting.ts) on one of the guardians' hosts. */
import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { HostProcess } from './host-process.ts';
import { HOSTS, type Host, type LabNetwork } from './network.ts';

const MEETING = fileURLToPath(new URL('../meeting.ts', import.meta.url));

export interface MeetingArgs {
  readonly network: LabNetwork;
  readonly host: Host;
  /** Beginning of the names of its files. */
  readonly path: string;
  /** As meeting.ts wants it, but for `host` and `output`. */
  readonly config: object;
}

export class MeetingProcess {
  /** Its history. */
  readonly output: string;
  readonly #process: HostProcess;
  readonly #waiting = new Map<string, () => void>();
  readonly #said = new Set<string>();
  readonly #log: string;

  constructor({ network, host, path, config }: MeetingArgs) {
    this.output = `${path}.jsonl`;
    this.#log = `${path}.log`;
    writeFileSync(`${path}.json`, JSON.stringify({ ...config, host: HOSTS[host], output: this.output }), {
      mode: 0o600,
    });
    this.#process = new HostProcess({
      on: network.on(host),
      command: [process.execPath, '--import', 'tsx', MEETING, '--config', `${path}.json`],
      log: this.#log,
      heard: ({ line: { event } }) => {
        if (typeof event !== 'string') return;
        this.#said.add(event);
        this.#waiting.get(event)?.();
      },
    });
  }

  /** @throws Error when it ends without saying so */
  async says(event: 'ready' | 'expected' | 'settled'): Promise<void> {
    if (this.#said.has(event)) return;
    const said = new Promise<true>((resolve) => this.#waiting.set(event, () => resolve(true)));
    if ((await Promise.race([said, this.#process.ended])) !== true)
      throw new Error(`a meeting ended before '${event}'; ${this.#log} has the reason`);
  }

  tell(order: 'settle hold' | 'end'): void {
    this.#process.tell(order);
  }

  /** It ends by itself when it has settled. */
  async ended(): Promise<void> {
    await this.#process.ended;
  }
}
