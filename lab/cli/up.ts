import { join } from 'node:path';
import { z } from 'zod';
import { ensureImage } from '../hosts/index.ts';
import { ensureDaemon } from './daemon-client.ts';
import { LabCommandError } from './errors.ts';
import { lacking, otherLab } from './needs.ts';
import { type Places, STACK } from './places.ts';
import { Pulumi, regionOf } from './pulumi.ts';

export interface UpOptions {
  /** Whether there is to be a release at all. */
  readonly release: boolean;
  /** Whether this tree's release is built and published although one is configured. */
  readonly publish: boolean;
  /** SHA-256 of a published release to run. */
  readonly use?: string;
}

export interface UpResult {
  readonly endpoint: string;
  /** SHA-256 of the release that runs; null where there is none. */
  readonly release: string | null;
}

type Tell = (line: string) => void;

/**
 * Brings the lab up, in the steps that a council on AWS takes: the stack without a release, its secrets, a release, and
 * the stack with that release. Where there is a release already, the stack alone.
 * @throws LabCommandError, CommandError with what the step that failed said
 */
export async function up(places: Places, options: UpOptions, tell: Tell): Promise<UpResult> {
  const { pulumi, endpoint, region } = await ready(places, tell);
  if (pulumi.release === undefined) {
    tell('bringing the stack up, without a release');
    await pulumi.operate('up');
    if (!options.release) return { endpoint, release: null };
    tell('making secrets');
    await council(pulumi, ['secrets', 'init', '--stack', STACK, '--region', region, '--values', '-'], NOWHERE);
  }
  if (options.use !== undefined) pulumi.configure(options.use);
  else if (pulumi.release === undefined || options.publish)
    pulumi.configure(await publish(pulumi, places, region, tell));
  tell(`bringing the stack up, release ${pulumi.release}`);
  await pulumi.operate('up');
  return { endpoint, release: pulumi.release ?? null };
}

/** Shows what `up` would change. */
export async function preview(places: Places, tell: Tell): Promise<void> {
  const { pulumi } = await ready(places, tell);
  await pulumi.operate('preview', ['--diff']);
}

async function ready(
  places: Places,
  tell: Tell,
): Promise<{ readonly pulumi: Pulumi; readonly endpoint: string; readonly region: string }> {
  const missing = await lacking();
  if (missing.length > 0) throw new LabCommandError(`this machine cannot have a lab:\n  ${missing.join('\n  ')}`);
  const other = await otherLab(places.name);
  if (other !== undefined)
    throw new LabCommandError(
      `lab ${other} is on this machine, and there can be one: npm run lab -- --name ${other} destroy`,
    );
  const region = regionOf();
  await ensureImage({ cache: places.cache, progress: (step) => tell(`machine image: ${step}`) });
  const daemon = await ensureDaemon(places, region);
  return { pulumi: await Pulumi.open(places, daemon, region), endpoint: daemon.endpoint, region };
}

const built = z.object({ release: z.string() });

/** Builds this tree's release and publishes it; gives its SHA-256. */
async function publish(pulumi: Pulumi, { folder }: Places, region: string, tell: Tell): Promise<string> {
  const out = join(folder, 'build');
  tell('building the release of this tree');
  // A lab is for trying: what no commit has yet may run in it.
  const { release } = built.parse(
    JSON.parse(await council(pulumi, ['release', 'build', '--dirty', '--json', '--out', out])),
  );
  tell(`publishing release ${release}`);
  const where = ['--stack', STACK, '--region', region];
  await council(pulumi, ['release', 'publish', release, '--dirty', '--json', '--from', out, ...where]);
  return release;
}

/** The secrets that only people know: alerts of a lab go nowhere. */
const NOWHERE = JSON.stringify({
  'alertmanager/slack-url': 'https://alerts.invalid/lab',
  'alertmanager/pagerduty-key': 'LabsAlertsGoNowhere00000',
});

async function council(pulumi: Pulumi, args: readonly string[], input = ''): Promise<string> {
  const { status, stdout, stderr } = await pulumi.council(args, input);
  if (status === 0) return stdout;
  throw new LabCommandError(
    `council ${args.slice(0, 2).join(' ')} failed (exit status ${status}):\n${stderr || stdout}`,
  );
}
