/**
 * Writes the tables of bench/README.md and docs/operations/failover.md from results/*.json, between their markers, and the
 * plot of failovers.
 * Usage: node --import tsx bench/report.ts
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { z } from 'zod';
import { plot } from './failover/plot.ts';
import { table } from './failover/report.ts';
import { runResult } from './failover/summary.ts';
import { rounded } from './statistics.ts';

const spread = z.object({ median: z.number(), min: z.number(), max: z.number(), runs: z.number() });
type Spread = z.infer<typeof spread>;
const machine = z.object({ node: z.string(), cpu: z.string(), cores: z.number(), stolen: z.number().optional() });
const throughput = z.object({
  machine,
  measured: z.array(
    z.object({
      size: z.number(),
      rates: z.object({ echo: spread, rrqFull: spread, rrqKeepAlive: spread, arq: spread, drq: spread }),
      toEcho: z.object({ rrqFull: spread, rrqKeepAlive: spread, arq: spread }),
      lost: z.number(),
      wrong: z.number(),
      octetsPerEndpoint: z.number(),
    }),
  ),
});
const signed = z.object({
  machine,
  signedArq: spread,
  verifyInLine: spread,
  verifyOnThreads: spread,
  verifyAndSign: spread,
  shareOfVerify: spread,
  shareOfVerifyAndSign: spread,
  lost: z.number(),
  wrong: z.number(),
});

const side = z.object({ rate: spread, p50: spread, p99: spread });
const replicated = z.object({
  machine,
  endpoints: z.number(),
  members: z.number(),
  measured: z.array(z.object({ window: z.number(), requests: z.number(), standalone: side, etcd: side })),
  lost: z.number(),
  wrong: z.number(),
});

const preview = z.object({
  machine,
  measured: z.array(
    z.object({
      stack: z.string(),
      program: spread,
      preview: spread,
      emptyProgram: spread,
      emptyPreview: spread,
      plan: spread,
    }),
  ),
});

function read<T>(name: string, schema: z.ZodType<T>): T | undefined {
  const file = new URL(`results/${name}.json`, import.meta.url);
  return existsSync(file) ? schema.parse(JSON.parse(readFileSync(file, 'utf8'))) : undefined;
}

const rate = ({ median, min, max }: Spread): string => `${rounded(median)} (${rounded(min)}-${rounded(max)})`;
const percent = ({ median, min, max }: Spread): string =>
  `${Math.round(median * 100)} % (${Math.round(min * 100)}-${Math.round(max * 100)})`;
const awake = (stolen: number): string =>
  ` Processors were kept from halting; the host took ${(stolen * 100).toFixed(1)} % of their time.`;
const where = ({ node, cpu, cores, stolen }: z.infer<typeof machine>): string =>
  `Node ${node}, ${cores} cores, ${cpu}.${stolen === undefined ? '' : awake(stolen)}`;

function throughputTable(): string {
  const results = read('throughput', throughput);
  if (results === undefined) return 'Not measured yet.';
  const rows = results.measured.map(({ size, rates, toEcho, octetsPerEndpoint, lost, wrong }) =>
    [
      rounded(size),
      rate(rates.echo),
      rate(rates.rrqFull),
      percent(toEcho.rrqFull),
      rate(rates.rrqKeepAlive),
      percent(toEcho.rrqKeepAlive),
      rate(rates.arq),
      percent(toEcho.arq),
      rounded(octetsPerEndpoint),
      `${lost}, ${wrong}`,
    ].join(' | '),
  );
  return [
    '| Endpoints | Echo/s | Full RRQ/s | of echo | Light RRQ/s | of echo | ARQ/s | of echo | Octets an endpoint | Lost, wrong |',
    '|---|---|---|---|---|---|---|---|---|---|',
    ...rows.map((row) => `| ${row} |`),
    '',
    `Medians of ${results.measured[0]?.rates.arq.runs ?? 0} runs, in brackets the least and the most. ${where(results.machine)}`,
  ].join('\n');
}

function signedTable(): string {
  const results = read('signed', signed);
  if (results === undefined) return 'Not measured yet.';
  const fastest =
    results.verifyInLine.median > results.verifyOnThreads.median ? results.verifyInLine : results.verifyOnThreads;
  return [
    '| Signed ARQ/s | `crypto.verify` alone/s | share | verify and sign alone/s | share | Lost, wrong |',
    '|---|---|---|---|---|---|',
    `| ${rate(results.signedArq)} | ${rate(fastest)} | ${percent(results.shareOfVerify)} | ${rate(results.verifyAndSign)} | ${percent(results.shareOfVerifyAndSign)} | ${results.lost}, ${results.wrong} |`,
    '',
    `Medians of ${results.signedArq.runs} runs. ${where(results.machine)}`,
  ].join('\n');
}

const ms = ({ median, min, max }: Spread): string => `${median.toFixed(1)} (${min.toFixed(1)}-${max.toFixed(1)})`;

function replicatedTable(): string {
  const results = read('replicated', replicated);
  if (results === undefined) return 'Not measured yet.';
  const rows = results.measured.flatMap(({ window, standalone, etcd }) =>
    [['alone', standalone] as const, [`with ${results.members} etcd members`, etcd] as const].map(
      ([name, { rate: admissions, p50, p99 }]) => [window, name, rate(admissions), ms(p50), ms(p99)].join(' | '),
    ),
  );
  return [
    '| In flight | Gatekeeper | ARQ/s | Median, ms | P99, ms |',
    '|---|---|---|---|---|',
    ...rows.map((row) => `| ${row} |`),
    '',
    `Medians of ${results.measured[0]?.etcd.rate.runs ?? 0} runs, in brackets the least and the most. Lost ${results.lost}, wrong ${results.wrong}. ${where(results.machine)}`,
  ].join('\n');
}

function previewTable(): string {
  const results = read('preview', preview);
  if (results === undefined) return 'Not measured yet.';
  const rows = results.measured.map(({ stack, plan, program, emptyProgram, preview: whole, emptyPreview }) =>
    [stack, ...[plan, program, emptyProgram, whole, emptyPreview].map(rate)].join(' | '),
  );
  return [
    '| Stack | `npm run plan` | Program in a preview | An empty program there | `pulumi preview` | of an empty program |',
    '|---|---|---|---|---|---|',
    ...rows.map((row) => `| ${row} |`),
    '',
    `Milliseconds: medians of ${results.measured[0]?.plan.runs ?? 0} runs, in brackets the least and the most. ${where(results.machine)}`,
  ].join('\n');
}

/** For operators: what was promised, and what was measured. */
function promisesTable(): string {
  const results = read('failover', runResult);
  if (results === undefined) return 'Not measured yet.';
  const rows = results.kinds.flatMap(({ what, failovers, first, promised }) => {
    if (promised === undefined || first === null) return [];
    const all = promised.all === undefined ? '' : `all < ${promised.all / 1000} s, `;
    const limit = promised.p99 < 1000 ? `${promised.p99} ms` : `${promised.p99 / 1000} s`;
    const times = [first.median, first.p99, first.max].map((value) => `${rounded(value)} ms`);
    return `| ${[what, failovers.length, ...times, `${all}P99 < ${limit}`].join(' | ')} |`;
  });
  return ['| Fault | Runs | Median | P99 | Longest | Promise |', '|---|---|---|---|---|---|', ...rows].join('\n');
}

function fill(whole: string, name: string, table: string): string {
  const begin = `<!-- ${name}:begin -->`;
  const end = `<!-- ${name}:end -->`;
  const [head, rest] = whole.split(begin);
  const tail = rest?.split(end)[1];
  if (head === undefined || tail === undefined) throw new Error(`there is no ${begin} … ${end}`);
  return `${head}${begin}\n${table}\n${end}${tail}`;
}

const readme = new URL('README.md', import.meta.url);
let text = readFileSync(readme, 'utf8');
text = fill(text, 'throughput', throughputTable());
text = fill(text, 'signed', signedTable());
text = fill(text, 'replicated', replicatedTable());
text = fill(text, 'preview', previewTable());
const failovers = read('failover', runResult);
text = fill(text, 'failover', failovers === undefined ? 'Not measured yet.' : table(failovers).trimEnd());
writeFileSync(readme, text);

if (failovers !== undefined) writeFileSync(new URL('results/failover.svg', import.meta.url), await plot(failovers));
const operations = new URL('../docs/operations/failover.md', import.meta.url);
writeFileSync(operations, fill(readFileSync(operations, 'utf8'), 'promises', promisesTable()));
