import type { Command } from 'commander';
import type { Console } from './console.ts';

const EXITS =
  '\nExit codes: 0 done; 1 refused, or the answer is no; 2 the command line is wrong; 3 the machine or AWS does not let it.\n';

const addPlace = (command: Command): Command =>
  command
    .option('--stack <name>', 'the Pulumi stack')
    .option('--bucket <name>', 'the bucket itself, where the stack is not at hand')
    .option('--region <name>', 'AWS region; also AWS_REGION');

const addHosts = (command: Command): Command =>
  command
    .option('--stack <name>', 'the Pulumi stack')
    .option('--region <name>', 'AWS region; also AWS_REGION')
    .option('--host <role=id...>', 'an instance by its role; those of other roles are found by the tags of the stack');

/** `council release …`: what hosts run. Each command is loaded when it is called: the AWS SDK takes its time. */
export function addReleaseCommands(release: Command, console: Console, finish: (code: number) => void): void {
  const sub = (name: string, description: string, examples: string): Command =>
    release
      .command(name)
      .description(description)
      .option('--json', 'machine-readable output')
      .addHelpText('after', `\nExamples:\n${examples}${EXITS}`);

  sub(
    'build',
    'make the release of the commit that is checked out: the same commit gives the same octets everywhere',
    '  council release build\n  council release build --out /tmp/build --json\n',
  )
    .option('--out <dir>', 'folder for the bundle and for Node.js', 'build')
    .option('--dirty', 'build the files as they are, although no commit has them; the release says so')
    .option('--no-node', 'leave out the archive of Node.js')
    .action(async (options) => {
      const { releaseBuild } = await import('./release/build.ts');
      finish(await releaseBuild(options, console));
    });

  addPlace(
    sub(
      'publish',
      'put a release that was built into the bucket of a stack; what is there already stays',
      '  council release publish --stack staging --region eu-central-1\n  council release publish 5f0c…e1 --bucket council-releases --region eu-central-1\n',
    ),
  )
    .argument('[sha256]', 'the release; the only one that is there unless given')
    .option('--from <dir>', 'folder that council release build wrote to', 'build')
    .option('--dirty', 'publish a release although no commit has its files')
    .action(async (given, options) => {
      const { releasePublish } = await import('./release/publish.ts');
      finish(await releasePublish(given, options, console));
    });

  addPlace(
    sub(
      'list',
      'the releases in the bucket of a stack, the newest first',
      '  council release list --stack prod --region eu-central-1\n',
    ),
  ).action(async (options) => {
    const { releaseList } = await import('./release/list.ts');
    finish(await releaseList(options, console));
  });

  addHosts(
    sub(
      'rollout',
      'bring a release to all hosts, one after the other; back to the one before where a host does not serve with it',
      '  council release rollout --stack prod --region eu-central-1 --release 5f0c…e1\n',
    ),
  )
    .option('--release <sha256>', 'the release that all hosts are to run')
    .option('--bucket <name>', 'bucket that has it; the stack tells unless given')
    .action(async (options) => {
      const { releaseRollout } = await import('./release/rollout.ts');
      finish(await releaseRollout(options, console));
    });

  addHosts(
    sub(
      'gate',
      "wait until a host is healthy by EC2's checks, and serves with the release that it is to run",
      '  council release gate --stack prod --region eu-central-1 --host gatekeeper-secondary=i-0123456789abcdef0\n',
    ),
  )
    .option('--next <role>', 'whose machine is about to be touched: etcd must decide without it')
    .action(async (options) => {
      const { releaseGate } = await import('./release/gate.ts');
      finish(await releaseGate(options, console));
    });

  addHosts(
    sub(
      'spare',
      'ask whether a gatekeeper can be taken away: the other one serves, or it does not serve itself',
      '  council release spare --stack prod --region eu-central-1 --role gatekeeper-secondary\n',
    ),
  )
    .option('--role <role>', 'gatekeeper-primary or gatekeeper-secondary')
    .action(async (options) => {
      const { releaseSpare } = await import('./release/spare.ts');
      finish(await releaseSpare(options, console));
    });

  addHosts(
    sub(
      'status',
      'the release that each host is to run, and the one that it does',
      '  council release status --stack prod --region eu-central-1\n',
    ),
  ).action(async (options) => {
    const { releaseStatus } = await import('./release/status.ts');
    finish(await releaseStatus(options, console));
  });

  addHosts(
    sub(
      'forget',
      'let no host of a stack want a release any more; pulumi destroy calls it',
      '  council release forget --stack staging --region eu-central-1\n',
    ),
  ).action(async (options) => {
    const { releaseForget } = await import('./release/rollout.ts');
    finish(await releaseForget(options, console));
  });

  release
    .command('pack', { hidden: true })
    .description('the second half of build, called by it in a folder of its own')
    .requiredOption('--commit <id>')
    .requiredOption('--committed-at <time>')
    .requiredOption('--out <file>')
    .option('--dirty')
    .action(async (options) => {
      const { releasePack } = await import('./release/pack.ts');
      finish(await releasePack(options));
    });
}
