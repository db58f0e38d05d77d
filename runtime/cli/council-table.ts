import Table from 'cli-table3';
import type { GuardianStatus } from '../service/index.ts';
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
  return table.toString();
}

const megabits = (rate: number): string => (rate / 1e6).toFixed(1);
