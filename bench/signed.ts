/**
 * Signed ARQ/s: the gatekeeper verifies each request and its answers are signed, on one core that it has to itself; beside
 * it, batch by batch in turns, what `crypto.verify` alone does on that core, and what it does with a signature each. The
 * cores are kept from halting. Needs taskset (util-linux); without it all have all cores, and the result says so.
 * Usage: node --import tsx bench/signed.ts [--runs N]
 */
import { execFileSync } from 'node:child_process';
import { createPrivateKey, randomBytes, sign } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { SERVER_OPTIONS } from '../runtime/adapters/heap.ts';
import { encodeSigned, type RasMessage, rasMessage, type TokenFields } from '../runtime/h225/index.ts';
import { developmentRegistry } from '../runtime/service/index.ts';
import { LoadGenerator, Tally } from './load-generator.ts';
import { keepAwake, watchStolen } from './processors.ts';
import { admission, fullRegistration } from './requests.ts';
import { ServerProcess } from './server-process.ts';
import { rounded, spread } from './statistics.ts';

const { values: options } = parseArgs({ options: { runs: { type: 'string', default: '5' } } });
const RUNS = Number(options.runs);
const REQUESTS = 12_000;
/** So many, then the limits for as long a time, and so on: some seconds later a machine may be half as fast. */
const BATCH = 3000;
/** In flight at once, as in bench/throughput.ts. */
const WINDOW = 256;
/** Until the compiler is done with what each request goes through. */
const WARM_UPS = 4;
const PKCS8 = Buffer.from('302e020100300506032b657004220420', 'hex');

const dataDir = mkdtempSync(join(tmpdir(), 'council-bench-'));
const source = new URL('../config/guardian-registry.yaml', import.meta.url).pathname;
const registry = developmentRegistry(source, dataDir);
const guardians = [...registry.registry.terminals.values()]
  .filter(({ kind }) => kind === 'guardian')
  .map(({ terminalId }) => {
    const seed = registry.keys.get(terminalId)?.secretKey.subarray(0, 32) ?? new Uint8Array();
    return { terminalId, key: createPrivateKey({ key: Buffer.concat([PKCS8, seed]), format: 'der', type: 'pkcs8' }) };
  });
type Guardian = (typeof guardians)[number];

/** What verify-server.ts reaches a second. */
interface Limits {
  readonly kind: 'verified';
  readonly line: number;
  readonly threads: number;
  readonly both: number;
}

const letSleep = keepAwake();
const watch = watchStolen();
const pinned = pin(process.pid, 1);
const core = pinned ? 0 : undefined;
const gatekeeper = await ServerProcess.start(
  'gatekeeper-server.ts',
  [dataDir, registry.file, 'signed'],
  SERVER_OPTIONS,
  core,
);
const verifier = await ServerProcess.start('verify-server.ts', [], SERVER_OPTIONS, core);
const load = await LoadGenerator.open(gatekeeper.port);

/** Signs as a terminal does, but with node:crypto: the load has to be made in time. */
function signed(guardian: Guardian, message: RasMessage, seq: number): Buffer {
  const fields: TokenFields = {
    generalID: 'bench-gk',
    sendersID: guardian.terminalId,
    timeStamp: Math.floor(Date.now() / 1000),
    random: randomBytes(4).readUInt32BE(),
  };
  return encodeSigned(
    (tokens) => withTokens(message, seq, tokens),
    fields,
    (octets) => sign(null, octets, guardian.key),
  );
}

function withTokens(
  { kind, value }: RasMessage,
  requestSeqNum: number,
  tokens: Parameters<Parameters<typeof encodeSigned>[0]>[0],
): RasMessage {
  if (kind === 'registrationRequest') return { kind, value: { ...value, requestSeqNum, tokens } };
  if (kind === 'admissionRequest') return { kind, value: { ...value, requestSeqNum, tokens } };
  throw new TypeError(kind);
}

