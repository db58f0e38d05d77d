/**
 * Guardians in a meeting that never comes to rest, for failovers to happen to:
 * `node --import tsx bench/failover/meeting.ts --config FILE.json`. On standard input: `settle` ends it in order;
 * `settle hold` waits for `end` before its calls end, so that what gatekeepers hold can be compared with what they
 * confirmed. On standard output one JSON line each for `ready`, `expected` (held) and `settled`.
 */
import { openSync, readFileSync, writeSync } from 'node:fs';
import { isIP } from 'node:net';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { z } from 'zod';
import type { SocketAddress } from '../../runtime/h225/index.ts';
import { signerFromSeed } from '../../runtime/service/index.ts';
import type { Summary, Unstamped } from './history.ts';
import { type Counted, Participant } from './participant.ts';

const hexKey = z.string().regex(/^[0-9a-f]{64}$/i, '64 hex digits');
const address = z.string().transform((text, context): SocketAddress => {
  const [, host = '', port = ''] = /^\[?([^\]]+?)\]?:(\d{1,5})$/.exec(text) ?? [];
  if (isIP(host) === 0) context.addIssue({ code: 'custom', message: `'${text}' is not ADDRESS:PORT` });
  return { address: host, port: Number(port) };
});
/** 64 hex digits, or the file that holds them. */
const seed = z.string().transform((text, context) => {
  const hex = hexKey.safeParse(text).success ? text : readFileSync(text, 'utf8').trim();
  if (!hexKey.safeParse(hex).success) context.addIssue({ code: 'custom', message: 'holds no 64 hex digits' });
  return Buffer.from(hex, 'hex');
});

const Config = z.strictObject({
  zone: z.strictObject({
    gatekeeperId: z.string(),
    publicKey: hexKey,
    /** The one that is asked first is the first. */
    gatekeepers: z.array(address).min(1),
  }),
  /** Where the terminals listen: an address of this host. */
  host: z.string(),
  /** Whom guardians call. Left out where it takes part elsewhere. */
  mcu: z.strictObject({ terminalId: z.string(), seed }).optional(),
  destination: z.string().default('if://council/mcu'),
  /** `units`: what it asks for at most, in units of 100 bit/s both ways. */
  guardians: z.array(z.strictObject({ terminalId: z.string(), seed, units: z.number().int().min(4000) })).max(12),
  /** Milliseconds between operations, of all together. */
  pace: z.number().positive().default(40),
  /** Seconds after which it settles by itself; by default it is told to. */
  duration: z.number().positive().optional(),
  /** Of the order of operations. */
  seed: z.number().int().default(1),
  /** JSONL, added to. */
  output: z.string(),
  /** Seconds until everybody has to be admitted. */
  startWithin: z.number().positive().default(30),
});
type Config = z.infer<typeof Config>;

/** Out of 100 operations of a guardian in a call: light RRQs, and ends of the call, after which it asks for another. */
const RENEWALS = 12;
const ENDS = 8;
/** A call is never changed to less, in units. */
const LEAST_UNITS = 2000;

