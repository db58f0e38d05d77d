/**
 * RRQ/s and ARQ/s on loopback at 1,000, 10,000 and 100,000 registered endpoints, beside a bare UDP echo server in the
 * same Node, measured right before each of them; and the memory that a registered endpoint takes.
 * Writes results/throughput.json; bench/report.ts makes the table of it.
 * Usage: node --import tsx bench/throughput.ts [--runs N] [--sizes 1000,10000] [--window N]
 * The window is how many requests are in flight at once, to the echo and to the gatekeeper alike: with few of them a faster
 * server waits for the load generator.
 */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { type RasMessage, rasMessage } from '../runtime/h225/index.ts';
import { LoadGenerator, type RoundResult } from './load-generator.ts';
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

interface Measured {
  readonly size: number;
  readonly rates: Record<'echo' | 'rrqFull' | 'rrqKeepAlive' | 'arq' | 'drq', Spread>;
  readonly toEcho: Record<'rrqFull' | 'rrqKeepAlive' | 'arq', Spread>;
  readonly lost: number;
  readonly wrong: number;
  readonly octetsPerEndpoint: number;
}

const registry = new URL('../config/guardian-registry.yaml', import.meta.url).pathname;
const results: Measured[] = [];
for (const size of SIZES) results.push(await measure(size));
report(results);

async function measure(size: number): Promise<Measured> {
  const dataDir = mkdtempSync(join(tmpdir(), 'council-bench-'));
  const gatekeeper = await ServerProcess.start('gatekeeper-server.ts', [dataDir, registry]);
  const echo = await ServerProcess.start('echo-server.ts');
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
    const rates: Record<'echo' | 'rrqFull' | 'rrqKeepAlive' | 'arq' | 'drq', number[]> = {
      echo: [],
      rrqFull: [],
      rrqKeepAlive: [],
      arq: [],
      drq: [],
    };
    const shares: Record<'rrqFull' | 'rrqKeepAlive' | 'arq', number[]> = { rrqFull: [], rrqKeepAlive: [], arq: [] };
    let lost = 0;
    let wrong = 0;
    const add = (to: number[], result: Total): number => {
      const rate = result.answered / result.seconds;
      to.push(rate);
      lost += result.lost;
      wrong += result.wrong;
      return rate;
    };
    // Each beside an echo of its own: a machine may be half as fast some seconds later.
    const beside = async (name: keyof typeof shares, measured: () => Promise<Total>): Promise<void> => {
      const limit = add(rates.echo, await toEcho.run({ ...echoed, count: REQUESTS }));
      shares[name].push(add(rates[name], await measured()) / limit);
    };
    for (let run = 0; run < RUNS; run++) {
      await beside('rrqFull', () => toGatekeeper.run({ ...plans.rrqFull, count: REQUESTS }));
      await beside('rrqKeepAlive', () => toGatekeeper.run({ ...plans.rrqKeepAlive, count: REQUESTS }));
      await beside('arq', async () => {
        const calls = await admitAndDrop(toGatekeeper, plans.arq, plans.drq, size);
        add(rates.drq, calls.drq);
        return calls.arq;
      });
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
type Total = Omit<RoundResult, 'latencies'>;

/** ARQ for a call of every endpoint, then DRQ for each, until REQUESTS of both were sent; timed apart. */
async function admitAndDrop(
  load: LoadGenerator,
  arq: Plan,
  drq: Plan,
  size: number,
): Promise<{ arq: Total; drq: Total }> {
  const total = {
    arq: { seconds: 0, answered: 0, wrong: 0, lost: 0 },
    drq: { seconds: 0, answered: 0, wrong: 0, lost: 0 },
  };
  const batch = Math.min(size, 10_000);
  for (let sent = 0; sent < REQUESTS; sent += batch) {
    const from = (n: number): number => (sent + n) % size;
    for (const [name, { request, ...rest }] of [
      ['arq', arq],
      ['drq', drq],
    ] as const) {
      const result = await load.run({ ...rest, request: (n) => request(from(n)), count: batch });
      total[name].seconds += result.seconds;
      total[name].answered += result.answered;
      total[name].wrong += result.wrong;
      total[name].lost += result.lost;
    }
  }
  return total;
}

function report(measured: readonly Measured[]): void {
  const folder = new URL('results/', import.meta.url);
  mkdirSync(folder, { recursive: true });
  const machine = { node: process.version, cpu: cpus()[0]?.model ?? 'unknown', cores: cpus().length };
  writeFileSync(
    new URL('throughput.json', folder),
    `${JSON.stringify({ machine, requests: REQUESTS, window: WINDOW, measured }, null, 2)}\n`,
  );
}
