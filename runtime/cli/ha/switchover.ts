import { hostname, userInfo } from 'node:os';
import { switchover, type ZoneAccess } from '../../service/index.ts';
import type { Console } from '../console.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { json, type Options } from './zone-options.ts';

/** `council ha switchover` */
export async function haSwitchover(zone: ZoneAccess, options: Options, console: Console): Promise<ExitCode> {
  const to = typeof options['to'] === 'string' ? options['to'] : undefined;
  const done = await switchover(zone, { to, by: `${userName()}@${hostname()}` });
  const [order, vacant] = [done.orderToLeader, done.withoutLeader].map((ms) => ms && Math.round(ms * 10) / 10);
  if (options['json'] === true)
    json(console, { from: done.from, to: done.to, term: done.term, order_ms: order, without_leader_ms: vacant });
  else
    console.out(
      `${done.to} leads instead of ${done.from}, in term ${done.term}: ${order} ms after the order${vacant === undefined ? '' : `; nobody led for ${vacant} ms of that`}\n`,
    );
  return EXIT.ok;
}

function userName(): string {
  try {
    return userInfo().username;
  } catch {
    // A process may run under a number that no name belongs to.
    return String(process.getuid?.() ?? 'unknown');
  }
}