/** 0 to 1, the same for the same seed (a linear congruential generator, Numerical Recipes' constants). */
function drawer(from: number): () => number {
  let state = from >>> 0;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

class Meeting {
  readonly #config: Config;
  readonly #file: number;
  readonly #draw: () => number;
  readonly #all: readonly Participant[];
  readonly #guardians: readonly Participant[];
  readonly #open = new Set<Promise<unknown>>();
  #operations = 0;

  constructor(config: Config) {
    this.#config = config;
    this.#file = openSync(config.output, 'a');
    this.#draw = drawer(config.seed);
    const publicKeys = [Buffer.from(config.zone.publicKey, 'hex')];
    const { gatekeeperId } = config.zone;
    const gatekeepers = config.zone.gatekeepers.map((ras) => ({ ras, gatekeeperId, publicKeys }));
    const participant = (terminalId: string, key: Buffer, units?: number): Participant =>
      new Participant({
        // Not with tweetnacl: a signature takes it 7 ms, and six guardians here would wait for each other's.
        options: { terminalId, sign: signerFromSeed(key), host: config.host, gatekeepers },
        ...{ units, destination: config.destination },
        write: (record) => this.#write(record),
        next: () => ++this.#operations,
      });
    this.#guardians = config.guardians.map(({ terminalId, seed: key, units }) => participant(terminalId, key, units));
    const { mcu } = config;
    this.#all = mcu === undefined ? this.#guardians : [participant(mcu.terminalId, mcu.seed), ...this.#guardians];
  }

  #write(record: Unstamped): void {
    const at = Number(process.hrtime.bigint() / 1000n) / 1000;
    writeSync(this.#file, `${JSON.stringify({ at, epoch: Date.now(), ...record })}\n`);
  }

  /** Everybody registers, and every guardian is admitted. */
  async start(): Promise<void> {
    for (const participant of this.#all) await participant.start();
    const until = performance.now() + this.#config.startWithin * 1000;
    for (const guardian of this.#guardians)
      while (!(await guardian.admit(this.#unitsFor(guardian)))) {
        // Whom it calls may be on its way, in another process.
        if (performance.now() > until) throw new Error(`${guardian.terminalId} is not admitted`);
        await sleep(200);
      }
  }

  #unitsFor({ units = LEAST_UNITS }: Participant): number {
    return LEAST_UNITS + Math.floor(this.#draw() * (units - LEAST_UNITS + 1));
  }

  /** One operation of somebody who has none open. */
  operate(): void {
    const idle = this.#all.filter(({ busy }) => !busy);
    const participant = idle[Math.floor(this.#draw() * idle.length)];
    if (participant === undefined) return;
    const operation = this.#operation(participant);
    this.#open.add(operation);
    operation.finally(() => this.#open.delete(operation)).catch(fail);
  }

  #operation(participant: Participant): Promise<unknown> {
    const drawn = this.#draw() * 100;
    if (participant.units === undefined || drawn < RENEWALS) return participant.renew();
    if (participant.call === undefined) return participant.admit(this.#unitsFor(participant));
    if (drawn < RENEWALS + ENDS) return participant.disengage();
    return participant.changeBandwidth(this.#unitsFor(participant));
  }

  /** Each live call is changed once more and ended; `held` resolves when they may end. */
  async settle(held: () => Promise<void>): Promise<Summary> {
    await Promise.allSettled(this.#open);
    const live = this.#guardians.filter(({ call }) => call !== undefined);
    const changed = await this.#count(live.map((guardian) => guardian.changeBandwidth(this.#unitsFor(guardian))));
    this.#write({
      kind: 'expected',
      calls: this.#guardians.flatMap(({ call }) => call ?? []),
      doubtful: this.#guardians.flatMap(({ doubtful }) => doubtful),
    });
    await held();
    const ended = await this.#count(live.map((guardian) => guardian.disengage()));
    const sum = (of: (participant: Participant) => number): number =>
      this.#all.reduce((total, participant) => total + of(participant), 0);
    const counted = (what: Counted): number => sum((participant) => participant.counted[what]);
    const summary: Summary = {
      ...{ live: live.length, changed, ended, requests: this.#operations },
      confirms: sum(({ outcomes }) => outcomes.confirm),
      rejects: sum(({ outcomes }) => outcomes.reject),
      timeouts: sum(({ outcomes }) => outcomes.timeout),
      ...{ terminals: this.#all.length, registrations: counted('registered') },
      ...{ readmissions: counted('readmitted'), drops: counted('forcedDrop'), ejections: counted('ejected') },
    };
    this.#write({ kind: 'settled', ...summary });
    return summary;
  }

  async #count(operations: readonly Promise<boolean>[]): Promise<number> {
    return (await Promise.all(operations)).filter((isConfirmed) => isConfirmed).length;
  }

  async leave(): Promise<void> {
    await Promise.all(this.#all.map((participant) => participant.stop()));
  }
}

const say = (line: object): void => void process.stdout.write(`${JSON.stringify(line)}\n`);

function fail(error: unknown): never {
  process.stderr.write(`${error instanceof Error ? error.stack : error}\n`);
  process.exit(1);
}

async function run(config: Config): Promise<void> {
  const meeting = new Meeting(config);
  const lines = createInterface({ input: process.stdin });
  const heard = new Map<string, () => void>();
  const line = (text: string): Promise<void> => new Promise((resolve) => heard.set(text, resolve));
  lines.on('line', (text) => heard.get(text.trim())?.());
  // Whoever started it is gone, and nobody else would end it.
  if (config.duration === undefined) lines.on('close', () => fail('standard input has ended'));
  const [settle, hold, end] = [line('settle'), line('settle hold'), line('end')];
  await meeting.start();
  say({ event: 'ready' });
  const pacing = setInterval(() => meeting.operate(), config.pace);
  const ways = [settle.then(() => false), hold.then(() => true)];
  if (config.duration !== undefined) ways.push(sleep(config.duration * 1000, false));
  const isHeld = await Promise.race(ways);
  clearInterval(pacing);
  const summary = await meeting.settle(async () => {
    if (!isHeld) return;
    say({ event: 'expected' });
    await end;
  });
  say({ event: 'settled', ...summary });
  await meeting.leave();
  process.exit(0);
}

function configOf(file: string): Config {
  const { success, data, error } = Config.safeParse(JSON.parse(readFileSync(file, 'utf8')));
  return success ? data : fail(`${file}: ${z.prettifyError(error)}`);
}

const { values } = parseArgs({ options: { config: { type: 'string' } } });
if (values.config === undefined) fail('usage: node --import tsx bench/failover/meeting.ts --config FILE.json');
await run(configOf(values.config)).catch(fail);
