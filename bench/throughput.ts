/**
 * RRQ/s and ARQ/s on loopback at 1,000, 10,000 and 100,000 registered endpoints, beside a bare UDP echo server in the
 * same Node, batch by batch in turns; and the memory that a registered endpoint takes.
 * Writes results/throughput.json; bench/report.ts makes the table of it.
 * Usage: node --import tsx bench/throughput.ts [--runs N] [--sizes 1000,10000] [--window N]
 * The window is how many requests are in flight at once, to the echo and to the gatekeeper alike: with few of them a faster
 * server waits for the load generator.
 */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { SERVER_OPTIONS } from '../runtime/adapters/heap.ts';
import { type RasMessage, rasMessage } from '../runtime/h225/index.ts';
import { LoadGenerator, Tally } from './load-generator.ts';
import { keepAwake, watchStolen } from './processors.ts';
import { admission, disengagement, fullRegistration, keepAlive, seqOffset } from './requests.ts';
import { ServerProcess } from './server-process.ts';
import { rounded, type Spread, spread } from './statistics.ts';

const { values: options } = parseArgs({
  options: {
    runs: { type: 'string', default: '5' },
    sizes: { type: 'string', default: '1000,10000,100000' },
    window: { type: 'string', default: '256' },
  },
});
const RUNS = Number(options.runs);
const WINDOW = Number(options.window);
// Beyond it datagrams are lost where a socket's buffer has its usual size.
if (!Number.isInteger(WINDOW) || WINDOW < 1 || WINDOW > 256)
  throw new Error(`--window ${options.window}: a whole number from 1 to 256`);
const SIZES = options.sizes.split(',').map(Number);
/** Requests of one kind that a run sends, at every size: the same work, over more or fewer endpoints. */
const REQUESTS = 100_000;
/** So many to the echo, then to the gatekeeper, and so on: some seconds later a machine may be half as fast. */
const BATCH = 10_000;
const KINDS = ['rrqFull', 'rrqKeepAlive', 'arq'] as const;
type Kind = (typeof KINDS)[number];

interface Measured {
  readonly size: number;
  readonly rates: Record<Kind | 'echo' | 'drq', Spread>;
  readonly toEcho: Record<Kind, Spread>;
  readonly lost: number;
  readonly wrong: number;
  readonly octetsPerEndpoint: number;
}

const registry = new URL('../config/guardian-registry.yaml', import.meta.url).pathname;
const results: Measured[] = [];
const letSleep = keepAwake();
const watch = watchStolen();
for (const size of SIZES) results.push(await measure(size));
const stolen = watch();
letSleep();
report(results);

