import Table from 'cli-table3';
import type { FailoverReport, GuardianStatus, LocalGatekeeper, LocalZone } from '../service/index.ts';
import type { EpochMilliseconds } from '../units.ts';
import { type Console, paint } from './console.ts';

const MARKS = { registering: '…', registered: '·', admitted: '✔', failed: '✘' } as const;
const STYLES = { registering: 'dim', registered: 'yellow', admitted: 'green', failed: 'red' } as const;

/** The council's guardians as a table for people. */
export function councilTable(guardians: readonly GuardianStatus[], now: EpochMilliseconds, console: Console): string {
  const table = new Table({
    head: ['', 'Guardian', 'Role', 'Admitted in', 'Bandwidth', 'Last seen'],
    style: { head: console.isTerminal ? ['bold'] : [], border: console.isTerminal ? ['grey'] : [] },
    colAligns: ['left', 'left', 'left', 'right', 'right', 'right'],
  });
  for (const { terminalId, role, state, admittedIn, bandwidth, quota, lastSeen, failure } of guardians)
    table.push([
      paint(console, STYLES[state], MARKS[state]),
      terminalId,
      role,
      failure ?? (admittedIn === undefined ? state : `${admittedIn.toFixed(1)} ms`),
      `${megabits(bandwidth)} of ${megabits(quota)} Mbit/s`,
      lastSeen === undefined ? '' : `${Math.max(0, Math.round((now - lastSeen) / 1000))} s ago`,
    ]);
  // No rules between rows, so that twelve guardians and two gatekeepers stand on a terminal of 24 lines.
  const [top = '', head = '', rule = '', ...rows] = table.toString().split('\n');
  return [top, head, rule, ...rows.filter((row) => !row.includes('├'))].join('\n');
}

const megabits = (rate: number): string => (rate / 1e6).toFixed(1);

/** A line for each gatekeeper: what it is, where, how long its lease still runs, and where its metrics are. */
export function gatekeeperLines({ gatekeepers }: LocalZone, console: Console): readonly string[] {
  const ras = gatekeepers.map(({ ras: { address, port } }) => `RAS ${address}:${port}/udp`);
  const width = Math.max(...ras.map(({ length }) => length));
  return gatekeepers.map(({ instance, side, state, leaseLeft, metrics }, index) => {
    const lease = leaseLeft === undefined ? '' : `lease ${leaseLeft.toFixed(1)} s`;
    const name = `${markOf(state)} ${instance.padEnd(20)}  ${side.padEnd(9)}  ${state.padEnd(7)}`;
    return `  ${paint(console, styleOf(state), name)}  ${ras[index]?.padEnd(width)}  ${lease.padEnd(11)}  ${metrics}`;
  });
}

const markOf = (state: LocalGatekeeper['state']): string => (state === 'leading' ? '★' : state === 'down' ? '✘' : '·');
const styleOf = (state: LocalGatekeeper['state']) =>
  state === 'leading' ? 'green' : state === 'standby' ? 'dim' : state === 'down' ? 'red' : 'yellow';

/** What became of the guardians when their leader was killed. */
export function failoverLines(report: FailoverReport, { store }: LocalZone, console: Console): readonly string[] {
  const { killed, leader, failover, calls, callsLost, confirmedLost, reregistrations, held } = report;
  const what =
    failover === undefined || leader === undefined
      ? `nobody took over from ${killed}`
      : `${leader} took over in ${Math.round(failover)} ms`;
  const kept = `${calls - callsLost} of ${calls} calls kept, ${confirmedLost} confirms lost`;
  const line = `Failover: ${what}; ${kept}, ${reregistrations} registered anew`;
  const worth = `  No process died: ${killed} was cut off from the store, and answered no more.`;
  return [paint(console, held ? 'green' : 'red', line), ...(store === 'memory' ? [paint(console, 'dim', worth)] : [])];
}
