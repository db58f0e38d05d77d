/**
 * How long `pulumi preview` takes, and how much of it is the program: the whole real program of a stack under the real engine
 * with stand-ins for its providers, beside an empty program under the same engine (what Pulumi itself takes) and beside
 * `council plan` (the same program in process), in turns in the same run. The program's time is that of its Node process
 * from its start to its end, waiting for the engine's answers included.
 * Usage: node --import tsx bench/preview.ts [--runs N] [--stack NAME]…
 */
import { spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { EngineStack } from '../tests/engine/support/stack.ts';
import { findToolchain, type Toolchain } from '../tests/engine/toolchain/find.ts';
import { type Spread, spread } from './statistics.ts';

const { values: options } = parseArgs({
  options: {
    runs: { type: 'string', default: '5' },
    stack: { type: 'string', multiple: true, default: ['prod', 'staging'] },
  },
});
const RUNS = Number(options.runs);
if (!Number.isInteger(RUNS) || RUNS < 1) throw new Error(`--runs ${options.runs} must be a whole number from 1 on`);
const ROOT = join(import.meta.dirname, '..');
/** Milliseconds. */
const PROGRAM_GOAL = 3000;
const PLAN_GOAL = 2000;

function needed(): Toolchain {
  const found = findToolchain();
  if (typeof found === 'string') throw new Error(found);
  return found;
}
const toolchain = needed();

/** Notes how long Node takes that Pulumi's language host starts; others are its look-ups of packages. Nanoseconds. */
const stopwatch = (notes: string): string => `#!/bin/sh
begin=$(date +%s%N)
'${process.execPath}' "$@"
status=$?
case "$*" in *--monitor*) echo $(($(date +%s%N) - begin)) >>'${notes}' ;; esac
exit $status
`;

interface Times {
  readonly program: number[];
  readonly preview: number[];
}

interface Measured {
  measure(times: Times): Promise<void>;
  close(): Promise<void>;
}

async function open(name: string, program?: string): Promise<Measured> {
  const stack = await EngineStack.create(toolchain, name);
  const notes = join(stack.project.folder, 'notes');
  const node = join(stack.project.tools, 'node');
  writeFileSync(node, stopwatch(notes));
  chmodSync(node, 0o755);
  if (program !== undefined) {
    rmSync(join(stack.project.folder, 'index.ts'));
    writeFileSync(join(stack.project.folder, 'index.ts'), program);
  }
  const measure = async ({ program: inProgram, preview }: Times): Promise<void> => {
    rmSync(notes, { force: true });
    const begin = performance.now();
    const { status, stderr } = await stack.run('preview');
    preview.push(performance.now() - begin);
    if (status !== 0) throw new Error(stderr);
    const nanoseconds = Number(readFileSync(notes, 'utf8'));
    if (Number.isNaN(nanoseconds)) throw new Error('the language host did not run the program once');
    inProgram.push(nanoseconds / 1e6);
  };
  return { measure, close: () => stack.close() };
}

function plan(name: string): number {
  const begin = performance.now();
  const { status, stderr } = spawnSync(process.execPath, ['components/plan/plan.mjs', name], { cwd: ROOT });
  if (status !== 0) throw new Error(String(stderr));
  return performance.now() - begin;
}

async function measure(name: string) {
  const [whole, empty] = [await open(name), await open(name, 'export {};\n')];
  const unmeasured = (): Times => ({ program: [], preview: [] });
  const [times, limits] = [unmeasured(), unmeasured()];
  const plans: number[] = [];
  try {
    // The first of each fills the disk's cache.
    for (let run = 0; run <= RUNS; run++) {
      const keep = run > 0;
      await whole.measure(keep ? times : unmeasured());
      await empty.measure(keep ? limits : unmeasured());
      const planned = plan(name);
      if (keep) plans.push(planned);
    }
  } finally {
    await whole.close();
    await empty.close();
  }
  return {
    stack: name,
    program: spread(times.program),
    preview: spread(times.preview),
    emptyProgram: spread(limits.program),
    emptyPreview: spread(limits.preview),
    plan: spread(plans),
  };
}

const shown = ({ median, min, max }: Spread): string =>
  `${Math.round(median)} ms (${Math.round(min)}-${Math.round(max)})`;
const measured = [];
for (const name of options.stack) {
  const result = await measure(name);
  measured.push(result);
  console.log(`${name}, ${RUNS} runs; median (least-most)`);
  console.log(`the program in pulumi preview   ${shown(result.program)}; the goal is less than ${PROGRAM_GOAL} ms`);
  console.log(`an empty program there          ${shown(result.emptyProgram)}`);
  console.log(`pulumi preview                  ${shown(result.preview)}`);
  console.log(`pulumi preview of nothing       ${shown(result.emptyPreview)}`);
  console.log(`council plan                    ${shown(result.plan)}; the goal is less than ${PLAN_GOAL} ms`);
}
const machine = { node: process.version, cpu: cpus()[0]?.model ?? 'unknown', cores: cpus().length };
const folder = join(import.meta.dirname, 'results');
mkdirSync(folder, { recursive: true });
writeFileSync(join(folder, 'preview.json'), `${JSON.stringify({ machine, unit: 'ms', measured }, undefined, 2)}\n`);
