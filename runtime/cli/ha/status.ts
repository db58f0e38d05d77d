import { type ZoneAccess, type ZoneStatus, zoneStatus } from '../../service/index.ts';
import { type Console, paint } from '../console.ts';
import { etcdTable, gatekeeperTable } from './tables.ts';
import { json, type Options } from './zone-options.ts';

/** What monitoring can act on: 2 is worse than 1. */
const EXITS = { healthy: 0, degraded: 1, down: 2 } as const;
const STYLES = { healthy: 'green', degraded: 'yellow', down: 'red' } as const;

/** `council ha status` */
export async function haStatus(zone: ZoneAccess, options: Options, console: Console): Promise<number> {
  const status = await zoneStatus(zone);
  if (options['json'] === true) json(console, status);
  else console.out(statusText(status, Date.now(), console));
  return EXITS[status.health];
}

/** @param now milliseconds since 1970 */
export function statusText(status: ZoneStatus, now: number, console: Console): string {
  const { zone, health, problems, notes, leader, gatekeepers, etcd } = status;
  const style = STYLES[health];
  const since =
    leader === undefined
      ? 'no leader is known'
      : `${leader.instance} leads since ${new Date(leader.since).toISOString()} (${span(now - leader.since)}), term ${leader.term}`;
  const lines = [
    `zone ${zone}: ${paint(console, style, health)}; ${since}`,
    ...problems.map((problem) => paint(console, style, `  ! ${problem}`)),
    ...notes.map((note) => `  - ${note}`),
    ...(gatekeepers.length > 0 ? [gatekeeperTable(gatekeepers, console)] : []),
    ...(etcd === undefined ? [] : [etcdTable(etcd, false, console)]),
  ];
  return `${lines.join('\n')}\n`;
}

/** A time in its two largest units, such as `3 h 12 min`. */
function span(ms: number): string {
  const seconds = Math.max(0, Math.round(ms / 1000));
  const parts = [
    [Math.floor(seconds / 86_400), 'd'],
    [Math.floor(seconds / 3600) % 24, 'h'],
    [Math.floor(seconds / 60) % 60, 'min'],
    [seconds % 60, 's'],
  ] as const;
  const first = parts.findIndex(([count]) => count > 0);
  const shown = first < 0 ? parts.slice(-1) : parts.slice(first, first + 2);
  return shown.map(([count, unit]) => `${count} ${unit}`).join(' ');
}
