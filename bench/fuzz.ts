/**
 * A million mutated datagrams over UDP against `council gatekeeper`, half of them under each policy: it must neither
 * end nor complain nor grow, count every one of them, serve a genuine guardian all the while, and admit the others
 * when it is over.
 * Usage: node --import tsx bench/fuzz.ts [--count 1000000] [--seed 20261121]
 */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import type { Memory } from './fuzz-target.ts';
import { type SiegeResult, siege } from './siege.ts';

const { values: options } = parseArgs({
  options: { count: { type: 'string', default: '1000000' }, seed: { type: 'string', default: '20261121' } },
});
const count = Number(options.count);
const seed = Number(options.seed);

const results: SiegeResult[] = [];
for (const policy of ['signed', 'open-lab'] as const) {
  const dataDir = mkdtempSync(join(tmpdir(), 'council-fuzz-'));
  try {
    results.push(await siege({ policy, count: Math.ceil(count / 2), seed, dataDir }));
  } finally {
    rmSync(dataDir, { recursive: true });
  }
}

const folder = new URL('results/', import.meta.url);
mkdirSync(folder, { recursive: true });
writeFileSync(new URL('fuzz.json', folder), `${JSON.stringify({ node: process.version, seed, results }, null, 2)}\n`);
const mebibytes = (memory: readonly Memory[], of: keyof Memory): string =>
  memory.map((one) => (one[of] / 2 ** 20).toFixed(1)).join(', ');
process.stdout.write(
  '| Policy | Datagrams (still RAS) | Lost | A second | MiB in use at 20, 40, … % | MiB resident | Guardian served meanwhile | Admitted after | Faults | Exit |\n|---|---|---|---|---|---|---|---|---|---|\n',
);
for (const { policy, datagrams, decoded, lost, seconds, memory, served, asked, admitted, of, exit, faults } of results)
  process.stdout.write(
    `| ${policy} | ${datagrams} (${decoded}) | ${lost} | ${Math.round(datagrams / seconds)} | ${mebibytes(memory, 'used')} | ${mebibytes(memory, 'rss')} | ${served} of ${asked} | ${admitted} of ${of} | ${faults.length} | ${exit} |\n`,
  );
for (const { policy, faults } of results) for (const fault of faults) console.error(`${policy}: ${fault}`);
if (results.some(({ faults }) => faults.length > 0)) process.exitCode = 1;
