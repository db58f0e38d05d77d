/**
 * Failovers of a real pair on a real quorum, measured as guardians see them, and everything that they were told checked
 * afterwards. Exit codes: 0 every promise held; 1 one did not; 3 this machine cannot do it; 4 a series could not be
 * finished: its folder, with all logs, stays.
 * Usage: node --import tsx bench/failover/run.ts [--kind all | host-loss,process-kill,…] [--count N] [--seed S]
 *   [--out FILE.json] [--add] [--pace MS] [--awake] [--keep]
 */
import { spawn } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { cpus, release } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { VERSION } from '../../runtime/service/index.ts';
import { keepAwake } from '../processors.ts';
import { type FaultName, faultKind, faultNames, isFaultName } from './lab/faults.ts';
import { clearAway, clearAwayAbandoned } from './lab/janitor.ts';
import { newFolder } from './lab/lab.ts';
import { LabNetwork, lacking } from './lab/network.ts';
import { run as runCommand } from './lab/shell.ts';
import { measureSeries } from './series.ts';
import { joined, type KindResult, mismatch, type RunResult, runResult } from './summary.ts';

const { values: options } = parseArgs({
  options: {
    kind: { type: 'string', default: 'host-loss,process-kill,planned' },
    count: { type: 'string', default: '3' },
    seed: { type: 'string', default: '1' },
    out: { type: 'string', default: fileURLToPath(new URL('../results/failover.json', import.meta.url)) },
    /** Faults that FILE has, and that are not measured now, stay in it. */
    add: { type: 'boolean', default: false },
    pace: { type: 'string', default: '50' },
    /** No processor is let halt, for machines whose host gives a halted one back late. */
    awake: { type: 'boolean', default: false },
    /** The folder with all logs stays. */
    keep: { type: 'boolean', default: false },
  },
});
/** Exit code. */
const UNFINISHED = 4;
const say = (line: string): void => void process.stderr.write(`${line}\n`);

const jsonOf = (file: string): RunResult => runResult.parse(JSON.parse(readFileSync(file, 'utf8')));

function kinds(): readonly FaultName[] {
  if (options.kind === 'all') return faultNames;
  const names = options.kind.split(',');
  const wrong = names.filter((name) => !isFaultName(name));
  if (wrong.length === 0) return names.filter(isFaultName);
  say(`--kind ${wrong.join(',')}: all, or of ${faultNames.join(', ')}`);
  process.exit(2);
}

/** Makes the lab, has another process of this program work inside it, and clears away after it, however it ended. */
async function outside(): Promise<number> {
  kinds();
  const why = lacking();
  if (why !== undefined) {
    say(`no lab here: ${why}`);
    return 3;
  }
  for (const prefix of clearAwayAbandoned()) say(`cleared away what ${prefix} had left`);
  const network = LabNetwork.create();
  const folder = newFolder(network.prefix);
  const [command = '', ...args] = [
    ...network.on('control'),
    process.execPath,
    ...process.execArgv,
    ...process.argv.slice(1),
  ];
  const inside = spawn(command, args, {
    env: { ...process.env, LAB_PREFIX: network.prefix, LAB_FOLDER: folder },
    stdio: 'inherit',
  });
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => void inside.kill('SIGKILL'));
  const code = await new Promise<number>((resolve) => inside.on('exit', (status) => resolve(status ?? 130)));
  const keep = options.keep || code === UNFINISHED;
  const left = clearAway(network.prefix, keep);
  if (keep) say(`kept: ${folder}`);
  if (left.length > 0) say(`could not be removed: ${left.join(', ')}`);
  return left.length > 0 && code === 0 ? 1 : code;
}

const machine = (): RunResult['machine'] => ({
  ...{ node: process.version, kernel: release(), cpu: cpus()[0]?.model ?? 'unknown', cores: cpus().length },
  etcd: /etcd Version: (\S+)/.exec(runCommand('etcd', ['--version']))?.[1] ?? 'unknown',
});

async function inside(prefix: string, folder: string): Promise<number> {
  const measured: KindResult[] = [];
  const skipped: { kind: string; why: string }[] = [];
  const seed = Number(options.seed);
  const run: Pick<RunResult, 'seed' | 'version' | 'machine'> = { seed, version: VERSION, machine: machine() };
  const before = options.add && existsSync(options.out) ? jsonOf(options.out) : undefined;
  const why = before === undefined ? undefined : mismatch(before, run);
  if (why !== undefined) {
    say(`${options.out} is of another run: ${why}`);
    return 2;
  }
  const { awake } = options;
  const letSleep = awake ? keepAwake() : () => {};
  for (const fault of kinds()) {
    const why = faultKind(fault).lacking?.();
    if (why !== undefined) {
      say(`${fault} SKIPPED: ${why}`);
      skipped.push({ kind: fault, why });
      continue;
    }
    const [count, pace] = [Number(options.count), Number(options.pace)];
    const args = { fault, count, seed, pace, awake, prefix, folder: join(folder, fault), say };
    measured.push(await measureSeries(args));
  }
  letSleep();
  const result: RunResult = { ...run, guardians: 12, kinds: measured, skipped };
  writeFileSync(options.out, `${JSON.stringify(before === undefined ? result : joined(before, result), null, 2)}\n`);
  const failures = measured.flatMap((one) => one.broken);
  for (const { kind, violations } of measured)
    for (const { rule, about, detail } of violations) say(`${kind} VIOLATION ${rule}: ${about}: ${detail}`);
  for (const failure of failures) say(`BROKEN ${failure}`);
  // What was not finished was not checked.
  if (measured.some(({ checked }) => checked.operations === 0)) return UNFINISHED;
  return failures.length > 0 ? 1 : 0;
}

const { LAB_PREFIX: prefix, LAB_FOLDER: folder } = process.env;
process.exitCode = prefix === undefined || folder === undefined ? await outside() : await inside(prefix, folder);
if (prefix !== undefined) process.exit();
