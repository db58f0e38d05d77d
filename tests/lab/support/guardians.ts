/** Guardians of a test in the lab: their keys, the registry that knows them, and the meeting that they hold. */
import { type ChildProcess, spawn } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import nacl from 'tweetnacl';
import { parseDocument } from 'yaml';
import { z } from 'zod';

const ROOT = join(import.meta.dirname, '../../..');
const MEETING = join(ROOT, 'bench/failover/meeting.ts');

export const hex = (octets: Uint8Array): string => Buffer.from(octets).toString('hex');

/** The public key of a private one, both as 64 hex digits. */
export const publicKeyOf = (seed: string): string =>
  hex(nacl.sign.keyPair.fromSeed(Buffer.from(seed, 'hex')).publicKey);

const registry = z.object({
  guardians: z.array(z.object({ terminal_id: z.string(), bandwidth_quota_bps: z.number() })),
  infrastructure: z.array(z.object({ terminal_id: z.string() })),
  canaries: z.array(z.object({ terminal_id: z.string() })),
});

export interface Members {
  /** The public registry with keys of this test's own in it. */
  readonly registry: string;
  readonly guardians: readonly { readonly terminalId: string; readonly seed: string; readonly units: number }[];
  readonly mcu: { readonly terminalId: string; readonly seed: string };
  readonly canary: { readonly terminalId: string; readonly seed: string };
}

/** Keys for the first guardians of the repository's registry, for the MCU and for the canary of deployments. */
export function makeMembers(count: number): Members {
  const document = parseDocument(readFileSync(join(ROOT, 'config/guardian-registry.yaml'), 'utf8'));
  const known = registry.parse(document.toJS());
  const seedFor = (section: keyof typeof known, index: number): string => {
    const seed = hex(nacl.randomBytes(32));
    document.setIn([section, index, 'public_key_hex'], publicKeyOf(seed));
    return seed;
  };
  const guardians = known.guardians
    .slice(0, count)
    .map(({ terminal_id: terminalId, bandwidth_quota_bps: quota }, index) => ({
      terminalId,
      seed: seedFor('guardians', index),
      units: Math.min(20_000, (quota / 100) * 2),
    }));
  const only = (section: 'infrastructure' | 'canaries', terminalId: string): Members['mcu'] => {
    const at = known[section].findIndex(({ terminal_id }) => terminal_id === terminalId);
    return { terminalId, seed: seedFor(section, at) };
  };
  const [mcu, canary] = [only('infrastructure', 'if://council/mcu'), only('canaries', 'if://canary/validation')];
  return { registry: String(document), guardians, mcu, canary };
}

const settled = z.object({
  event: z.literal('settled'),
  live: z.number(),
  changed: z.number(),
  ended: z.number(),
  confirms: z.number(),
  rejects: z.number(),
  drops: z.number(),
  ejections: z.number(),
  terminals: z.number(),
  readmissions: z.number(),
});
export type Settled = z.infer<typeof settled>;

export interface Zone {
  readonly gatekeeperId: string;
  /** 64 hex digits. */
  readonly publicKey: string;
  /** ADDRESS:PORT. */
  readonly gatekeepers: readonly string[];
}

/** Guardians in a meeting that never comes to rest, as a process of its own. */
export class Meeting {
  readonly #child: ChildProcess;
  readonly #heard: unknown[] = [];
  readonly #waiting = new Set<() => void>();
  #errors = '';

  /** @param host the address of this machine that they have */
  constructor(folder: string, host: string, zone: Zone, { guardians, mcu }: Members) {
    const config = join(folder, 'meeting.json');
    const all = { zone, host, mcu, guardians, pace: 100, startWithin: 60, output: join(folder, 'meeting.jsonl') };
    writeFileSync(config, JSON.stringify(all), { mode: 0o600 });
    this.#child = spawn(process.execPath, ['--import', 'tsx', MEETING, '--config', config], { cwd: ROOT });
    const wake = (): void => {
      for (const look of this.#waiting) look();
    };
    this.#child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      this.#errors += text;
    });
    if (this.#child.stdout !== null)
      createInterface({ input: this.#child.stdout }).on('line', (line) => {
        this.#heard.push(JSON.parse(line));
        wake();
      });
    this.#child.on('exit', wake);
  }

  /** Resolves when all are admitted. @throws Error with what it complained of */
  async ready(): Promise<void> {
    await this.#said(z.object({ event: z.literal('ready') }));
  }

  /** Ends it in order, and gives what became of its calls. */
  async settle(): Promise<Settled> {
    this.#child.stdin?.write('settle\n');
    return this.#said(settled);
  }

  kill(): void {
    this.#child.kill('SIGKILL');
  }

  #said<T>(shape: z.ZodType<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      const look = (): void => {
        const found = this.#heard.map((line) => shape.safeParse(line)).find(({ success }) => success);
        const hasEnded = this.#child.exitCode !== null || this.#child.signalCode !== null;
        if (found?.success !== true && !hasEnded) return;
        this.#waiting.delete(look);
        if (found?.success === true) resolve(found.data);
        else reject(new Error(`the meeting ended: ${this.#errors}`));
      };
      this.#waiting.add(look);
      look();
    });
  }
}
