/**
 * From a measured run's JSON a table, to standard output, and a plot of the distributions, to an SVG file.
 * Usage: node --import tsx bench/failover/report.ts [FILE.json] [--plot FILE.svg]
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { plot } from './plot.ts';
import { type KindResult, type RunResult, runResult, type Spread } from './summary.ts';

const result = (name: string): string => fileURLToPath(new URL(`../results/${name}`, import.meta.url));

const ms = (value: number): string => (value < 100 ? value.toFixed(1) : Math.round(value).toLocaleString('en-US'));
const cells = (spread: Spread | null): readonly string[] =>
  spread === null ? ['-', '-', '-'] : [ms(spread.median), ms(spread.p99), ms(spread.max)];

function promise({ promised }: KindResult): string {
  if (promised === undefined) return '-';
  const all = promised.all === undefined ? '' : `all < ${ms(promised.all)}, `;
  return `${all}P99 < ${ms(promised.p99)}`;
}

/** What a machine's host did to it is part of what was measured on it. */
function processors(kinds: readonly KindResult[]): readonly string[] {
  const awake = kinds.filter((one) => one.awake).map(({ kind }) => kind);
  const worst = kinds.toSorted((a, b) => b.stolen - a.stolen)[0];
  if (worst === undefined) return [];
  const kept =
    awake.length === 0
      ? ''
      : ` Processors were kept from halting${awake.length < kinds.length ? ` for ${awake.join(', ')}` : ''}.`;
  return [`The host took up to ${(worst.stolen * 100).toFixed(1)} % of the processors' time (${worst.kind}).${kept}`];
}

/** Markdown; times in ms. */
export function table({ kinds, skipped, machine, seed, guardians }: RunResult): string {
  const rows = kinds.map((one) =>
    [
      one.kind,
      one.failovers.length,
      ...cells(one.first),
      promise(one),
      ...cells(one.guardians),
      `${one.callsLost}, ${one.confirmsLost}`,
      one.violations.length,
    ].join(' | '),
  );
  const head = [
    ...['Fault', 'Times', 'First confirm: median', 'P99', 'max', 'Promised'],
    ...["Each guardian's: median", 'P99', 'max', 'Calls, confirms lost', 'Violations'],
  ];
  return [
    `| ${head.join(' | ')} |`,
    `|${head.map(() => '---').join('|')}|`,
    ...rows.map((row) => `| ${row} |`),
    '',
    `Milliseconds from the fault to a confirm by the new leader. ${guardians} guardians, seed ${seed}. Node ${machine.node}, etcd ${machine.etcd}, ${machine.cores} cores, ${machine.cpu}.`,
    ...processors(kinds),
    ...skipped.map(({ kind, why }) => `Not measured: ${kind} (${why}).`),
    '',
  ].join('\n');
}

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { plot: { type: 'string', default: result('failover.svg') } },
  });
  const measured = runResult.parse(JSON.parse(readFileSync(positionals[0] ?? result('failover.json'), 'utf8')));
  writeFileSync(values.plot, await plot(measured));
  process.stdout.write(table(measured));
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await main();
