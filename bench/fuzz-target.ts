/** The gatekeeper that is attacked: `council gatekeeper` as it is run in production, but for what it is told to bound. */
import { createReadStream, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { CouncilProcess, metric, page, type Started, started } from '../tests/support/council-process.ts';
import type { LabTerminal } from '../tests/support/gatekeeper-lab.ts';

export type Policy = 'signed' | 'open-lab';

export interface Memory {
  /** Octets of the heap and of buffers that are in use: all garbage was collected before. */
  readonly used: number;
  readonly rss: number;
}

/** Seconds. Short, so that what it remembers for a while is all there before memory is looked at first. */
export const TIME_TO_LIVE = 10;
const FRESHNESS = 5;

export class FuzzTarget {
  readonly started: Started;
  readonly #process: CouncilProcess;
  readonly #logs: string;

  private constructor(process: CouncilProcess, start: Started, logs: string) {
    this.#process = process;
    this.started = start;
    this.#logs = logs;
  }

  static async start(policy: Policy, dataDir: string, terminals: readonly LabTerminal[]): Promise<FuzzTarget> {
    const registry = join(dataDir, 'registry.yaml');
    writeFileSync(registry, registryText(terminals));
    const process = new CouncilProcess(
      ['gatekeeper', '--json', '--policy', policy, '--ras-port', '0', '--http-port', '0', '--gatekeeper-id', 'fuzz-gk']
        .concat(['--registry', registry, '--data-dir', dataDir, '--max-endpoints', '1000', '--max-calls', '1000'])
        .concat(['--time-to-live-seconds', `${TIME_TO_LIVE}`, '--freshness-seconds', `${FRESHNESS}`]),
      {
        nodeOptions: ['--expose-gc', '--import', new URL('collect-garbage.mjs', import.meta.url).href],
        timeout: 7_200_000,
      },
    );
    return new FuzzTarget(process, await started(process), join(dataDir, 'logs/h323_witness'));
  }

  get isRunning(): boolean {
    return this.#process.isRunning;
  }

  /** Its metrics, in Prometheus's text format. */
  async metrics(): Promise<string> {
    return (await page(`${this.started.base}/metrics`)).body;
  }

  async memory(): Promise<Memory> {
    this.#process.send('SIGUSR2');
    await new Promise((resolve) => setTimeout(resolve, 500));
    const text = await this.metrics();
    return {
      used: metric(text, 'nodejs_heap_size_used_bytes') + metric(text, 'nodejs_external_memory_bytes'),
      rss: metric(text, 'process_resident_memory_bytes'),
    };
  }

  /** Stops it; gives its exit code and the lines of its log that tell of anything but start and stop. */
  async stop(): Promise<{ readonly exit: number | null; readonly complaints: readonly string[] }> {
    const { code, stderr } = await this.#process.stop();
    return { exit: code, complaints: stderr.split('\n').filter((line) => line !== '' && !isHarmless(line)) };
  }

  /** How many witness lines there are; throws for one that is no JSON. */
  async witnessLines(): Promise<number> {
    let count = 0;
    for (const file of readdirSync(this.#logs))
      for await (const line of createInterface({ input: createReadStream(join(this.#logs, file)) })) {
        JSON.parse(line);
        count++;
      }
    return count;
  }
}

/** A line of information (pino's level 30), or the warning that the lab policy always gives. */
const isHarmless = (line: string): boolean => line.startsWith('{"level":30,') || line.startsWith('LAB POLICY');

function registryText(terminals: readonly LabTerminal[]): string {
  const entry = ({ record }: LabTerminal): string =>
    [
      `  - terminal_id: "${record.terminalId}"`,
      `    role: "${record.role}"`,
      `    public_key_hex: "${Buffer.from(record.publicKey).toString('hex')}"`,
      `    bandwidth_quota_bps: ${record.quota}`,
      ...(record.kind === 'infrastructure' ? [`    max_sessions: ${record.maxSessions}`] : []),
    ].join('\n');
  const of = (kind: LabTerminal['record']['kind']): string =>
    terminals
      .filter(({ record }) => record.kind === kind)
      .map(entry)
      .join('\n');
  return `guardians:\n${of('guardian')}\ninfrastructure:\n${of('infrastructure')}\n`;
}
