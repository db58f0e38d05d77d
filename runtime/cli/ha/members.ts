import { etcdReport, promoteWhenReady, type Replacement, replaceMember, type ZoneAccess } from '../../service/index.ts';
import { type Console, paint } from '../console.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { UsageError } from '../failure.ts';
import { etcdTable } from './tables.ts';
import { json, type Options, peerUrl } from './zone-options.ts';

/** `council ha members` */
export async function haMembers(zone: ZoneAccess, options: Options, console: Console): Promise<ExitCode> {
  const report = await etcdReport(zone);
  if (options['json'] === true) json(console, report);
  else console.out(`${etcdTable(report, true, console)}\n`);
  return report.quorum ? EXIT.ok : EXIT.no;
}

/** `council ha replace-member NAME --peer-url URL [--wait]` */
export async function haReplaceMember(
  zone: ZoneAccess,
  name: string,
  options: Options,
  console: Console,
): Promise<ExitCode> {
  const url = peerUrl(options['peerUrl']);
  const patience = waitingTime(options['wait']);
  const replacement = await replaceMember(zone, name, url);
  const isJson = options['json'] === true;
  // The new member has to be started before it can be waited for, so it is told at once.
  if (isJson) json(console, { event: 'added', ...replacement });
  else console.out(instructions(replacement));
  if (patience === undefined) {
    if (!isJson) console.out('\nOnce it runs, give this command again with --wait: that makes it a voter.\n');
    return EXIT.ok;
  }
  if (!isJson) console.out(`\nWaiting up to ${patience / 1000} s until it has caught up …\n`);
  const members = await promoteWhenReady(zone, replacement.added, patience);
  if (isJson) json(console, { event: 'promoted', members });
  else
    console.out(`${paint(console, 'green', 'done')}: ${replacement.name} votes; etcd has ${members.length} members\n`);
  return EXIT.ok;
}

/** Milliseconds; `undefined` where nobody waits. */
function waitingTime(wait: unknown): number | undefined {
  if (wait === undefined) return undefined;
  const seconds = wait === true ? 300 : Number(wait);
  if (!Number.isSafeInteger(seconds) || seconds < 1 || seconds > 86_400)
    throw new UsageError(`--wait: must be a whole number from 1 to 86400 (s), not "${String(wait)}"`);
  return seconds * 1000;
}

const instructions = ({ name, peerUrl: url, removed, added, initialCluster }: Replacement): string =>
  `${removed === undefined ? '' : `removed: ${removed}\n`}added as a learner: ${added}

On the new host, with an empty data folder, etcd must be told (flag, or key in its configuration file):
  --name ${name}
  --initial-advertise-peer-urls ${url}
  --initial-cluster ${initialCluster}
  --initial-cluster-state existing
`;
