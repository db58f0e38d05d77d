import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { cpSync, existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { parseDocument } from 'yaml';
import { z } from 'zod';
import { attempt, CommandError, type CommandResult, run } from '../hosts/index.ts';
import type { RunningDaemon } from './daemon-client.ts';
import { type Environment, operatorEnvironment } from './environment.ts';
import { LabCommandError } from './errors.ts';
import { type Places, ROOT, STACK } from './places.ts';

/** What a run of the program reads besides its stack's file. */
const LINKED = ['index.ts', 'components', 'runtime', 'config', 'package.json', 'tsconfig.json', 'node_modules'];

const STACK_FILE = `Pulumi.${STACK}.yaml`;

/** Region of the lab's stack. @throws LabCommandError where its file has none */
export function regionOf(): string {
  const region: unknown = parseDocument(readFileSync(join(ROOT, STACK_FILE), 'utf8')).getIn(['config', 'aws:region']);
  if (typeof region !== 'string') throw new LabCommandError(`${STACK_FILE}: aws:region is missing`);
  return region;
}

/** Folder of the `pulumi` to run: on the PATH, or the one that `npm run toolchain` built. @throws LabCommandError */
export async function findPulumi(): Promise<string> {
  const installed = await attempt('sh', ['-c', 'command -v pulumi']);
  if (installed.status === 0) return dirname(installed.stdout.trim());
  const { stdout } = await attempt('npm', ['run', '--silent', 'toolchain', '--', '--print', '--json']);
  const answer = z.object({ folder: z.string(), isThere: z.boolean() }).safeParse(parsed(stdout));
  if (answer.success && answer.data.isThere) return answer.data.folder;
  throw new LabCommandError('there is no pulumi: install it, or build it with `npm run toolchain` (needs Go)');
}

const parsed = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
};

/** The real command line, for the lab's stack, with the lab's providers attached and the lab's AWS in its environment. */
export class Pulumi {
  readonly #places: Places;
  readonly #environment: Environment;

  private constructor(places: Places, environment: Environment) {
    this.#places = places;
    this.#environment = environment;
  }

  /** Makes project and stack where they are not there yet. */
  static async open(places: Places, daemon: RunningDaemon, region: string): Promise<Pulumi> {
    const { project, folder } = places;
    const backend = join(folder, 'backend');
    const passphrase = join(folder, 'passphrase');
    mkdirSync(project, { recursive: true });
    mkdirSync(backend, { recursive: true });
    if (!existsSync(passphrase)) writeFileSync(passphrase, randomBytes(24).toString('base64url'), { mode: 0o600 });
    for (const name of LINKED) if (!existsSync(join(project, name))) symlinkSync(join(ROOT, name), join(project, name));
    cpSync(join(ROOT, 'Pulumi.yaml'), join(project, 'Pulumi.yaml'));
    const attached = Object.entries(daemon.providers).map(([name, port]) => `${name}:${port}`);
    const pulumi = new Pulumi(places, {
      ...operatorEnvironment(daemon.endpoint, region),
      PATH: [await findPulumi(), process.env['PATH'] ?? ''].join(delimiter),
      PULUMI_HOME: join(folder, 'pulumi-home'),
      PULUMI_BACKEND_URL: `file://${backend}`,
      PULUMI_CONFIG_PASSPHRASE_FILE: passphrase,
      PULUMI_DEBUG_PROVIDERS: attached.join(','),
      PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: 'true',
      PULUMI_SKIP_UPDATE_CHECK: 'true',
      PULUMI_SELF_MANAGED_STATE_NO_LEGACY_WARNING: 'true',
    });
    pulumi.configure();
    if (!existsSync(join(backend, '.pulumi', 'stacks', 'guardian-council', `${STACK}.json`)))
      await pulumi.run(['stack', 'init', STACK]);
    return pulumi;
  }

  /** What leads tools on this machine to the lab. */
  get environment(): Environment {
    return this.#environment;
  }

  /**
   * Brings the repository's file for the stack into the project, with what was set before: its salt, and the release.
   * @param release SHA-256 of the release to run; that of before where it is left out
   */
  configure(release?: string): void {
    const file = join(this.#places.project, STACK_FILE);
    const document = parseDocument(readFileSync(join(ROOT, STACK_FILE), 'utf8'));
    const before = existsSync(file) ? parseDocument(readFileSync(file, 'utf8')) : undefined;
    const salt: unknown = before?.get('encryptionsalt');
    if (salt !== undefined) document.set('encryptionsalt', salt);
    const key = ['config', 'guardian-council:release'];
    const wanted: unknown = release ?? before?.getIn(key);
    if (wanted !== undefined) document.setIn(key, wanted);
    writeFileSync(file, String(document));
  }

  /** The release that is configured. */
  get release(): string | undefined {
    const file = join(this.#places.project, STACK_FILE);
    const release: unknown = parseDocument(readFileSync(file, 'utf8')).getIn(['config', 'guardian-council:release']);
    return typeof release === 'string' ? release : undefined;
  }

  /** What a command of it wrote. @throws CommandError when it fails */
  run(args: readonly string[]): Promise<string> {
    return run('pulumi', [...args, '--non-interactive', '--cwd', this.#places.project], { env: this.#environment });
  }

  /** Lets the engine work, with its own words on standard error, or as it says them to who reads lines. */
  async operate(operation: 'preview' | 'up' | 'destroy', args: readonly string[] = []): Promise<void> {
    const yes = operation === 'preview' ? [] : ['--yes', '--skip-preview'];
    const all = [operation, '--stack', STACK, ...yes, ...args, '--non-interactive', '--cwd', this.#places.project];
    const status = await new Promise<number>((resolve, reject) => {
      const child = spawn('pulumi', all, {
        env: { ...process.env, ...this.#environment },
        stdio: ['ignore', process.stderr, process.stderr],
      });
      child.once('error', (error) => reject(new CommandError('pulumi', 127, error.message)));
      child.once('close', (code) => resolve(code ?? 1));
    });
    if (status !== 0)
      throw new LabCommandError(`pulumi ${operation} failed (exit status ${status}); what it said is above`);
  }

  /** Runs a program of this repository's own against the lab. */
  council(args: readonly string[], input = ''): Promise<CommandResult> {
    const options = { env: this.#environment, input };
    return attempt(process.execPath, [join(ROOT, 'runtime/cli/council.mjs'), ...args], options);
  }
}
