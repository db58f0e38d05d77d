/**
 * This machine's processors, which may be another machine's threads: what its host takes of them, and keeping the host
 * from taking it.
 */
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { cpus } from 'node:os';

/** Processor time since the machine started, in ticks. */
interface Spent {
  readonly stolen: number;
  readonly all: number;
}

/** @param stat /proc/stat, see proc_stat(5) */
export function spentOf(stat: string): Spent {
  const [user = 0, nice = 0, system = 0, idle = 0, iowait = 0, irq = 0, softirq = 0, stolen = 0] =
    /^cpu +(.*)$/m.exec(stat)?.[1]?.split(' ').map(Number) ?? [];
  return { stolen, all: user + nice + system + idle + iowait + irq + softirq + stolen };
}

const spent = (): Spent => spentOf(readFileSync('/proc/stat', 'utf8'));

/** Gives, when called, which share of all processor time since then the host took while something here wanted to run. */
export function watchStolen(): () => number {
  const before = spent();
  return () => {
    const now = spent();
    return Math.round(((now.stolen - before.stolen) / Math.max(1, now.all - before.all)) * 1000) / 1000;
  };
}

/** Until process $1 has ended. */
const SPIN = 'while kill -0 "$1" 2>/dev/null; do n=0; while [ $n -lt 100000 ]; do n=$((n + 1)); done; done';

/**
 * Gives every processor something to do that waits for everything else (SCHED_IDLE, sched(7)), so that none of them halts:
 * a host that is shared gives a halted one back after many milliseconds only. Ends with this process, or when called.
 */
export function keepAwake(): () => void {
  const spinners = cpus().map((_, n) => {
    const command = ['-c', `${n}`, 'chrt', '--idle', '0', 'sh', '-c', SPIN, 'sh', `${process.pid}`];
    const spinner = spawn('taskset', command, { stdio: 'ignore' });
    spinner.on('error', () => {}); // Said by `stolen`.
    return spinner;
  });
  return () => {
    // One that could not be started has no number, and would be taken for this whole process group.
    for (const spinner of spinners) if (spinner.pid !== undefined) spinner.kill('SIGKILL');
  };
}
