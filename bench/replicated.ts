/**
 * What it costs that no admission is confirmed before a majority of etcd has it: ARQ/s and latencies of a gatekeeper with
 * three etcd members on loopback, and of one that stands alone, in turns in the same run; witness log and metrics on in
 * both. Policy open-lab, so that no signature is in the way.
 * Usage: node --import tsx bench/replicated.ts [--runs N]
 */
import { randomBytes } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { startEtcdCluster } from '../runtime/adapters/etcd/cluster.ts';
import { findEtcd } from '../runtime/adapters/etcd-process.ts';
import { SERVER_OPTIONS } from '../runtime/adapters/heap.ts';
import { loadOrCreateKeyPair } from '../runtime/adapters/key-files.ts';
import { keyFileName } from '../runtime/config/index.ts';
import { rasMessage } from '../runtime/h225/index.ts';
import { LoadGenerator, type RoundResult } from './load-generator.ts';
import { admission, disengagement, fullRegistration, seqOffset } from './requests.ts';
import { ServerProcess } from './server-process.ts';
import { rounded, type Spread, spread } from './statistics.ts';

const { values: options } = parseArgs({ options: { runs: { type: 'string', default: '5' } } });
const RUNS = Number(options.runs);
const WARM_UPS = 2;
const ENDPOINTS = 1000;
/** In flight at once: one after the other, a council's guardians all at once, and a flood. */
const WINDOWS = [1, 12, 64];
const requestsFor = (window: number): number => (window === 1 ? 500 : 5000);

const binary = findEtcd();
if (binary === undefined) throw new Error('etcd is not on the PATH');
const folder = mkdtempSync(join(tmpdir(), 'council-replicated-'));
const registry = new URL('../config/guardian-registry.yaml', import.meta.url).pathname;
const keys = join(folder, 'keys');
loadOrCreateKeyPair(keys, keyFileName('bench-gk'), randomBytes);
const cluster = await startEtcdCluster({ binary, folder: join(folder, 'etcd'), members: 3, host: '127.0.0.1' });
const endpoints = cluster.endpoints.join(';');

interface Kind {
  readonly load: LoadGenerator;
  readonly server: ServerProcess;
  readonly identifiers: string[];
}

async function start(...more: string[]): Promise<Kind> {
  const dataDir = mkdtempSync(join(folder, 'gatekeeper-'));
  const server = await ServerProcess.start(
    'gatekeeper-server.ts',
    [dataDir, registry, 'open-lab', '60', ...more],
    SERVER_OPTIONS,
  );
  const load = await LoadGenerator.open(server.port);
  const requests = Array.from({ length: ENDPOINTS }, (_, n) => rasMessage.encode(fullRegistration(n)));
  const identifiers: string[] = [];
  await load.run({
    request: (n) => at(requests, n),
    seqAt: seqOffset(fullRegistration(0)),
    count: ENDPOINTS,
    check: (answer, n) => {
      const { kind, value } = rasMessage.decode(answer);
      if (kind === 'registrationConfirm') identifiers[n] = value.endpointIdentifier;
      return kind === 'registrationConfirm';
    },
  });
  return { load, server, identifiers };
}

interface Measured {
  readonly rate: number[];
  readonly p50: number[];
  readonly p99: number[];
}

const kinds = {
  standalone: await start(),
  etcd: await start(endpoints, join(keys, `${keyFileName('bench-gk')}.key`)),
};
const results = WINDOWS.map((window) => ({ window, standalone: none(), etcd: none() }));
let lost = 0;
let wrong = 0;
let call = 0;
for (let run = 1 - WARM_UPS; run <= RUNS; run++)
  for (const result of results)
    for (const name of ['standalone', 'etcd'] as const) {
      const { seconds, answered, latencies } = await admitAndEnd(kinds[name], result.window);
      if (run < 1) continue;
      const sorted = latencies.toSorted();
      result[name].rate.push(answered / seconds);
      result[name].p50.push(sorted[Math.floor(sorted.length * 0.5)] ?? Number.NaN);
      result[name].p99.push(sorted[Math.floor(sorted.length * 0.99)] ?? Number.NaN);
      process.stderr.write(
        `run ${run} of ${RUNS}, ${result.window} in flight, ${name}: ${rounded(answered / seconds)} ARQ/s\n`,
      );
    }
for (const { load, server } of Object.values(kinds)) {
  load.close();
  await server.stop();
}
await cluster.stop();
rmSync(folder, { recursive: true });

mkdirSync(new URL('results/', import.meta.url), { recursive: true });
const machine = { node: process.version, cpu: cpus()[0]?.model ?? 'unknown', cores: cpus().length };
const measured = results.map(({ window, standalone, etcd }) => ({
  window,
  requests: requestsFor(window),
  standalone: summary(standalone),
  etcd: summary(etcd),
}));
writeFileSync(
  new URL('results/replicated.json', import.meta.url),
  `${JSON.stringify({ machine, endpoints: ENDPOINTS, members: 3, measured, lost, wrong }, null, 2)}\n`,
);

/** New calls, and then their ends, which are not measured. */
async function admitAndEnd({ load, identifiers }: Kind, window: number): Promise<RoundResult> {
  const count = requestsFor(window);
  const first = call;
  call += count;
  const calls = Array.from({ length: count }, (_, n) => ({ n: first + n, identifier: at(identifiers, n % ENDPOINTS) }));
  const result = await round(
    load,
    calls.map(({ n, identifier }) => rasMessage.encode(admission(n, identifier))),
    window,
  );
  await round(
    load,
    calls.map(({ n, identifier }) => rasMessage.encode(disengagement(n, identifier))),
    64,
  );
  return result;
}

async function round(load: LoadGenerator, requests: readonly Buffer[], window: number): Promise<RoundResult> {
  const kind = at(requests, 0);
  const result = await load.run({
    request: (n) => at(requests, n),
    seqAt: seqOffset(rasMessage.decode(kind)),
    count: requests.length,
    window,
    check: (answer) => /Confirm$/.test(rasMessage.decode(answer).kind),
  });
  lost += result.lost;
  wrong += result.wrong;
  return result;
}

function none(): Measured {
  return { rate: [], p50: [], p99: [] };
}

function summary({ rate, p50, p99 }: Measured): Record<'rate' | 'p50' | 'p99', Spread> {
  return { rate: spread(rate), p50: spread(p50), p99: spread(p99) };
}

function at<T>(list: readonly T[], index: number): T {
  const item = list[index];
  if (item === undefined) throw new RangeError(`${index} of ${list.length}`);
  return item;
}
