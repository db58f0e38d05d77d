import { dirname, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { HostCommands } from '../../adapters/host-commands.ts';
import { PublicAddresses } from '../../adapters/public-addresses.ts';
import { PulumiStack } from '../../adapters/pulumi-stack.ts';
import { isSha256, isStackName } from '../../release/index.ts';
import { type Console, paint } from '../console.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { UsageError } from '../failure.ts';
import { type Options, stackOf, textOf } from '../release/options.ts';
import { CANARY_PATIENCE, canaryCommand, GATEKEEPERS } from './canary.ts';
import { type Home, homes, type Original, originalOf, standInOf } from './outputs.ts';
import { ADVICE_BACK, adviceThere, carryOut, type Deeds, type Step, wayBack, wayThere } from './procedure.ts';
import { releaseOf, rollbackFile, takesAddresses, withAddresses } from './stack-file.ts';

/** The checkout that this file is in: runtime/cli/rollback. */
const CHECKOUT = resolve(dirname(fileURLToPath(import.meta.url)), '../../..');

/** Steps of the way there that change nothing in AWS. */
const DRY = 2;

interface Settings {
  readonly of: PulumiStack;
  readonly standIn: PulumiStack;
  /** `undefined` on the way back. */
  readonly release: string | undefined;
  readonly canary: string;
}

/** `council rollback`: all steps, or those of a dry run. */
export async function rollback(options: Options, console: Console): Promise<ExitCode> {
  const settings = settingsOf(options, console);
  const { of, standIn, release } = settings;
  const deeds = new Rollback(settings);
  const steps = (release === undefined ? wayBack : wayThere)(of.name, standIn.name, deeds);
  const isDry = options['yes'] !== true;
  const done = isDry ? steps.slice(0, release === undefined ? 0 : DRY) : steps;
  const isJson = options['json'] === true;
  const tell = (step: Step, at: number, state: 'now' | 'not done'): void =>
    console.out(
      isJson
        ? `${JSON.stringify({ step: step.name, at, of: steps.length, state, text: step.text })}\n`
        : `${paint(console, state === 'now' ? 'bold' : 'dim', `${at}/${steps.length} ${step.name}`)}: ${step.text}\n`,
    );
  await carryOut(
    done,
    (step, at) => tell(step, at, 'now'),
    () =>
      release === undefined ? ADVICE_BACK : adviceThere(of.name, standIn.name, takesAddresses(standIn.text() ?? '')),
  );
  for (const [at, step] of steps.entries()) if (at >= done.length) tell(step, at + 1, 'not done');
  if (!isJson) console.out(isDry ? 'a dry run: --yes does it all\n' : 'done\n');
  return EXIT.ok;
}

function settingsOf(options: Options, console: Console): Settings {
  const [of, release] = [stackOf(options), textOf(options, 'to')];
  const isBack = options['back'] === true;
  if ((release === undefined) !== isBack) throw new UsageError('give either --to RELEASE or --back');
  if (release !== undefined && !isSha256(release))
    throw new UsageError('--to: must be a release, 64 hex digits: council release list tells which there are');
  const name = textOf(options, 'name') ?? `rollback-${of}`;
  if (!isStackName(name) || !name.startsWith('rollback-'))
    throw new UsageError(`--name: ${JSON.stringify(name)} must begin with rollback-`);
  const canary = textOf(options, 'canary') ?? '';
  // It goes through a shell on the host.
  if (!/^[A-Za-z0-9:/_.-]{1,128}$/.test(canary))
    throw new UsageError(`--canary: ${JSON.stringify(canary)} is no terminal_id such as if://canary/validation`);
  const folder = resolve(textOf(options, 'project') ?? CHECKOUT);
  const stack = (which: string): PulumiStack => new PulumiStack(which, folder, console.err);
  return { of: stack(of), standIn: stack(name), release, canary };
}

/** What the steps do. */
class Rollback implements Deeds {
  readonly #settings: Settings;

  constructor(settings: Settings) {
    this.#settings = settings;
  }

  prepare = async (): Promise<void> => {
    const { of, standIn, release = '' } = this.#settings;
    const text = of.text();
    if (text === undefined) throw new UsageError(`there is no ${of.file}`);
    await this.#original();
    const there = standIn.text();
    if (there === undefined) standIn.write(rollbackFile(text, { of: of.name, release }));
    else if (releaseOf(there) !== release)
      throw new UsageError(`${standIn.file} is of the release ${releaseOf(there)}: go back from it first`);
    if (!(await standIn.exists())) await standIn.make();
  };

  preview = (): Promise<void> => this.#settings.standIn.preview();

  standUp = (): Promise<void> => this.#settings.standIn.up();

  validate = async (): Promise<void> => {
    const { standIn, canary } = this.#settings;
    const { region, loan } = await this.#original();
    const { instances, addresses } = standInOf(standIn.name, await standIn.outputs());
    const hosts = new HostCommands(region);
    try {
      for (const from of GATEKEEPERS) {
        const text = canaryCommand({ from, terminalId: canary, loan, addresses });
        const result = await hosts.run(instances[from], {
          text,
          timeout: CANARY_PATIENCE,
          comment: 'council rollback',
        });
        if (!result.ok) throw new Error(`the canary guardian on ${from} was not admitted: ${result.reason}`);
      }
    } finally {
      hosts.close();
    }
  };

  take = async (): Promise<void> => {
    this.#setAddresses(true);
    await this.#settings.standIn.up();
  };

  reach = async (): Promise<void> =>
    this.#eachHome((addresses, { interfaceId }) => addresses.lendTemporary(interfaceId));

  giveBack = async (): Promise<void> =>
    this.#eachHome((addresses, { allocationId, interfaceId }) => addresses.move(allocationId, interfaceId));

  letGo = async (): Promise<void> => {
    const { standIn } = this.#settings;
    const text = standIn.text();
    if (text === undefined || !takesAddresses(text) || !(await standIn.exists())) return;
    this.#setAddresses(false);
    await standIn.up();
  };

  destroy = async (): Promise<void> => {
    const { standIn } = this.#settings;
    if (await standIn.exists()) await standIn.destroy();
  };

  forget = async (): Promise<void> => {
    const { standIn } = this.#settings;
    if (await standIn.exists()) await standIn.remove();
  };

  async #original(): Promise<Original> {
    const { of } = this.#settings;
    return originalOf(of.name, await of.outputs());
  }

  #setAddresses(take: boolean): void {
    const { standIn } = this.#settings;
    standIn.write(withAddresses(standIn.text() ?? '', take));
  }

  async #eachHome(deed: (addresses: PublicAddresses, home: Home) => Promise<void>): Promise<void> {
    const original = await this.#original();
    const addresses = new PublicAddresses(original.region);
    try {
      for (const home of homes(original)) await deed(addresses, home);
    } finally {
      addresses.close();
    }
  }
}
