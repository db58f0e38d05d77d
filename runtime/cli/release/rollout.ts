import { ReleaseBucket } from '../../adapters/release-bucket.ts';
import {
  bundleKey,
  isSha256,
  LARGEST_BUNDLE,
  NO_RELEASE,
  nodeKey,
  RELEASE_ROLES,
  ReleaseError,
  type RolloutReport,
  type RolloutState,
  readBundle,
  rollout,
} from '../../release/index.ts';
import type { Console } from '../console.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { UsageError } from '../failure.ts';
import { type Options, textOf } from './options.ts';
import { Stack, type StackTimes } from './stack.ts';

/** `council release rollout` */
export async function releaseRollout(options: Options, console: Console, times?: StackTimes): Promise<ExitCode> {
  const release = textOf(options, 'release') ?? '';
  if (!isSha256(release)) throw new UsageError('--release: must be the SHA-256 of a release, 64 lower-case hex digits');
  const json = options['json'] === true;
  const tell = (text: string): void => (json ? console.err : console.out)(`${text}\n`);
  const stack = new Stack(options, tell, times);
  try {
    // Before anything is touched: what cannot be fetched cannot be run.
    await checkPublished(release, stack, textOf(options, 'bucket'));
    await checkHosts(stack);
    const proven = await stack.parameters.find(stack.names.proven);
    if (proven !== undefined && !isSha256(proven))
      throw new ReleaseError(`the parameter ${stack.names.proven} must hold the SHA-256 of a release`);
    tell(`release ${release} for ${stack.name}; the one before: ${proven ?? NO_RELEASE}`);
    const report = await stack.follow(rollout({ release, proven }));
    if (json) console.out(`${JSON.stringify({ ...report, stack: stack.name, proven: proven ?? null })}\n`);
    else console.out(reportText(report));
    if (!report.ok) console.err(`council: release ${release} failed: ${report.reason}\n`);
    return report.ok ? EXIT.ok : EXIT.no;
  } finally {
    stack.close();
  }
}

async function checkPublished(release: string, stack: Stack, named: string | undefined): Promise<void> {
  const bucket = new ReleaseBucket(named ?? (await stack.parameters.get(stack.names.bucket)), stack.region);
  try {
    if ((await bucket.find(bundleKey(release))) === undefined)
      throw new ReleaseError(
        `release ${release} is not in s3://${bucket.name}: council release publish ${release} --stack ${stack.name} puts it there; nothing was touched`,
      );
    const { manifest } = await readBundle(await bucket.read(bundleKey(release), LARGEST_BUNDLE), release);
    if ((await bucket.find(nodeKey(manifest.node.sha256))) === undefined)
      throw new ReleaseError(
        `Node.js ${manifest.node.version} is not in s3://${bucket.name}, which release ${release} needs; nothing was touched`,
      );
  } finally {
    bucket.close();
  }
}

async function checkHosts(stack: Stack): Promise<void> {
  const hosts = await stack.hosts();
  const missing = RELEASE_ROLES.filter((role) => (hosts.get(role) ?? []).length === 0);
  if (missing.length > 0)
    throw new ReleaseError(
      `the stack ${stack.name} has no running instance named ${missing.join(', ')}; nothing was touched`,
    );
}

function reportText({ hosts }: RolloutReport): string {
  const lines = RELEASE_ROLES.map((role) => `  ${role.padEnd(22)}${stateText(hosts[role])}`);
  return `${lines.join('\n')}\n`;
}

function stateText(state: RolloutState): string {
  switch (state.kind) {
    case 'released':
      return 'runs the new release';
    case 'returned':
      return 'runs the release before again';
    case 'untouched':
      return 'not touched';
    case 'stuck':
      return `needs hands: ${state.reason}`;
  }
}

/** `council release forget`: for a stack that is being destroyed. */
export async function releaseForget(options: Options, console: Console): Promise<ExitCode> {
  const stack = new Stack(options, () => {});
  try {
    const { proven, wanted } = stack.names;
    await stack.parameters.remove([proven, ...RELEASE_ROLES.map(wanted)]);
    console.out(`the stack ${stack.name} wants no release any more; what runs goes on\n`);
    return EXIT.ok;
  } finally {
    stack.close();
  }
}
