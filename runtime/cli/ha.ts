import type { Command } from 'commander';
import type { Console } from './console.ts';
import { haBackup, haCompact } from './ha/backup.ts';
import { haMembers, haReplaceMember } from './ha/members.ts';
import { haProbe } from './ha/probe.ts';
import { haRecover } from './ha/recover.ts';
import { haStatus } from './ha/status.ts';
import { haSwitchover } from './ha/switchover.ts';
import { addZoneOptions, withZone, zoneOptionsHelp } from './ha/zone-options.ts';

const ON_HOST = '--config /etc/guardian-council/gatekeeper.yaml';
const EXITS =
  '\nExit codes: 0 done; 1 refused, or it did not come about; 2 the command line or the settings are wrong;\n3 etcd cannot be reached, or the machine does not let it.\n';

/** `council ha …`: the gatekeepers of a zone and the etcd that they share. */
export function addHaCommands(ha: Command, console: Console, finish: (code: number) => void): void {
  ha.addHelpText('after', zoneOptionsHelp);
  const sub = (name: string, description: string, help: string): Command =>
    addZoneOptions(ha.command(name).description(description)).addHelpText(
      'after',
      `\nExamples:\n${help.replaceAll('HOST', ON_HOST)}`,
    );

  sub(
    'status',
    'who leads, who is there, and how etcd is',
    `  council ha status HOST
  council ha status --etcd-endpoints http://127.0.0.1:2379 --json

Exit codes: 0 healthy; 1 degraded: a gatekeeper or an etcd member is missing or does not serve, registries differ, an
alarm is raised, or a member has used 80 % of its quota; 2 nobody leads, or etcd has no quorum.
`,
  ).action(async (options) => finish(await withZone(options, console, (zone) => haStatus(zone, options, console))));

  sub(
    'probe',
    'ask one gatekeeper, where it listens, whether it serves: its health page, and a discovery by RAS',
    `  council ha probe HOST

Exit codes: 0 it serves; 1 it does not, and why; 2 the command line or the settings are wrong.
`,
  ).action(async (options) => finish(await haProbe(options, console)));

  sub(
    'switchover',
    'let another gatekeeper lead; also the way back after a failover, which never happens by itself',
    `  council ha switchover HOST
  council ha switchover --to gatekeeper-primary HOST
${EXITS}`,
  )
    .option('--to <instance>', 'who shall lead; any standby unless given')
    .action(async (options) =>
      finish(await withZone(options, console, (zone) => haSwitchover(zone, options, console))),
    );

  sub('members', 'the members of the etcd cluster', `  council ha members HOST\n${EXITS}`).action(async (options) =>
    finish(await withZone(options, console, (zone) => haMembers(zone, options, console))),
  );

  sub(
    'replace-member',
    'take a lost etcd member out and add one in its place, as a learner first',
    `  council ha replace-member gatekeeper-secondary --peer-url https://10.20.2.10:2380 --wait HOST

Refused where the named member is healthy, or where the others would have no quorum. A command that was interrupted is
given again: it goes on from where it was.
${EXITS}`,
  )
    .argument('<name>', 'name (or id) of the lost member; the new one gets its name')
    .requiredOption('--peer-url <url>', 'where the other members will reach the new one')
    .option('--wait [seconds]', 'wait until it has caught up, and make it a voter (300 s unless given)')
    .action(async (name, options) =>
      finish(await withZone(options, console, (zone) => haReplaceMember(zone, name, options, console))),
    );

  sub(
    'recover',
    'begin anew after the loss of the quorum: says what is to be done, and restores a snapshot where told to',
    `  council ha recover --snapshot /var/backups/etcd.db --name monitoring --peer-url https://10.20.3.10:2380 HOST
  council ha recover --data-dir /var/lib/etcd/council HOST

Nothing is written without --yes, and then only a new data folder from a snapshot: no service is started or stopped.
Everything else is for hands, in the order that it prints (docs/operations/failover.md).
${EXITS}`,
  )
    .option('--snapshot <file>', 'a file of council ha backup')
    .option('--data-dir <dir>', 'the data folder of a surviving member: instructions only')
    .option('--name <name>', 'name of the member to begin with')
    .option('--peer-url <url>', 'where other members will reach it')
    .option('--into <dir>', 'the new data folder', '/var/lib/etcd/council')
    .option('--yes', 'restore the snapshot into the new data folder')
    .action(async (options) => finish(await withZone(options, console, (zone) => haRecover(zone, options, console))));

  sub('backup', "save etcd's data to a file", `  council ha backup --out /var/backups/etcd.db HOST\n${EXITS}`)
    .requiredOption('--out <file>', 'replaced in one step once the new one is whole')
    .action(async (options) => finish(await withZone(options, console, (zone) => haBackup(zone, options, console))));

  sub(
    'compact',
    'forget history and give its room back, one etcd member after the other, the leader last',
    `  council ha compact HOST\n\nWhere etcd refuses writes for want of room, they are let in again afterwards.\n${EXITS}`,
  ).action(async (options) => finish(await withZone(options, console, (zone) => haCompact(zone, options, console))));
}
