import {
  checkMemberFolder,
  checkQuorumIsLost,
  planRestore,
  type Restored,
  restore,
  type ZoneAccess,
} from '../../service/index.ts';
import { type Console, paint } from '../console.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { UsageError } from '../failure.ts';
import { json, type Options, peerUrl } from './zone-options.ts';

/** @param keep what is done with the old data folder */
const before = (
  keep: string,
): string => `etcd decides nothing that can be seen from here. Make sure of that: where two of three members still run somewhere, stop
here and bring the third one back. Otherwise, on every host that can be reached:
  systemctl stop 'h323-gatekeeper-*'     # live calls go on: their media do not pass a gatekeeper
  systemctl stop council-etcd
  ${keep} /var/lib/etcd/council /var/lib/etcd/council.lost
No gatekeeper may run before the new cluster does: the revisions that its leadership rests on go back. Nor within a minute
of the last one's end: what was seen against replay may be missing, and a signature is fresh for that long.
`;

const LEASES =
  'Leases begin anew: who led before is gone 2 s after the start, and the first gatekeeper that is started leads.';

/** `council ha recover --snapshot FILE | --data-dir DIR` */
export async function haRecover(zone: ZoneAccess, options: Options, console: Console): Promise<ExitCode> {
  const [snapshot, dataDir] = [text(options['snapshot']), text(options['dataDir'])];
  if ((snapshot === undefined) === (dataDir === undefined))
    throw new UsageError('give either --snapshot with a backup or --data-dir with the data of a surviving member');
  if (dataDir !== undefined) {
    if (options['yes'] === true)
      throw new UsageError('--yes goes with --snapshot: the data of a surviving member are not touched by a command');
    checkMemberFolder(dataDir);
    await checkQuorumIsLost(zone);
    if (options['json'] === true) json(console, { dataDir, written: false });
    else console.out(survivor(dataDir));
    return EXIT.ok;
  }
  const [name, url] = [text(options['name']), options['peerUrl']];
  if (name === undefined || !/^[A-Za-z0-9._-]+$/.test(name) || url === undefined)
    throw new UsageError('--snapshot needs --name and --peer-url: of the member that the new cluster begins with');
  const token = `${zone.zone.replaceAll(/[^A-Za-z0-9]+/g, '-')}-${new Date().toISOString().replaceAll(/[^0-9]/g, '')}`;
  const into = text(options['into']) ?? '';
  const plan = await planRestore({ snapshot: snapshot ?? '', name, peerUrl: peerUrl(url), into, token });
  await checkQuorumIsLost(zone);
  const isWritten = options['yes'] === true;
  if (isWritten) await restore(plan);
  if (options['json'] === true) json(console, { ...plan, written: isWritten });
  else console.out(fromSnapshot(plan, isWritten, console));
  return EXIT.ok;
}

const text = (value: unknown): string | undefined => (typeof value === 'string' && value !== '' ? value : undefined);

function fromSnapshot({ file, into, name, command }: Restored, isWritten: boolean, console: Console): string {
  const done = `${paint(console, 'green', 'restored')}: ${into}\n`;
  const toRun = `Then, on the host of the member to begin with, this command with --yes. It runs
  ${command.join(' ')}
and after it:`;
  return `${isWritten ? done : before('mv')}
The snapshot: ${file.file}, written ${new Date(file.written).toISOString()}, sha256 ${file.sha256} (right).
What is missing afterwards is everything since then: registrations (those terminals are told to register again), calls
that were admitted since (they go on, but are neither counted nor known: their BRQ and DRQ are refused), the ends of calls
since (those count until their terminal registers anew or runs out), and what was seen against replay.
${LEASES}

${isWritten ? 'What is left to do:' : toRun}
  chown -R etcd: ${into}
  systemctl start council-etcd           # on this host alone; its name there: ${name}
  council ha members --config /etc/guardian-council/gatekeeper.yaml
  systemctl start h323-gatekeeper-primary    # on its host; then h323-gatekeeper-secondary on the other
Then add the other members one by one: council ha replace-member NAME --peer-url URL --wait
`;
}

const survivor = (folder: string): string => `${before('cp -a')}
Then, on the host of the surviving member whose data are in ${folder}. If several survived, take the one that was
furthest ahead: start etcd there, look for the highest raftIndex in council ha members --json, and stop it again.
  1. write the line "force-new-cluster: true" into /etc/guardian-council/etcd.yaml
  2. systemctl start council-etcd
  3. wait until council ha members shows one healthy member
  4. take the line out, and systemctl restart council-etcd: left in, it would throw the others out at every start
  5. start the gatekeepers, one after the other
  6. add the other members one by one: council ha replace-member NAME --peer-url URL --wait

What may be missing afterwards: the last changes that the others had agreed on, and so confirmed to terminals, before this
member knew of it.
${LEASES}
`;