async function measure(size: number): Promise<Measured> {
  const dataDir = mkdtempSync(join(tmpdir(), 'council-bench-'));
  const gatekeeper = await ServerProcess.start('gatekeeper-server.ts', [dataDir, registry], SERVER_OPTIONS);
  const echo = await ServerProcess.start('echo-server.ts', [], SERVER_OPTIONS);
  const toGatekeeper = await LoadGenerator.open(gatekeeper.port);
  const toEcho = await LoadGenerator.open(echo.port);
  try {
    const before = await gatekeeper.memory();
    const identifiers = await register(toGatekeeper, size);
    const after = await gatekeeper.memory();
    const octetsPerEndpoint = (after.heapUsed + after.external - before.heapUsed - before.external) / size;
    const plans = {
      rrqFull: plan(size, (n) => fullRegistration(n, identifiers[n]), 'registrationConfirm'),
      rrqKeepAlive: plan(size, (n) => keepAlive(identifiers[n] ?? ''), 'registrationConfirm'),
      arq: plan(size, (n) => admission(n, identifiers[n] ?? ''), 'admissionConfirm'),
      drq: plan(size, (n) => disengagement(n, identifiers[n] ?? ''), 'disengageConfirm'),
    };
    const echoed = { ...plans.rrqFull, check: () => true };
    await toGatekeeper.run({ ...plans.rrqFull, count: REQUESTS });
    await toEcho.run({ ...echoed, count: REQUESTS });
    const rates: Record<Kind | 'echo' | 'drq', number[]> = {
      echo: [],
      rrqFull: [],
      rrqKeepAlive: [],
      arq: [],
      drq: [],
    };
    const shares: Record<Kind, number[]> = { rrqFull: [], rrqKeepAlive: [], arq: [] };
    let lost = 0;
    let wrong = 0;
    const batch = Math.min(size, BATCH);
    const inTurns = async (kind: Kind): Promise<void> => {
      const [echo, own, drq] = [new Tally(), new Tally(), new Tally()];
      for (let sent = 0; sent < REQUESTS; sent += batch) {
        const next = ({ request, ...rest }: Plan) => ({
          ...rest,
          request: (n: number) => request(sent + n),
          count: batch,
        });
        echo.add(await toEcho.run(next(echoed)));
        own.add(await toGatekeeper.run(next(plans[kind])));
        // For new calls the next time round.
        if (kind === 'arq') drq.add(await toGatekeeper.run(next(plans.drq)));
      }
      rates.echo.push(echo.rate);
      rates[kind].push(own.rate);
      if (kind === 'arq') rates.drq.push(drq.rate);
      shares[kind].push(own.rate / echo.rate);
      lost += echo.lost + own.lost + drq.lost;
      wrong += echo.wrong + own.wrong + drq.wrong;
    };
    for (let run = 0; run < RUNS; run++) {
      for (const kind of KINDS) await inTurns(kind);
      const told = Object.entries(rates).map(([name, list]) => `${name} ${rounded(list.at(-1) ?? 0)}/s`);
      const of = Object.entries(shares).map(([name, list]) => `${name} ${Math.round(100 * (list.at(-1) ?? 0))} %`);
      process.stderr.write(
        `${size} endpoints, run ${run + 1} of ${RUNS}: ${told.join(', ')}; of the echo: ${of.join(', ')}\n`,
      );
    }
    return {
      size,
      rates: {
        echo: spread(rates.echo),
        rrqFull: spread(rates.rrqFull),
        rrqKeepAlive: spread(rates.rrqKeepAlive),
        arq: spread(rates.arq),
        drq: spread(rates.drq),
      },
      toEcho: { rrqFull: spread(shares.rrqFull), rrqKeepAlive: spread(shares.rrqKeepAlive), arq: spread(shares.arq) },
      lost,
      wrong,
      octetsPerEndpoint,
    };
  } finally {
    toGatekeeper.close();
    toEcho.close();
    await gatekeeper.stop();
    await echo.stop();
    rmSync(dataDir, { recursive: true });
  }
}

/** Registers `size` endpoints; gives their identifiers. */
async function register(load: LoadGenerator, size: number): Promise<string[]> {
  const identifiers: string[] = [];
  const first = fullRegistration(0);
  const numbers = new Map<number, number>();
  const seqAt = seqOffset(first);
  const result = await load.run({
    request: (n) => {
      const octets = rasMessage.encode(fullRegistration(n));
      octets.writeUInt16BE(n % 65_535, seqAt);
      numbers.set((n % 65_535) + 1, n);
      return octets;
    },
    seqAt: undefined,
    count: size,
    check: (octets) => {
      const { kind, value } = rasMessage.decode(octets);
      if (kind !== 'registrationConfirm') return false;
      identifiers[numbers.get(value.requestSeqNum) ?? -1] = value.endpointIdentifier;
      return true;
    },
  });
  if (result.answered !== size || result.wrong > 0) throw new Error(`registered ${result.answered} of ${size}`);
  return identifiers;
}

/** Requests over all endpoints in turn, each encoded once; an answer of another kind than `confirm` is wrong. */
function plan(size: number, message: (n: number) => RasMessage, confirm: RasMessage['kind']) {
  const datagrams = Array.from({ length: size }, (_, n) => rasMessage.encode(message(n)));
  const seqAt = seqOffset(message(0));
  // The CHOICE index is in the first octet: root alternatives in bits 6 to 2.
  let expected: number | undefined;
  const check = (answer: Buffer): boolean => {
    const first = answer[0] ?? 0;
    if (expected === undefined && rasMessage.decode(answer).kind === confirm) expected = first >> 2;
    return first >> 2 === expected;
  };
  const empty = Buffer.alloc(0);
  return { request: (n: number) => datagrams[n % size] ?? empty, seqAt, check, window: WINDOW };
}

type Plan = ReturnType<typeof plan>;

function report(measured: readonly Measured[]): void {
  const folder = new URL('results/', import.meta.url);
  mkdirSync(folder, { recursive: true });
  const machine = { node: process.version, cpu: cpus()[0]?.model ?? 'unknown', cores: cpus().length, stolen };
  writeFileSync(
    new URL('throughput.json', folder),
    `${JSON.stringify({ machine, requests: REQUESTS, window: WINDOW, measured }, null, 2)}\n`,
  );
}