const identifiers: string[] = [];
await load.run({
  request: (n) => signed(at(guardians, n), fullRegistration(n), n + 1),
  seqAt: undefined,
  count: guardians.length,
  check: (answer) => {
    const { kind, value } = rasMessage.decode(answer);
    if (kind === 'registrationConfirm') identifiers[value.requestSeqNum - 1] = value.endpointIdentifier;
    return kind === 'registrationConfirm';
  },
});

const rates: number[] = [];
const line: number[] = [];
const threads: number[] = [];
const both: number[] = [];
let lost = 0;
let wrong = 0;
for (let run = 1 - WARM_UPS; run <= RUNS; run++) {
  const requests = Array.from({ length: REQUESTS }, (_, n) => {
    const who = n % guardians.length;
    return signed(at(guardians, who), toPeer(admission(who, identifiers[who] ?? ''), who), (n % 65_535) + 1);
  });
  const own = new Tally();
  const alone = { line: 0, threads: 0, both: 0 };
  for (let sent = 0; sent < REQUESTS; sent += BATCH) {
    own.add(
      await load.run({
        request: (n) => at(requests, sent + n),
        seqAt: undefined,
        count: BATCH,
        window: WINDOW,
        check: (answer) => rasMessage.decode(answer).kind === 'admissionConfirm',
      }),
    );
    const { line, threads, both } = await verifier.ask<Limits>('verified');
    alone.line += (line * BATCH) / REQUESTS;
    alone.threads += (threads * BATCH) / REQUESTS;
    alone.both += (both * BATCH) / REQUESTS;
  }
  if (run < 1) continue;
  rates.push(own.rate);
  line.push(alone.line);
  threads.push(alone.threads);
  both.push(alone.both);
  lost += own.lost;
  wrong += own.wrong;
  process.stderr.write(
    `run ${run} of ${RUNS}: ${rounded(own.rate)} signed ARQ/s; crypto.verify alone ${rounded(alone.line)}/s on the event loop, ${rounded(alone.threads)}/s on threads; with a signature each ${rounded(alone.both)}/s\n`,
  );
}
const stolen = watch();
letSleep();
load.close();
await gatekeeper.stop();
await verifier.stop();
rmSync(dataDir, { recursive: true });

const share = spread(rates.map((rate, i) => rate / Math.max(line[i] ?? 1, threads[i] ?? 1)));
const shareOfBoth = spread(rates.map((rate, i) => rate / (both[i] ?? 1)));
const folder = new URL('results/', import.meta.url);
mkdirSync(folder, { recursive: true });
const machine = { node: process.version, cpu: cpus()[0]?.model ?? 'unknown', cores: cpus().length, pinned, stolen };
writeFileSync(
  new URL('signed.json', folder),
  `${JSON.stringify({ machine, requests: REQUESTS, window: WINDOW, signedArq: spread(rates), verifyInLine: spread(line), verifyOnThreads: spread(threads), verifyAndSign: spread(both), shareOfVerify: share, shareOfVerifyAndSign: shareOfBoth, lost, wrong }, null, 2)}\n`,
);
/** Each guardian calls the next one, who is registered. */
function toPeer(message: RasMessage, who: number): RasMessage {
  if (message.kind !== 'admissionRequest') return message;
  const { destCallSignalAddress: _, ...value } = message.value;
  const callee = at(guardians, (who + 1) % guardians.length).terminalId;
  return {
    kind: 'admissionRequest',
    value: { ...value, srcInfo: [], destinationInfo: [{ kind: 'url-ID', value: callee }] },
  };
}

function at<T>(list: readonly T[], index: number): T {
  const item = list[index];
  if (item === undefined) throw new RangeError(`${index} of ${list.length}`);
  return item;
}

/** Keeps all threads of a process on one core. */
function pin(pid: number, core: number): boolean {
  try {
    execFileSync('taskset', ['-acp', String(core % cpus().length), String(pid)], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}
